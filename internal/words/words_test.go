// Package words_test holds every word of the tag table against what its documentation says, on every verb and path.
package words_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/testkit"
	"github.com/multi-orm/orm/rls"
	"github.com/multi-orm/orm/source/introspect"
	"github.com/multi-orm/orm/source/postgres"
	"github.com/multi-orm/orm/source/sqlite"
)

func TestMain(m *testing.M) { os.Exit(testkit.Run(m)) }

// thing has a field for each word about what may be done with a field.
type thing struct {
	ID      int64      `orm:"id,auto,table=things"`
	Plain   int64      `orm:"plain"`
	Read    int64      `orm:"ro,readonly"`
	Once    int64      `orm:"once,createonly"`
	Later   int64      `orm:"later,updateonly"`
	Touched *time.Time `orm:"touched,updateonly,update=now"`
	Quiet   int64      `orm:"quiet,noquery,unique"`
	Doubled int64      `orm:"doubled,generated,type=bigint generated always as (plain * 2) stored"`
	Role    string     `orm:"role,enum=a|b,default=a"`
	Bytes   []byte     `orm:"bytes,size=3"`
	Text    string     `orm:"text,size=3"`
	Version int        `orm:"version,version"`
	Full    string     `orm:",computed"`
	BossID  *int64     `orm:"boss_id"`

	Boss *thing  `orm:"relation=boss_id:id"`
	Kids []thing `orm:"relation=id:boss_id"`
}

var things = orm.Bind[thing, struct {
	ID      orm.Col[thing, int64]
	Plain   orm.Col[thing, int64]
	Read    orm.Col[thing, int64]
	Once    orm.Col[thing, int64]
	Later   orm.Col[thing, int64]
	Quiet   orm.Col[thing, int64]
	Doubled orm.Col[thing, int64]
	Role    orm.Text[thing]
	Bytes   orm.Col[thing, []byte]
	Text    orm.Text[thing]
	Version orm.Col[thing, int]
	Boss    orm.One[thing, thing]
	Kids    orm.Many[thing, thing]
}]()

// byQuiet groups by, and counts, what no query may ask.
type byQuiet struct {
	Quiet int64
	N     int64 `orm:"agg=count(*)"`
}

type sumQuiet struct {
	Sum int64 `orm:"agg=sum(Quiet)"`
}

func engines(t *testing.T, fn func(t *testing.T, db orm.DB), models ...any) {
	for name, src := range map[string]func() orm.Option{
		"sqlite":   func() orm.Option { return sqlite.Source("main", ":memory:") },
		"postgres": func() orm.Option { return postgres.Source("main", testkit.Postgres(t)) },
	} {
		t.Run(name, func(t *testing.T) {
			db, err := orm.Open(t.Context(), src(), orm.Models(append(models, thing{})...))
			must(t, err)
			defer func() { must(t, db.Close()) }()
			must(t, orm.CreateTables(t.Context(), db))
			fn(t, db)
		})
	}
}

// apply runs the steps of a plan.
func apply(t *testing.T, db orm.DB, plan *introspect.Migration) {
	t.Helper()
	for _, c := range plan.Changes {
		for _, s := range c.Up {
			done(t)(db.Exec(t.Context(), orm.Unsafe(s)))
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// outcome is what a cell of the table says.
type outcome uint8

const (
	refused outcome = iota + 1 // ErrInvalid that names the field, and nothing is written
	taken                      // the value is in the row
	kept                       // the call goes well and the field stays as it was
)

// give makes a row give a field a value; set assigns one.
type word struct {
	name string
	give func(x *thing)
	set  []orm.Assign[thing]
	have func(x thing) bool // the row holds the value
}

var given = []word{
	{"Plain", func(x *thing) { x.Plain = 7 }, []orm.Assign[thing]{things.Plain.Set(7), things.Plain.Inc(7), things.Plain.SetFrom(things.ID), orm.SetSQL(things.Plain, "7")}, func(x thing) bool { return x.Plain != 0 }},
	{"Read", func(x *thing) { x.Read = 7 }, []orm.Assign[thing]{things.Read.Set(7), things.Read.Inc(7), things.Read.SetFrom(things.Plain), orm.SetSQL(things.Read, "7")}, func(x thing) bool { return x.Read != 0 }},
	{"Once", func(x *thing) { x.Once = 7 }, []orm.Assign[thing]{things.Once.Set(7), things.Once.Inc(7), things.Once.SetFrom(things.Plain), orm.SetSQL(things.Once, "7")}, func(x thing) bool { return x.Once != 0 }},
	{"Later", func(x *thing) { x.Later = 7 }, []orm.Assign[thing]{things.Later.Set(7), things.Later.Inc(7), things.Later.SetFrom(things.ID), orm.SetSQL(things.Later, "7")}, func(x thing) bool { return x.Later != 0 }},
	{"Doubled", func(x *thing) { x.Doubled = 7 }, []orm.Assign[thing]{things.Doubled.Set(7), things.Doubled.Inc(7), things.Doubled.SetFrom(things.Plain), orm.SetSQL(things.Doubled, "7")}, func(x thing) bool { return x.Doubled == 7 }},
	{"Role", func(x *thing) { x.Role = "c" }, []orm.Assign[thing]{things.Role.Set("c"), orm.SetSQL(things.Role, "'c'")}, func(x thing) bool { return x.Role == "c" }},
	{"Text", func(x *thing) { x.Text = "long" }, []orm.Assign[thing]{things.Text.Set("long"), orm.SetSQL(things.Text, "'long'")}, func(x thing) bool { return x.Text == "long" }},
	{"Bytes", func(x *thing) { x.Bytes = []byte("long") }, []orm.Assign[thing]{things.Bytes.Set([]byte("long"))}, func(x thing) bool { return len(x.Bytes) > 3 }},
}

// the table: what each verb does about a value of the field. Save writes the row as it is, but for what updates never give.
var table = map[string]map[string]outcome{
	"Plain":   {"create": taken, "save": taken, "save named": taken, "assign": taken, "upsert new": taken, "upsert old": taken},
	"Read":    {"create": refused, "save": kept, "save named": refused, "assign": refused, "upsert new": refused, "upsert old": refused},
	"Once":    {"create": taken, "save": kept, "save named": refused, "assign": refused, "upsert new": taken, "upsert old": kept},
	"Later":   {"create": refused, "save": taken, "save named": taken, "assign": taken, "upsert new": refused, "upsert old": refused},
	"Doubled": {"create": refused, "save": kept, "save named": refused, "assign": refused, "upsert new": refused, "upsert old": refused},
	"Role":    {"create": refused, "save": refused, "save named": refused, "assign": refused, "upsert new": refused, "upsert old": refused},
	"Text":    {"create": refused, "save": refused, "save named": refused, "assign": refused, "upsert new": refused, "upsert old": refused},
	"Bytes":   {"create": refused, "save": refused, "save named": refused, "assign": refused, "upsert new": refused, "upsert old": refused},
}

func TestEveryWordOnEveryWrite(t *testing.T) {
	engines(t, func(t *testing.T, db orm.DB) {
		ctx, r := t.Context(), orm.Repo[thing](db)
		quiet := int64(100)
		fresh := func() thing { quiet++; return thing{Quiet: quiet} }
		named := map[string]orm.Selectable[thing]{"Plain": things.Plain, "Read": things.Read, "Once": things.Once, "Later": things.Later, "Doubled": things.Doubled, "Role": things.Role, "Text": things.Text, "Bytes": things.Bytes}
		for _, w := range given {
			cell := func(kind, path string, write func(x *thing) (id int64, err error), x thing) {
				t.Helper()
				before, err := r.Count(ctx)
				must(t, err)
				var was thing
				if x.ID != 0 {
					was, err = r.ByID(x.ID).One(ctx)
					must(t, err)
				}
				id, err := write(&x)
				want := table[w.name][kind]
				var e *orm.Error
				if (err != nil) != (want == refused) || err != nil && (!errors.Is(err, orm.ErrInvalid) || !errors.As(err, &e) || e.Field != w.name) {
					t.Errorf("%s × %s: %v", w.name, path, err)
					return
				}
				if want == refused {
					if n, err := r.Count(ctx); err != nil || n != before {
						t.Errorf("%s × %s: refused, and written", w.name, path)
					}
					id = was.ID
					if id == 0 {
						return
					}
				}
				row, err := r.ByID(id).One(ctx)
				must(t, err)
				if w.have(row) != (want == taken) {
					t.Errorf("%s × %s: the row holds %+v", w.name, path, row)
				}
			}
			creates := map[string]func(x *thing) (int64, error){
				"Create": func(x *thing) (int64, error) { err := r.Create(ctx, x); return x.ID, err },
				"CreateMany": func(x *thing) (int64, error) {
					xs := []thing{fresh(), *x}
					_, err := r.CreateMany(ctx, xs)
					return xs[1].ID, err
				},
				"CreateMany, duplicates skipped": func(x *thing) (int64, error) {
					if _, err := r.CreateMany(ctx, []thing{*x}, orm.SkipDuplicates()); err != nil {
						return 0, err
					}
					last, err := r.OrderBy(things.ID.Desc()).First(ctx)
					return last.ID, err
				},
				"Import": func(x *thing) (int64, error) {
					xs := []thing{*x}
					res, err := r.Import(ctx, xs)
					must(t, err)
					return xs[0].ID, res[0].Err
				},
				"Query.Create": func(x *thing) (int64, error) { err := r.Select(things.ID).Create(ctx, x); return x.ID, err },
				"nested Create, to many": func(x *thing) (int64, error) {
					boss := fresh()
					err := r.Create(ctx, &boss, things.Kids.Create(x))
					return x.ID, err
				},
				"nested Create, to one": func(x *thing) (int64, error) {
					kid := fresh()
					err := r.Create(ctx, &kid, things.Boss.Create(x))
					return x.ID, err
				},
				"Tx": func(x *thing) (int64, error) {
					err := db.Tx(ctx, func(tx orm.DB) error { return orm.Repo[thing](tx).Create(ctx, x) })
					return x.ID, err
				},
			}
			for path, write := range creates {
				x := fresh()
				w.give(&x)
				cell("create", path, write, x)
			}
			there := func() thing {
				x := fresh()
				must(t, r.Create(ctx, &x))
				return x
			}
			for path, write := range map[string]func(x *thing) (int64, error){
				"Save":     func(x *thing) (int64, error) { return x.ID, r.Save(ctx, x) },
				"SaveMany": func(x *thing) (int64, error) { _, err := r.SaveMany(ctx, []thing{there(), *x}); return x.ID, err },
				"SaveMany of one": func(x *thing) (int64, error) {
					_, err := r.SaveMany(ctx, []thing{*x})
					return x.ID, err
				},
			} {
				if path == "SaveMany" && table[w.name]["save"] == refused {
					continue // the row beside it would be counted
				}
				x := there()
				w.give(&x)
				cell("save", path, write, x)
			}
			for path, write := range map[string]func(x *thing) (int64, error){
				"Save named":     func(x *thing) (int64, error) { return x.ID, r.Save(ctx, x, named[w.name]) },
				"SaveMany named": func(x *thing) (int64, error) { _, err := r.SaveMany(ctx, []thing{*x}, named[w.name]); return x.ID, err },
			} {
				x := there()
				w.give(&x)
				cell("save named", path, write, x)
			}
			x := fresh()
			w.give(&x)
			cell("upsert new", "Upsert of a new row", func(x *thing) (int64, error) {
				x.ID = -quiet
				err := r.Upsert(ctx, orm.On(things.ID), x)
				return x.ID, err
			}, func() thing { y := x; y.ID = 0; return y }())
			x = there()
			w.give(&x)
			cell("upsert old", "Upsert of a row", func(x *thing) (int64, error) {
				err := r.Upsert(ctx, orm.On(things.ID), x)
				return x.ID, err
			}, thing{ID: x.ID, Plain: x.Plain, Read: x.Read, Once: x.Once, Later: x.Later, Doubled: onlyIf(w.name == "Doubled", x.Doubled), Quiet: x.Quiet, Role: x.Role, Text: x.Text, Bytes: x.Bytes})
			sets := w.set
			if w.name != "Bytes" {
				sets = append(sets, orm.PatchOf[thing](patchOf(w.name))...)
			}
			for i, s := range sets {
				for path, write := range map[string]func(x *thing) (int64, error){
					"Update":          func(x *thing) (int64, error) { _, err := r.ByID(x.ID).Update(ctx, s); return x.ID, err },
					"UpdateMany":      func(x *thing) (int64, error) { _, err := r.ByID(x.ID).UpdateMany(ctx, s); return x.ID, err },
					"UpdateReturning": func(x *thing) (int64, error) { _, err := r.ByID(x.ID).UpdateReturning(ctx, s); return x.ID, err },
					"Update beside it": func(x *thing) (int64, error) {
						_, err := r.ByID(x.ID).Update(ctx, s, things.Kids.Set())
						return x.ID, err
					},
					"Upsert's own": func(x *thing) (int64, error) {
						err := r.Upsert(ctx, orm.On(things.ID), &thing{ID: x.ID, Quiet: x.Quiet}, s)
						return x.ID, err
					},
				} {
					cell("assign", path+" "+string(rune('0'+i)), write, there())
				}
			}
		}
	})
}

func onlyIf(yes bool, v int64) int64 {
	if yes {
		return v
	}
	return 0
}

type (
	patchPlain   struct{ Plain orm.Opt[int64] }
	patchRead    struct{ Read orm.Opt[int64] }
	patchOnce    struct{ Once orm.Opt[int64] }
	patchLater   struct{ Later orm.Opt[int64] }
	patchDoubled struct{ Doubled orm.Opt[int64] }
	patchRole    struct{ Role orm.Opt[string] }
	patchText    struct{ Text orm.Opt[string] }
)

func patchOf(field string) any {
	n, text := orm.Value[int64](7), orm.Value("long")
	return map[string]any{"Plain": patchPlain{n}, "Read": patchRead{n}, "Once": patchOnce{n}, "Later": patchLater{n}, "Doubled": patchDoubled{n}, "Role": patchRole{text}, "Text": patchText{text}}[field]
}

// Words that the source or the library fill, over the life of a row.
func TestWordsThatFill(t *testing.T) {
	engines(t, func(t *testing.T, db orm.DB) {
		ctx, r := t.Context(), orm.Repo[thing](db)
		x := thing{Plain: 2, Quiet: 1, Once: 5}
		must(t, r.Create(ctx, &x))
		if x.ID == 0 || x.Doubled != 4 || x.Role != "a" || x.Touched != nil || x.Version != 0 {
			t.Errorf("made %+v", x)
		}
		y, err := r.ByID(x.ID).Update(ctx, things.Later.Set(9))
		must(t, err)
		if y.Touched == nil || y.Version != 1 || y.Doubled != 4 {
			t.Errorf("changed to %+v", y)
		}
		up := thing{ID: x.ID, Plain: 3, Quiet: 1, Once: 6}
		must(t, r.Upsert(ctx, orm.On(things.ID), &up))
		if up.Later != 9 || up.Once != 5 || up.Doubled != 6 || up.Version != 2 || up.Touched == nil || up.Touched.Before(*y.Touched) {
			t.Errorf("an upsert of a row that exists made it %+v", up)
		}
		up = thing{ID: x.ID, Quiet: 1}
		if err := r.Upsert(ctx, orm.On(things.ID), &up, things.Version.Set(40)); !errors.Is(err, orm.ErrInvalid) {
			t.Errorf("a version was assigned: %v", err)
		}
		stale := x
		if err := r.Save(ctx, &stale); !errors.Is(err, orm.ErrStale) {
			t.Errorf("an old version was saved: %v", err)
		}
		if _, err := r.ByID(x.ID).Update(ctx, r.F("Full").Set("x")); !errors.Is(err, orm.ErrInvalid) {
			t.Errorf("a computed field was assigned: %v", err)
		}
	})
}

// A noquery field is read and written, and no query of a caller asks by it; policies and hooks may.
func TestNoQueryOnEveryRoad(t *testing.T) {
	engines(t, func(t *testing.T, db orm.DB) {
		ctx, r := t.Context(), orm.Repo[thing](db)
		boss := thing{Quiet: 1}
		must(t, r.Create(ctx, &boss, things.Kids.Create(&thing{Quiet: 2})))
		q := things.Quiet
		inline := orm.F(func(x *thing) *int64 { return &x.Quiet })
		last := func(_ any, err error) error { return err }
		for path, err := range map[string]error{
			"Where":               last(r.Where(q.Eq(1)).All(ctx)),
			"Where inline":        last(r.Where(inline.Gt(0)).All(ctx)),
			"Where by name":       last(r.Where(r.F("Quiet").Eq(1)).All(ctx)),
			"Where by column":     last(r.Where(r.F("quiet").In(1)).All(ctx)),
			"IsNull":              last(r.Where(q.IsNull()).All(ctx)),
			"In":                  last(r.Where(q.In(1, 2)).Count(ctx)),
			"Between":             last(r.Where(q.Between(1, 2)).Exists(ctx)),
			"Not, Or":             last(r.Where(orm.Not(orm.Or(things.ID.Eq(1), q.Ne(2)))).First(ctx)),
			"OrderBy":             last(r.OrderBy(q.Asc()).All(ctx)),
			"Sort":                last(r.Sort("-Quiet").All(ctx)),
			"Page":                last(r.OrderBy(q.Desc()).Page(ctx, "")),
			"relation filter":     last(r.Where(things.Kids.Some(q.Eq(2))).All(ctx)),
			"to one":              last(r.Where(things.Boss.Is(q.Eq(1))).All(ctx)),
			"order by relation":   last(r.OrderBy(things.Boss.By(q.Asc())).All(ctx)),
			"include":             last(r.With(things.Kids.Where(q.Eq(2))).All(ctx)),
			"include's order":     last(r.With(things.Kids.OrderBy(q.Asc())).All(ctx)),
			"count of related":    last(r.Where(things.Kids.Count(q.Eq(2)).Gt(0)).All(ctx)),
			"sub-select":          last(r.Where(things.ID.InQuery(orm.Values(r.Query(), q))).All(ctx)),
			"sub-select's filter": last(r.Where(things.ID.InQuery(orm.Values(r.Where(q.Eq(1)), things.ID))).All(ctx)),
			"group":               last(orm.Aggregate[byQuiet](ctx, r.Query())),
			"sum":                 last(orm.Aggregate[sumQuiet](ctx, r.Query())),
			"Explain":             last(r.Where(q.Eq(1)).Explain(ctx)),
			"Update":              last(r.Where(q.Eq(1)).Update(ctx, things.Plain.Set(1))),
			"UpdateMany":          last(r.Where(q.Eq(1)).UpdateMany(ctx, things.Plain.Set(1))),
			"UpdateReturning":     last(r.Where(q.Eq(1)).UpdateReturning(ctx, things.Plain.Set(1))),
			"nested Update":       last(r.Where(q.Eq(1)).Update(ctx, things.Kids.Set())),
			"Delete":              last(r.Where(q.Eq(1)).Delete(ctx)),
			"DeleteMany":          last(r.Where(q.Eq(1)).DeleteMany(ctx)),
			"Link":                last(r.ByID(boss.ID).Update(ctx, things.Kids.Link(q.Eq(2)))),
			"Unlink":              last(r.ByID(boss.ID).Update(ctx, things.Kids.Unlink(q.Eq(2)))),
			"Set":                 last(r.ByID(boss.ID).Update(ctx, things.Kids.Set(q.Eq(2)))),
			"Upsert":              r.Upsert(ctx, orm.On(q), &thing{Quiet: 1}),
			"Rows": func() error {
				for _, err := range r.Where(q.Eq(1)).Rows(ctx) {
					return err
				}
				return nil
			}(),
		} {
			var e *orm.Error
			if !errors.Is(err, orm.ErrInvalid) || !errors.As(err, &e) || e.Field != "Quiet" || !strings.Contains(err.Error(), "noquery") {
				t.Errorf("%s: %v", path, err)
			}
		}
		got, err := r.Select(things.ID, q).With(things.Kids).ByID(boss.ID).One(ctx)
		if err != nil || got.Quiet != 1 || len(got.Kids) != 1 || got.Kids[0].Quiet != 2 {
			t.Errorf("read %+v, %v", got, err)
		}
		_, err = r.ByID(boss.ID).Update(ctx, q.Inc(10))
		must(t, err)
		must(t, db.Use(rls.Policy[thing](func(context.Context, orm.Actor) (orm.Pred[thing], error) { return q.Gt(5), nil }),
			hook.Before[thing](func(_ context.Context, op *hook.Op) error {
				if op.Select != nil {
					op.Select.Where.Add(q.Lt(100).Expr())
				}
				return nil
			})))
		rows, err := r.All(orm.WithActor(ctx, orm.Actor{ID: 1}))
		if err != nil || len(rows) != 1 || rows[0].ID != boss.ID {
			t.Errorf("a policy and a hook by the field gave %v, %v", rows, err)
		}
	})
}

// A key cannot be kept from questions: rows are named by it.
func TestAKeyIsAsked(t *testing.T) {
	type bad struct {
		ID int64 `orm:"id,noquery"`
	}
	_, err := orm.Open(t.Context(), sqlite.Source("main", ":memory:"), orm.Models(bad{}))
	if !errors.Is(err, orm.ErrInvalid) || !strings.Contains(err.Error(), "noquery") {
		t.Errorf("it became %v", err)
	}
}
