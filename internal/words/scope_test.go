package words_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/internal/testkit"
	"github.com/multi-orm/orm/rls"
	"github.com/multi-orm/orm/source/postgres"
	"github.com/multi-orm/orm/source/sqlite"
)

// held has a column of a scope, which is registered under the caller's number, and one of a scope that nobody registers.
type held struct {
	ID     int64  `orm:"id,auto,table=helds"`
	Firm   int64  `orm:"firm,scope=firm"`
	Loose  string `orm:"loose,scope=loose"`
	Name   string `orm:"name,unique"`
	Score  int    `orm:"score"`
	BossID *int64 `orm:"boss_id"`

	Kids []held `orm:"relation=id:boss_id"`
}

var helds = orm.Bind[held, struct {
	ID    orm.Col[held, int64]
	Firm  orm.Col[held, int64]
	Loose orm.Text[held]
	Name  orm.Text[held]
	Kids  orm.Many[held, held]
}]()

// what each verb does with a value of the column of a scope that is registered: nothing said, the caller's own, another's.
var scopeTable = map[string][3]error{
	"Create":            {nil, nil, orm.ErrDenied},
	"CreateMany":        {nil, nil, orm.ErrDenied},
	"SkipDuplicates":    {nil, nil, orm.ErrDenied},
	"Import":            {nil, nil, orm.ErrDenied},
	"nested Create":     {nil, nil, orm.ErrDenied},
	"nested Upsert":     {nil, nil, orm.ErrDenied},
	"Upsert, new":       {nil, nil, orm.ErrDenied},
	"Upsert, old":       {nil, nil, orm.ErrDenied},
	"Upsert, assigned":  {orm.ErrDenied, nil, orm.ErrDenied},
	"Save":              {nil, nil, orm.ErrDenied},
	"Save, named":       {nil, nil, orm.ErrDenied},
	"SaveMany":          {nil, nil, orm.ErrDenied},
	"Update":            {orm.ErrDenied, nil, orm.ErrDenied},
	"UpdateMany":        {orm.ErrDenied, nil, orm.ErrDenied},
	"UpdateReturning":   {orm.ErrDenied, nil, orm.ErrDenied},
	"PatchOf":           {orm.ErrDenied, nil, orm.ErrDenied},
	"nested Update":     {orm.ErrDenied, nil, orm.ErrDenied},
	"nested UpdateMany": {orm.ErrDenied, nil, orm.ErrDenied},
}

func TestTheWordScopeOnEveryWrite(t *testing.T) {
	for name, src := range map[string]func() orm.Option{
		"sqlite":   func() orm.Option { return sqlite.Source("main", ":memory:") },
		"postgres": func() orm.Option { return postgres.Source("main", testkit.Postgres(t)) },
	} {
		t.Run(name, func(t *testing.T) {
			db, err := orm.Open(t.Context(), src(), orm.Models(held{}))
			must(t, err)
			defer func() { must(t, db.Close()) }()
			must(t, orm.CreateTables(t.Context(), db))
			must(t, db.Use(rls.Scope("firm", func(_ context.Context, a orm.Actor) (any, error) { return a.ID, nil })))
			ctx, r := orm.WithActor(t.Context(), orm.Actor{ID: int64(1)}), orm.Repo[held](db)
			n := 0
			fresh := func() held { n++; return held{Loose: "x", Name: fmt.Sprint(n)} }
			old := func() held {
				x := fresh()
				must(t, r.Create(ctx, &x))
				return x
			}
			below := func() (boss, kid held) {
				boss, kid = old(), fresh()
				kid.BossID = &boss.ID
				must(t, r.Create(ctx, &kid))
				return boss, kid
			}
			writes := map[string]func(firm int64) error{
				"Create": func(firm int64) error { x := fresh(); x.Firm = firm; return r.Create(ctx, &x) },
				"CreateMany": func(firm int64) error {
					x := fresh()
					x.Firm = firm
					_, err := r.CreateMany(ctx, []held{fresh(), x})
					return err
				},
				"SkipDuplicates": func(firm int64) error {
					x := fresh()
					x.Firm = firm
					_, err := r.CreateMany(ctx, []held{x}, orm.SkipDuplicates())
					return err
				},
				"Import": func(firm int64) error {
					x := fresh()
					x.Firm = firm
					res, err := r.Import(ctx, []held{x})
					must(t, err)
					return res[0].Err
				},
				"nested Create": func(firm int64) error {
					x, kid := fresh(), fresh()
					kid.Firm = firm
					return r.Create(ctx, &x, helds.Kids.Create(&kid))
				},
				"nested Upsert": func(firm int64) error {
					boss, kid := old(), fresh()
					kid.Firm = firm
					_, err := r.ByID(boss.ID).Update(ctx, helds.Kids.Upsert(helds.Name.Eq(kid.Name), &kid))
					return err
				},
				"Upsert, new": func(firm int64) error { x := fresh(); x.Firm = firm; return r.Upsert(ctx, orm.On(helds.Name), &x) },
				"Upsert, old": func(firm int64) error {
					x := old()
					x.ID, x.Firm = 0, firm
					return r.Upsert(ctx, orm.On(helds.Name), &x)
				},
				"Upsert, assigned": func(firm int64) error {
					x := old()
					x.ID = 0
					return r.Upsert(ctx, orm.On(helds.Name), &x, helds.Firm.Set(firm))
				},
				"Save":        func(firm int64) error { x := old(); x.Firm = firm; return r.Save(ctx, &x) },
				"Save, named": func(firm int64) error { x := old(); x.Firm = firm; return r.Save(ctx, &x, helds.Firm, helds.Loose) },
				"SaveMany": func(firm int64) error {
					x := old()
					x.Firm = firm
					_, err := r.SaveMany(ctx, []held{old(), x})
					return err
				},
				"Update":          func(firm int64) error { _, err := r.ByID(old().ID).Update(ctx, helds.Firm.Set(firm)); return err },
				"UpdateMany":      func(firm int64) error { _, err := r.EveryRow().UpdateMany(ctx, helds.Firm.Set(firm)); return err },
				"UpdateReturning": func(firm int64) error { _, err := r.EveryRow().UpdateReturning(ctx, helds.Firm.Set(firm)); return err },
				"PatchOf": func(firm int64) error {
					_, err := r.ByID(old().ID).Update(ctx, orm.PatchOf[held](struct{ Firm orm.Opt[int64] }{orm.Value(firm)})...)
					return err
				},
				"nested Update": func(firm int64) error {
					boss, kid := below()
					_, err := r.ByID(boss.ID).Update(ctx, helds.Kids.Update(orm.Key[held](kid.ID), helds.Firm.Set(firm)))
					return err
				},
				"nested UpdateMany": func(firm int64) error {
					boss, _ := below()
					_, err := r.ByID(boss.ID).Update(ctx, helds.Kids.UpdateMany(orm.And[held](), helds.Firm.Set(firm)))
					return err
				},
			}
			for verb, want := range scopeTable {
				for firm, want := range want {
					if err := writes[verb](int64(firm)); !errors.Is(err, want) {
						t.Errorf("%s of %d: %v, want %v", verb, firm, err, want)
					}
				}
			}
			all, err := r.All(rls.Bypass(ctx, "look at everything"))
			must(t, err)
			for _, x := range all {
				if x.Firm != 1 || x.Loose != "x" {
					t.Errorf("a row holds %+v", x)
				}
			}
			var e *orm.Error
			if err := r.Create(ctx, &held{Name: "loose"}); !errors.Is(err, orm.ErrInvalid) || !errors.As(err, &e) || e.Field != "Loose" {
				t.Errorf("a column that nobody fills: %v", err)
			}
			if found, err := db.Check(ctx); err != nil || len(found) != 1 || found[0].Field != "Loose" {
				t.Errorf("Check finds %+v, %v", found, err)
			}
		})
	}
}
