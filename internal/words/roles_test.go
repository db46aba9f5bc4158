package words_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/rls"
)

// folder has a field for each word that hooks, scopes and boundaries read.
type folder struct {
	ID     int64      `orm:"id,auto,table=folders"`
	Tenant int64      `orm:"tenant_id,tenant"`
	Owner  int64      `orm:"owner_id,owner"`
	Secret string     `orm:"secret,hidden"`
	Gone   *time.Time `orm:"deleted_at,softdelete"`
	Code   string     `orm:"code"`
	Slot   int64      `orm:"slot,unique=slot"`
	Of     int64      `orm:"of_id,unique=slot"`
	UpID   *int64     `orm:"up_id"`
	Up     *folder    `orm:"relation=up_id:id"`
	Inner  []folder   `orm:"relation=id:up_id"`
}

var folders = orm.Bind[folder, struct {
	ID     orm.Col[folder, int64]
	Tenant orm.Col[folder, int64]
	Owner  orm.Col[folder, int64]
	Secret orm.Text[folder]
	Gone   orm.Col[folder, time.Time]
	Code   orm.Text[folder]
	Slot   orm.Col[folder, int64]
	Up     orm.One[folder, folder]
	Inner  orm.Many[folder, folder]
}]()

var longAgo = time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC)

// role is a word, how a row gives its field a value that is not the actor's own, and how assignments do.
type role struct {
	name string
	give func(x *folder)
	set  []orm.Assign[folder]
	have func(x folder) bool
}

var roles = []role{
	{"Tenant", func(x *folder) { x.Tenant = 2 }, []orm.Assign[folder]{folders.Tenant.Set(2), folders.Tenant.Inc(1), folders.Tenant.SetFrom(folders.Slot), orm.SetSQL(folders.Tenant, "2")}, func(x folder) bool { return x.Tenant != 1 }},
	{"Owner", func(x *folder) { x.Owner = 8 }, []orm.Assign[folder]{folders.Owner.Set(8), folders.Owner.Inc(1), folders.Owner.SetFrom(folders.Slot), orm.SetSQL(folders.Owner, "8")}, func(x folder) bool { return x.Owner != 7 }},
	{"Secret", func(x *folder) { x.Secret = "s" }, []orm.Assign[folder]{folders.Secret.Set("s"), folders.Secret.SetFrom(folders.Code), orm.SetSQL(folders.Secret, "'s'")}, func(x folder) bool { return x.Secret == "s" }},
	{"Gone", func(x *folder) { x.Gone = &longAgo }, []orm.Assign[folder]{folders.Gone.Set(longAgo)}, func(x folder) bool { return x.Gone != nil && x.Gone.Equal(longAgo) }},
}

// the table: what each verb does about the value. A tenant and an owner of another are refused, by ErrDenied and with the
// field; what is hidden, and when a row went, are written like any column.
var roleTable = map[string]map[string]outcome{
	"Tenant": {"create": refused, "save": refused, "assign": refused, "upsert": refused},
	"Owner":  {"create": refused, "save": refused, "assign": refused, "upsert": refused},
	"Secret": {"create": taken, "save": taken, "assign": taken, "upsert": taken},
	"Gone":   {"create": taken, "save": taken, "assign": taken, "upsert": taken},
}

func TestRolesOnEveryWrite(t *testing.T) {
	engines(t, func(t *testing.T, db orm.DB) {
		must(t, db.Use(rls.Global(thing{}), rls.Tenant(), rls.Owner(), hook.SoftDelete()))
		ctx := orm.WithActor(t.Context(), orm.Actor{ID: 7, TenantID: 1, Role: "clerk"})
		all := rls.Bypass(t.Context(), "the test looks at every row")
		r := orm.Repo[folder](db)
		slot := int64(0)
		fresh := func() folder { slot++; return folder{Slot: slot, Code: "s"} }
		there := func() folder {
			x := fresh()
			must(t, r.Create(ctx, &x))
			if x.Tenant != 1 || x.Owner != 7 {
				t.Fatalf("made %+v", x)
			}
			return x
		}
		rows := func() int64 {
			n, err := r.WithDeleted().Count(all)
			must(t, err)
			return n
		}
		for _, w := range roles {
			cell := func(kind, path string, x folder, write func(x *folder) error) {
				t.Helper()
				before, given := rows(), x
				err := write(&x)
				want := roleTable[w.name][kind]
				var e *orm.Error
				if (err != nil) != (want == refused) || err != nil && (!errors.Is(err, orm.ErrDenied) || !errors.As(err, &e) || e.Field != w.name) {
					t.Errorf("%s × %s: %v", w.name, path, err)
					return
				}
				if want == refused && rows() != before {
					t.Errorf("%s × %s: refused, and written", w.name, path)
				}
				row, err := r.WithDeleted().Where(folders.Slot.Eq(given.Slot)).One(all)
				if want == refused && given.ID == 0 && errors.Is(err, orm.ErrNotFound) {
					return
				}
				must(t, err)
				if w.have(row) != (want == taken) {
					t.Errorf("%s × %s: the row holds %+v", w.name, path, row)
				}
			}
			for path, write := range map[string]func(x *folder) error{
				"Create":     func(x *folder) error { return r.Create(ctx, x) },
				"CreateMany": func(x *folder) error { _, err := r.CreateMany(ctx, []folder{fresh(), *x}); return err },
				"CreateMany, duplicates skipped": func(x *folder) error {
					_, err := r.CreateMany(ctx, []folder{*x}, orm.SkipDuplicates())
					return err
				},
				"Import": func(x *folder) error {
					res, err := r.Import(ctx, []folder{*x})
					must(t, err)
					return res[0].Err
				},
				"nested Create, to many": func(x *folder) error { up := fresh(); return r.Create(ctx, &up, folders.Inner.Create(x)) },
				"nested Create, to one":  func(x *folder) error { in := fresh(); return r.Create(ctx, &in, folders.Up.Create(x)) },
				"Tx": func(x *folder) error {
					return db.Tx(ctx, func(tx orm.DB) error { return orm.Repo[folder](tx).Create(ctx, x) })
				},
			} {
				if w.name == "Gone" && path == "nested Create, to one" {
					continue // a new reference to a row that went is refused
				}
				x := fresh()
				w.give(&x)
				cell("create", path, x, write)
			}
			for path, write := range map[string]func(x *folder) error{
				"Save":            func(x *folder) error { return r.Save(ctx, x) },
				"SaveMany":        func(x *folder) error { _, err := r.SaveMany(ctx, []folder{there(), *x}); return err },
				"SaveMany of one": func(x *folder) error { _, err := r.SaveMany(ctx, []folder{*x}); return err },
				"Save by a query": func(x *folder) error { return r.Select(folders.ID).Save(ctx, x) },
			} {
				if path == "SaveMany" && roleTable[w.name]["save"] == refused {
					continue // the row beside it would be counted
				}
				x := there()
				w.give(&x)
				cell("save", path, x, write)
			}
			x := fresh()
			w.give(&x)
			cell("upsert", "Upsert of a new row", x, func(x *folder) error { x.ID = -slot; return r.Upsert(ctx, orm.On(folders.ID), x) })
			x = there()
			w.give(&x)
			cell("upsert", "Upsert of a row", x, func(x *folder) error { return r.Upsert(ctx, orm.On(folders.ID), x) })
			for i, s := range w.set {
				for path, write := range map[string]func(x *folder) error{
					"Update":           func(x *folder) error { _, err := r.ByID(x.ID).Update(ctx, s); return err },
					"UpdateMany":       func(x *folder) error { _, err := r.ByID(x.ID).UpdateMany(ctx, s); return err },
					"UpdateReturning":  func(x *folder) error { _, err := r.ByID(x.ID).UpdateReturning(ctx, s); return err },
					"Update beside it": func(x *folder) error { _, err := r.ByID(x.ID).Update(ctx, s, folders.Inner.Set()); return err },
					"Upsert's own": func(x *folder) error {
						return r.Upsert(ctx, orm.On(folders.ID), &folder{ID: x.ID, Slot: x.Slot}, s)
					},
				} {
					cell("assign", path+" "+string(rune('0'+i)), there(), write)
				}
			}
		}
	}, folder{})
}

// A row of another, or one that went, is found by no verb; it stays as it is.
func TestRolesOnEveryRow(t *testing.T) {
	engines(t, func(t *testing.T, db orm.DB) {
		var logged []string
		must(t, db.Use(rls.Global(thing{}), rls.Tenant(), rls.Owner(), hook.SoftDelete(), hook.Audit(func(_ context.Context, e hook.Entry) error {
			for _, v := range []any{e.Old["Secret"], e.New["Secret"]} {
				if s, ok := v.(string); ok {
					logged = append(logged, s)
				}
			}
			return nil
		})))
		ctx := orm.WithActor(t.Context(), orm.Actor{ID: 7, TenantID: 1, Role: "clerk"})
		all := rls.Bypass(t.Context(), "the test plants rows")
		r := orm.Repo[folder](db)
		mine := folder{Slot: 1, Secret: "s3cret", Code: "mine"}
		must(t, r.Create(ctx, &mine))
		for i, x := range map[string]folder{
			"another tenant's": {Tenant: 2, Owner: 7, Slot: 2}, "another owner's": {Tenant: 1, Owner: 8, Slot: 3}, "a deleted one": {Tenant: 1, Owner: 7, Slot: 4, Gone: &longAgo},
		} {
			must(t, r.Create(all, &x))
			was, err := r.WithDeleted().ByID(x.ID).One(all)
			must(t, err)
			q := r.ByID(x.ID)
			last := func(_ any, err error) error { return err }
			for verb, err := range map[string]error{
				"One": last(q.One(ctx)), "First": last(q.First(ctx)), "Update": last(q.Update(ctx, folders.Code.Set("x"))), "Delete": last(q.Delete(ctx)),
				"Save":          r.Save(ctx, &folder{ID: x.ID, Tenant: 1, Owner: 7, Slot: x.Slot, Code: "x"}),
				"SaveMany":      last(r.SaveMany(ctx, []folder{{ID: x.ID, Tenant: 1, Owner: 7, Slot: x.Slot, Code: "x"}})),
				"nested Update": last(q.Update(ctx, folders.Inner.Set())),
			} {
				if !errors.Is(err, orm.ErrNotFound) {
					t.Errorf("%s × %s: %v", i, verb, err)
				}
			}
			for verb, err := range map[string]error{
				"Link": last(r.ByID(mine.ID).Update(ctx, folders.Inner.Link(orm.Key[folder](x.ID)))), "a reference": r.Create(ctx, &folder{Slot: 90, UpID: &x.ID}),
			} {
				if !errors.Is(err, orm.ErrReference) {
					t.Errorf("%s × %s: %v", i, verb, err)
				}
			}
			if err := r.Upsert(ctx, orm.On(folders.ID), &folder{ID: x.ID, Slot: x.Slot, Code: "x"}); err == nil {
				t.Errorf("%s × Upsert passed", i)
			}
			for verb, n := range map[string]func() (int64, error){
				"UpdateMany": func() (int64, error) { return q.UpdateMany(ctx, folders.Code.Set("x")) },
				"DeleteMany": func() (int64, error) { return q.DeleteMany(ctx) },
				"Count":      func() (int64, error) { return q.Count(ctx) },
				"All":        func() (int64, error) { rows, err := q.All(ctx); return int64(len(rows)), err },
				"UpdateReturning": func() (int64, error) {
					rows, err := q.UpdateReturning(ctx, folders.Code.Set("x"))
					return int64(len(rows)), err
				},
				"Some": func() (int64, error) { return r.Where(folders.Inner.Some(folders.ID.Eq(x.ID))).Count(ctx) },
			} {
				if have, err := n(); err != nil || have != 0 {
					t.Errorf("%s × %s: %d, %v", i, verb, have, err)
				}
			}
			is, err := r.WithDeleted().ByID(x.ID).One(all)
			if err != nil || is.Code != was.Code || is.Tenant != was.Tenant || is.Owner != was.Owner || (is.Gone == nil) != (was.Gone == nil) {
				t.Errorf("%s: became %+v, %v", i, is, err)
			}
		}
		_, err := r.ByID(mine.ID).Update(ctx, folders.Secret.Set("s3cret too"))
		must(t, err)
		if len(logged) == 0 || strings.Contains(strings.Join(logged, " "), "s3cret") {
			t.Errorf("the audit holds %v", logged)
		}
		if err := r.Create(ctx, &folder{Slot: 1, Secret: "s3cret"}); !errors.Is(err, orm.ErrConflict) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("a conflict says %v", err)
		}
	}, folder{})
}
