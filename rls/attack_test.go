package rls_test

import (
	"context"
	"errors"
	"math"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/rls"
	"github.com/multi-orm/orm/source"
	"github.com/multi-orm/orm/source/sqlite"
)

// watched opens models on SQLite and counts the statements that reach it, BEGIN included.
func watched(t *testing.T, models []any, exts ...hook.Extension) (orm.DB, *atomic.Int64) {
	t.Helper()
	n := new(atomic.Int64)
	src := &counting{SQL: sqlite.Source("main", ":memory:"), n: n}
	db, err := orm.Open(t.Context(), src, orm.Models(models...))
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	must(t, orm.CreateTables(t.Context(), db))
	must(t, db.Use(exts...))
	n.Store(0)
	return db, n
}

type counting struct {
	source.SQL
	n *atomic.Int64
}

func (c *counting) Begin(ctx context.Context, o source.TxOptions) (source.Tx, error) {
	c.n.Add(1)
	return c.SQL.Begin(ctx, o)
}

func (c *counting) Select(ctx context.Context, st *builder.Select, rows *source.Rows) error {
	c.n.Add(1)
	return c.SQL.Select(ctx, st, rows)
}

func (c *counting) Insert(ctx context.Context, st *builder.Insert, rows *source.Rows) (int64, error) {
	c.n.Add(1)
	return c.SQL.Insert(ctx, st, rows)
}

func (c *counting) Update(ctx context.Context, st *builder.Update, rows *source.Rows) (int64, error) {
	c.n.Add(1)
	return c.SQL.Update(ctx, st, rows)
}

func (c *counting) Delete(ctx context.Context, st *builder.Delete, rows *source.Rows) (int64, error) {
	c.n.Add(1)
	return c.SQL.Delete(ctx, st, rows)
}

type branch struct {
	ID     int64   `orm:"id,auto,table=branches"`
	Boards []board `orm:"relation=id:branch_id"`
}

type board struct {
	ID       int64  `orm:"id,auto,table=boards"`
	BranchID int64  `orm:"branch_id"`
	Company  string `orm:"company,tenant"`
	Name     string `orm:"name,unique"`
	ParentID *int64 `orm:"parent_id"`

	Parent *board  `orm:"relation=parent_id:id"`
	Kids   []board `orm:"relation=id:parent_id"`
}

func relation[T any](t *testing.T, name string) *model.Relation {
	t.Helper()
	m, err := model.For[T]()
	must(t, err)
	r, err := m.Relation(name)
	must(t, err)
	return r
}

func inCompany(t *testing.T, id any) context.Context {
	return orm.WithActor(t.Context(), orm.Actor{ID: 1, TenantID: id})
}

// Whatever needs an actor is refused before anything is sent: not even a transaction is begun.
func TestNobodySendsNothing(t *testing.T) {
	db, n := watched(t, []any{branch{}, board{}}, rls.Tenant(), rls.Global(branch{}), hook.Audit(func(context.Context, hook.Entry) error { return nil }))
	boards, branches := orm.Repo[board](db), orm.Repo[branch](db)
	named := boards.F("Name").Eq("x")
	for what, fn := range map[string]func(ctx context.Context) error{
		"All":        func(ctx context.Context) error { _, err := boards.All(ctx); return err },
		"First":      func(ctx context.Context) error { _, err := boards.First(ctx); return err },
		"Count":      func(ctx context.Context) error { _, err := boards.Count(ctx); return err },
		"Exists":     func(ctx context.Context) error { _, err := boards.Exists(ctx); return err },
		"ByID":       func(ctx context.Context) error { _, err := boards.ByID(1).One(ctx); return err },
		"Include":    func(ctx context.Context) error { _, err := branches.Include("Boards.Kids").All(ctx); return err },
		"Create":     func(ctx context.Context) error { return boards.Create(ctx, &board{Name: "x", Company: "a"}) },
		"CreateMany": func(ctx context.Context) error { _, err := boards.CreateMany(ctx, make([]board, 3)); return err },
		"Save":       func(ctx context.Context) error { return boards.Save(ctx, &board{ID: 1, Company: "a"}) },
		"Upsert": func(ctx context.Context) error {
			return boards.Upsert(ctx, orm.On(boards.F("Name")), &board{Name: "x"})
		},
		"Update": func(ctx context.Context) error {
			_, err := boards.ByID(1).Update(ctx, boards.F("Name").Set("y"))
			return err
		},
		"UpdateMany": func(ctx context.Context) error {
			_, err := boards.Where(named).UpdateMany(ctx, boards.F("Name").Set("y"))
			return err
		},
		"Delete":      func(ctx context.Context) error { _, err := boards.ByID(1).Delete(ctx); return err },
		"DeleteMany":  func(ctx context.Context) error { _, err := boards.Where(named).DeleteMany(ctx); return err },
		"ForceDelete": func(ctx context.Context) error { _, err := boards.Where(named).ForceDelete(ctx); return err },
		"Explain":     func(ctx context.Context) error { _, err := boards.Query().Explain(ctx); return err },
		"inside a Tx": func(ctx context.Context) error {
			return db.Tx(ctx, func(tx orm.DB) error { _, err := orm.Repo[board](tx).All(ctx); return err })
		},
		"a write in Tx": func(ctx context.Context) error {
			return db.Tx(ctx, func(tx orm.DB) error { return orm.Repo[board](tx).Create(ctx, &board{Name: "x"}) })
		},
		"Rows": func(ctx context.Context) error {
			for _, err := range boards.Rows(ctx) {
				return err
			}
			return nil
		},
		"a relation filter": func(ctx context.Context) error {
			_, err := branches.Where(builder.PredOf[branch](builder.Related(builder.OpSome, relation[branch](t, "Boards")))).Count(ctx)
			return err
		},
	} {
		is(t, what, fn(t.Context()), orm.ErrNoActor)
		is(t, what+" with an empty tenant", fn(inCompany(t, "")), orm.ErrNoActor)
		if n.Load() != 0 {
			t.Errorf("%s sent %d statements", what, n.Load())
		}
		n.Store(0)
	}
}

// Every id that is nobody's, or not of the column's type.
func TestBadTenants(t *testing.T) {
	type company string
	var nilText *string
	text := "acme"
	dbText, _ := watched(t, []any{branch{}, board{}}, rls.Tenant(), rls.Global(branch{}))
	for what, c := range map[string]struct {
		id any
		ok bool
	}{
		"nil": {nil, false}, "empty": {"", false}, "spaces": {"  ", false}, "a tab": {"\t", false}, "nil pointer": {nilText, false},
		"pointer to empty": {new(string), false}, "a number": {7, false}, "a slice": {[]string{"acme"}, false}, "bytes": {[]byte("acme"), false},
		"a map": {map[string]string{}, false}, "a func": {func() {}, false}, "a struct": {struct{ X int }{1}, false}, "an error": {errors.New("acme"), false},
		"text": {"acme", true}, "a pointer": {&text, true}, "a named type": {company("acme"), true},
	} {
		_, err := orm.Repo[board](dbText).Count(inCompany(t, c.id))
		if c.ok && err != nil {
			t.Errorf("%s is refused: %v", what, err)
		}
		if !c.ok {
			is(t, what, err, orm.ErrNoActor)
			if err != nil && strings.Contains(err.Error(), "acme") {
				t.Errorf("%s: the error tells the value: %v", what, err)
			}
		}
	}
	w := build(t, sqlite.Source("main", ":memory:"))
	for what, c := range map[string]struct {
		id any
		ok bool
	}{
		"zero": {0, false}, "zero uint": {uint(0), false}, "zero float": {0.0, false}, "negative zero": {math.Copysign(0, -1), false}, "NaN": {math.NaN(), false},
		"a fraction": {1.5, false}, "too large": {uint64(math.MaxUint64), false}, "text": {"1", false}, "true": {true, false},
		"int": {1, true}, "int8": {int8(1), true}, "uint64": {uint64(1), true}, "a whole float": {1.0, false},
	} {
		n, err := orm.Repo[user](w.db).Count(orm.WithActor(t.Context(), orm.Actor{ID: 1, TenantID: c.id}))
		if c.ok && (err != nil || n != 2) {
			t.Errorf("%s: %d, %v", what, n, err)
		}
		if !c.ok {
			is(t, what, err, orm.ErrNoActor)
		}
	}
}

// Tenants whose names look alike are strangers.
func TestTwinsAreStrangers(t *testing.T) {
	db, _ := watched(t, []any{branch{}, board{}}, rls.Tenant(), rls.Global(branch{}))
	twins := []string{"acme", "Acme", "ACME", "acme ", " acme", "acme\u00a0", "ａcme", "acme\u200b", "acmé", "acme\u0301", "ACME "}
	boards := orm.Repo[board](db)
	must(t, orm.Repo[branch](db).Create(inCompany(t, "acme"), &branch{ID: 1}))
	for _, name := range twins {
		must(t, boards.Create(inCompany(t, name), &board{BranchID: 1, Name: "of " + name}))
	}
	for _, name := range twins {
		rows, err := boards.All(inCompany(t, name))
		if err != nil || len(rows) != 1 || rows[0].Company != name {
			t.Errorf("%q sees %v, %v", name, rows, err)
		}
		if err := boards.Create(inCompany(t, name), &board{BranchID: 1, Company: strings.ToUpper(name) + "x", Name: "twin"}); !errors.Is(err, orm.ErrDenied) {
			t.Errorf("%q wrote for its twin: %v", name, err)
		}
	}
}

// A row that is skipped is no parent: its key is another's row.
func TestASkippedRowIsNoParent(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		foreign := w.theirs.ID
		rows := []user{{ID: foreign, Email: "fake@x"}, {Email: "kid@x", BossID: &foreign}}
		_, err := orm.Repo[user](w.db).CreateMany(w.a, rows, orm.SkipDuplicates())
		is(t, "a row below a skipped twin of a foreign one", err, orm.ErrReference)
		if n, _ := orm.Repo[user](w.db).Where(users.Email.Eq("kid@x")).Count(w.a); n != 0 {
			t.Error("a row hangs below a foreign one")
		}
	})
}

type site struct { // the tenant is part of the key
	FirmID int64  `orm:"firm_id,id,tenant,table=sites"`
	Name   string `orm:"name,id"`
	Note   string `orm:"note"`
}

func TestATenantInTheKeyIsFilled(t *testing.T) {
	db, _ := watched(t, []any{site{}}, rls.Tenant())
	sites := orm.Repo[site](db)
	for firm := range int64(2) {
		row := site{Name: "main"}
		must(t, sites.Create(inCompany(t, firm+1), &row))
		if row.FirmID != firm+1 {
			t.Errorf("the key is %+v", row)
		}
	}
	foreign := site{FirmID: 2, Name: "main", Note: "mine"}
	is(t, "Save of a foreign key", sites.Save(inCompany(t, 1), &foreign), orm.ErrNotFound)
	if n, err := sites.Count(inCompany(t, 1)); n != 1 || err != nil {
		t.Errorf("%d rows, %v", n, err)
	}
}

func TestTheTableOfTenants(t *testing.T) {
	db, _ := watched(t, []any{agency{}, user{}, order{}, item{}, team{}, member{}}, rls.Tenant())
	agencies := orm.Repo[agency](db)
	made := agency{Name: "numbered by the source"}
	must(t, agencies.Create(rls.Bypass(t.Context(), "a new tenant"), &made))
	if made.ID == 0 {
		t.Fatal("the tenant has no number")
	}
	me := inCompany(t, made.ID)
	is(t, "a tenant makes a tenant", agencies.Create(me, &agency{Name: "x"}), orm.ErrDenied)
	is(t, "a tenant makes another", agencies.Create(me, &agency{ID: made.ID + 5, Name: "x"}), orm.ErrDenied)
	got, err := agencies.ByID(made.ID).Update(me, agencies.F("Name").Set("renamed"))
	if err != nil || got.Name != "renamed" {
		t.Errorf("a tenant changes itself: %+v, %v", got, err)
	}
}

func TestTenancyIsSaidOrRefused(t *testing.T) {
	open := func() orm.DB {
		db, err := orm.Open(t.Context(), sqlite.Source("main", ":memory:"), orm.Models(branch{}, board{}))
		must(t, err)
		t.Cleanup(func() { must(t, db.Close()) })
		return db
	}
	for what, exts := range map[string][]hook.Extension{
		"silence":                 {rls.Tenant()},
		"global with a tenant":    {rls.Tenant(), rls.Global(branch{}, board{})},
		"global nil":              {rls.Tenant(), rls.Global(nil)},
		"twice":                   {rls.Tenant(), rls.Tenant(), rls.Global(branch{})},
		"nil":                     {nil},
		"two owners":              {rls.Owner(), rls.Owner()},
		"RBAC of nil":             {rls.RBAC{nil: {}}},
		"RBAC of a stranger":      {rls.RBAC{"Stranger": {}}},
		"RBAC of no operation":    {rls.RBAC{"board": {"x": 1 << 7}}},
		"RBAC twice over":         {rls.RBAC{"board": {}, (*board)(nil): {}}},
		"a policy for a stranger": {rls.Policy(func(context.Context, orm.Actor) (orm.Pred[task], error) { return orm.And[task](), nil })},
		"a policy of nothing":     {rls.Policy[board](nil)},
		"a scope that panics":     {hook.Scope{Name: "x", Bind: func(*modelOf) (*hook.Rule, error) { panic("bind") }}},
		"a scope without Bind":    {hook.Scope{Name: "x"}},
		"a scope without a name":  {hook.Scope{Bind: func(*modelOf) (*hook.Rule, error) { return nil, nil }}},
	} {
		db := open()
		err := db.Use(exts...)
		if !errors.Is(err, orm.ErrInvalid) && !errors.Is(err, orm.ErrDenied) {
			t.Errorf("%s: %v", what, err)
		}
		must(t, db.Use(rls.Tenant(), rls.Global(branch{}))) // what was refused left nothing behind
	}
	db := open()
	must(t, db.Use(rls.Global(branch{})))
	must(t, db.Use(rls.Tenant())) // said in an earlier call
}

func TestRawTextNeedsAReason(t *testing.T) {
	for name, exts := range map[string][]hook.Extension{
		"scopes":                       {rls.Tenant(), rls.Global(branch{})},
		"native policies it cannot do": {rls.Native(), rls.Tenant(), rls.Global(branch{})},
	} {
		db, n := watched(t, []any{branch{}, board{}}, exts...)
		for _, ctx := range []context.Context{t.Context(), inCompany(t, "acme"), rls.Bypass(t.Context(), ""), rls.Bypass(t.Context(), " \t")} {
			_, err := orm.Raw[int64](ctx, db, "SELECT count(*) FROM boards")
			is(t, name+": Raw", err, orm.ErrDenied)
			for _, err = range orm.RawRows[map[string]any](ctx, db, orm.Unsafe("SELECT * FROM boards")) {
				is(t, name+": RawRows", err, orm.ErrDenied)
			}
			_, err = db.Exec(ctx, "DELETE FROM boards")
			is(t, name+": Exec", err, orm.ErrDenied)
			err = db.Tx(ctx, func(tx orm.DB) error { _, err := tx.Exec(ctx, "DELETE FROM boards"); return err })
			is(t, name+": Exec in a transaction", err, orm.ErrDenied)
			_, err = orm.Repo[branch](db).Where(orm.SQL[branch]("id IN (SELECT branch_id FROM boards)")).All(ctx)
			is(t, name+": a sub-select", err, orm.ErrDenied)
			_, err = orm.Repo[branch](db).Where(orm.Not(orm.SQL[branch]("id IN boards"))).Count(ctx)
			is(t, name+": IN a table", err, orm.ErrDenied)
			_, err = orm.Repo[branch](db).Where(orm.SQL[branch]("id = (select+ max(branch_id) FROM boards)")).All(ctx)
			is(t, name+": a sub-select beside a sign", err, orm.ErrDenied)
			_, err = orm.Repo[branch](db).Where(orm.SQL[branch]("query_to_xml('select * from boards', true, false, '')::text LIKE '%acme%'")).All(ctx)
			is(t, name+": a query as text", err, orm.ErrDenied)
		}
		if n.Load() != 0 {
			t.Errorf("%s: %d statements were sent", name, n.Load())
		}
		ctx := rls.Bypass(t.Context(), "a report")
		_, err := db.Exec(ctx, "DELETE FROM boards")
		must(t, err)
		_, err = orm.Repo[branch](db).Where(orm.SQL[branch]("id IN (SELECT branch_id FROM boards)")).All(ctx)
		must(t, err)
		_, err = orm.Repo[branch](db).Where(orm.SQL[branch]("id % ? = 0", 2)).All(inCompany(t, "acme"))
		must(t, err)
	}
}

// A link table is its model's table however its name is written.
func TestALinkTableIsKnownByAnyName(t *testing.T) {
	db, _ := watched(t, []any{shelf{}, book{}, placing{}}, rls.Tenant())
	shelves := orm.Repo[shelf](db)
	a, b := inCompany(t, 1), inCompany(t, 2)
	s, k := shelf{}, book{}
	must(t, shelves.Create(a, &s))
	must(t, orm.Repo[book](db).Create(a, &k))
	must(t, orm.Repo[placing](db).Create(rls.Bypass(b, "plant"), &placing{ShelfID: s.ID, BookID: k.ID, FirmID: 2}))
	got, err := shelves.Include("Books").One(a)
	if err != nil || len(got.Books) != 0 {
		t.Errorf("a foreign link row shows %v, %v", got.Books, err)
	}
	n, err := shelves.Where(builder.PredOf[shelf](builder.Related(builder.OpSome, relation[shelf](t, "Books")))).Count(a)
	if err != nil || n != 0 {
		t.Errorf("a foreign link row passes a filter: %d, %v", n, err)
	}
}

type shelf struct {
	ID     int64  `orm:"id,auto,table=shelves"`
	FirmID int64  `orm:"firm_id,tenant"`
	Books  []book `orm:"relation=id:id,through=Placings(shelf_id:book_id)"`
}

type book struct {
	ID     int64 `orm:"id,auto,table=books"`
	FirmID int64 `orm:"firm_id,tenant"`
}

type placing struct {
	ShelfID int64 `orm:"shelf_id,id,table=placings"`
	BookID  int64 `orm:"book_id,id"`
	FirmID  int64 `orm:"firm_id,tenant"`
}
