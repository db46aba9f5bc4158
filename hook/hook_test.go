package hook_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/testkit"
	"github.com/multi-orm/orm/rls"
	"github.com/multi-orm/orm/source/postgres"
	"github.com/multi-orm/orm/source/sqlite"
)

func TestMain(m *testing.M) { os.Exit(testkit.Run(m)) }

type account struct {
	ID        int64      `orm:"id,auto,table=accounts"`
	TenantID  int64      `orm:"tenant_id,tenant"`
	Email     string     `orm:"email,unique" validate:"required,email"`
	Secret    string     `orm:"secret,hidden"`
	Hits      int        `orm:"hits" validate:"gte=0"`
	CreatedAt time.Time  `orm:"created_at"`
	UpdatedAt time.Time  `orm:"updated_at"`
	DeletedAt *time.Time `orm:"deleted_at,softdelete"`

	Notes []note `orm:"relation=id:account_id"`
}

type note struct {
	ID        int64  `orm:"id,auto,table=notes"`
	TenantID  int64  `orm:"tenant_id,tenant"`
	AccountID int64  `orm:"account_id"`
	Secret    string `orm:"secret,hidden"`
}

// trail is where a sink in the same database writes.
type trail struct {
	ID   int64  `orm:"id,auto,table=trail"`
	Text string `orm:"text"`
}

var accounts = orm.Bind[account, struct {
	ID    orm.Col[account, int64]
	Email orm.Text[account]
	Hits  orm.Col[account, int]
	Notes orm.Many[account, note]
}]()

func engines(t *testing.T, fn func(t *testing.T, db orm.DB, ctx context.Context)) {
	for name, src := range map[string]func() orm.Option{
		"sqlite":   func() orm.Option { return sqlite.Source("main", ":memory:") },
		"postgres": func() orm.Option { return postgres.Source("main", testkit.Postgres(t)) },
	} {
		t.Run(name, func(t *testing.T) {
			db, err := orm.Open(t.Context(), src(), orm.Models(account{}, trail{}))
			if err != nil {
				t.Fatal(err)
			}
			defer func() {
				if err := db.Close(); err != nil {
					t.Error(err)
				}
			}()
			must(t, orm.CreateTables(t.Context(), db))
			fn(t, db, orm.WithActor(t.Context(), orm.Actor{ID: 7, TenantID: 1, Role: "clerk", RequestID: "r1", IP: "10.0.0.1"}))
		})
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func count(t *testing.T, db orm.DB, ctx context.Context) int64 {
	t.Helper()
	n, err := orm.Repo[account](db).WithDeleted().Count(ctx)
	must(t, err)
	return n
}

func TestHooksRunInOrderAndOutInReverse(t *testing.T) {
	engines(t, func(t *testing.T, db orm.DB, ctx context.Context) {
		var trace []string
		veto := errors.New("veto")
		var refuse bool
		tracing := func(name string) hook.Hook {
			return hook.Hook{
				Name: name,
				Before: func(_ context.Context, op *hook.Op) error {
					trace = append(trace, name+" before")
					if refuse && name == "b" {
						return veto
					}
					return nil
				},
				After: func(context.Context, *hook.Op) error { trace = append(trace, name+" after"); return nil },
				Error: func(_ context.Context, _ *hook.Op, err error) error {
					trace = append(trace, name+" error")
					return nil // cannot make it nil
				},
			}
		}
		must(t, db.Use(tracing("a"), tracing("b"), tracing("c")))
		_, err := orm.Repo[account](db).All(ctx)
		must(t, err)
		if want := "a before,b before,c before,c after,b after,a after"; strings.Join(trace, ",") != want {
			t.Errorf("ran %v, want %s", trace, want)
		}
		trace, refuse = nil, true
		err = orm.Repo[account](db).Create(ctx, &account{Email: "a@x.org"})
		if !errors.Is(err, veto) {
			t.Errorf("the veto became %v", err)
		}
		if want := "a before,b before,a error"; strings.Join(trace, ",") != want {
			t.Errorf("ran %v, want %s", trace, want)
		}
		refuse = false
		if n := count(t, db, ctx); n != 0 {
			t.Errorf("a vetoed create wrote %d rows", n)
		}
		if err := db.Use(tracing("a")); !errors.Is(err, orm.ErrInvalid) {
			t.Errorf("a name used twice: %v", err)
		}
	})
}

func TestAHookThatPanicsDeniesAndRollsBack(t *testing.T) {
	for _, stage := range []string{"before", "after", "error"} {
		t.Run(stage, func(t *testing.T) {
			engines(t, func(t *testing.T, db orm.DB, ctx context.Context) {
				h := hook.Hook{Name: "wild"}
				switch stage {
				case "before":
					h.Before = func(_ context.Context, op *hook.Op) error { return boom(op) }
				case "after":
					h.After = func(_ context.Context, op *hook.Op) error { return boom(op) }
				case "error":
					h.Before = func(_ context.Context, op *hook.Op) error { return nil }
					h.Error = func(_ context.Context, op *hook.Op, err error) error { return boom(op) }
				}
				must(t, db.Use(h))
				must(t, orm.Repo[trail](db).Create(ctx, &trail{})) // other models are not concerned
				row := account{Email: "a@x.org"}
				err := orm.Repo[account](db).Create(ctx, &row)
				if stage == "error" {
					must(t, err)
					err = orm.Repo[account](db).Create(ctx, &account{Email: "a@x.org"}) // a conflict
				}
				if !errors.Is(err, orm.ErrDenied) {
					t.Errorf("a panic became %v", err)
				}
				if strings.Contains(err.Error(), "with a secret") {
					t.Errorf("the error tells the panic's value: %v", err)
				}
				want := int64(0)
				if stage == "error" {
					want = 1
				}
				err = db.Tx(ctx, func(tx orm.DB) error { // the connection is usable
					n, err := orm.Repo[trail](tx).Count(ctx)
					if err == nil && n != 1 {
						t.Errorf("%d trails", n)
					}
					return err
				})
				must(t, err)
				n, err := orm.Raw[int64](ctx, db, "SELECT count(*) FROM accounts")
				if stage != "before" && stage != "after" {
					must(t, err)
				}
				if err == nil && n[0] != want {
					t.Errorf("%d rows are there, want %d", n[0], want)
				}
			})
		})
	}
}

func boom(op *hook.Op) error {
	if op.Kind == hook.Create && op.Model != nil && op.Model.Name == "account" {
		panic("with a secret")
	}
	return nil
}

// Whatever an event hook does to the statement, the scopes come after it.
func TestAHookCannotWidenAStatement(t *testing.T) {
	engines(t, func(t *testing.T, db orm.DB, ctx context.Context) {
		other := orm.WithActor(t.Context(), orm.Actor{ID: 8, TenantID: 2})
		wide := hook.Hook{Name: "wide", Before: func(_ context.Context, op *hook.Op) error {
			switch {
			case op.Select != nil:
				op.Select.Where = builder.Conjunction{}
				op.Select.Where.Add(builder.AnyOf(builder.True(), builder.True()))
				op.Select.Scopes, op.Select.Scoped = nil, true
			case op.Update != nil:
				op.Update.Where = builder.Conjunction{}
				op.Update.Scopes, op.Update.Scoped = nil, true
			case op.Delete != nil:
				op.Delete.Where = builder.Conjunction{}
				op.Delete.Scopes, op.Delete.Scoped = nil, true
			}
			return nil
		}}
		must(t, db.Use(rls.Tenant(), rls.Global(trail{}), wide))
		repo := orm.Repo[account](db)
		must(t, repo.Create(ctx, &account{Email: "a@x.org"}))
		must(t, repo.Create(other, &account{Email: "b@x.org"}))
		rows, err := repo.All(ctx)
		must(t, err)
		if len(rows) != 1 || rows[0].TenantID != 1 {
			t.Errorf("read %v", rows)
		}
		if n, err := repo.Where(accounts.ID.Eq(1)).UpdateMany(ctx, accounts.Hits.Set(5)); n != 1 || err != nil {
			t.Errorf("updated %d, %v", n, err)
		}
		if n, err := repo.Where(accounts.ID.Eq(1)).DeleteMany(ctx); n != 1 || err != nil {
			t.Errorf("deleted %d, %v", n, err)
		}
		if n := count(t, db, other); n != 1 {
			t.Errorf("the other tenant has %d rows left", n)
		}
	})
}

func TestWithoutLeavesOptionalHooksOut(t *testing.T) {
	engines(t, func(t *testing.T, db orm.DB, ctx context.Context) {
		ran := 0
		note := func(context.Context, *hook.Op) error { ran++; return nil }
		must(t, db.Use(hook.Hook{Name: "may", Before: note, Optional: true}, hook.Hook{Name: "must", Before: note}))
		_, err := orm.Repo[account](db).All(hook.Without(ctx, "may"))
		must(t, err)
		if ran != 1 {
			t.Errorf("%d hooks ran, want 1", ran)
		}
		if _, err = orm.Repo[account](db).All(hook.Without(ctx, "must")); !errors.Is(err, orm.ErrDenied) {
			t.Errorf("leaving out a hook that is not optional: %v", err)
		}
		_, err = orm.Repo[account](db).All(hook.Without(ctx, "may", "muts"))
		if !errors.Is(err, orm.ErrInvalid) || !strings.Contains(err.Error(), `did you mean "must"?`) {
			t.Errorf("leaving out a hook that is not there: %v", err)
		}
	})
}

func TestSoftDelete(t *testing.T) {
	engines(t, func(t *testing.T, db orm.DB, ctx context.Context) {
		must(t, db.Use(hook.SoftDelete()))
		repo := orm.Repo[account](db)
		row := account{TenantID: 1, Email: "a@x.org"}
		must(t, repo.Create(ctx, &row))
		gone, err := repo.ByID(row.ID).Delete(ctx)
		must(t, err)
		if gone.DeletedAt == nil {
			t.Error("the deleted row has no time")
		}
		_, err = repo.ByID(row.ID).Delete(ctx)
		if !errors.Is(err, orm.ErrNotFound) {
			t.Errorf("deleting twice: %v", err)
		}
		if _, err := repo.ByID(row.ID).Update(ctx, accounts.Hits.Set(1)); !errors.Is(err, orm.ErrNotFound) {
			t.Errorf("updating a deleted row: %v", err)
		}
		again := account{TenantID: 1, Email: "a@x.org"}
		must(t, repo.Create(ctx, &again)) // the name is free among the living
		if _, err := repo.Where(accounts.ID.Eq(row.ID)).Restore(ctx); !errors.Is(err, orm.ErrConflict) {
			t.Errorf("restoring a row whose name is taken: %v", err)
		}
		up := account{TenantID: 1, Email: "a@x.org", Hits: 3}
		must(t, repo.Upsert(ctx, orm.On(accounts.Email), &up))
		if up.ID != again.ID {
			t.Errorf("the upsert changed row %d, want the living %d", up.ID, again.ID)
		}
		if n, err := repo.Where(accounts.ID.Eq(again.ID)).ForceDelete(ctx); n != 1 || err != nil {
			t.Errorf("ForceDelete: %d, %v", n, err)
		}
		if n, err := repo.Where(accounts.ID.Eq(row.ID)).Restore(ctx); n != 1 || err != nil {
			t.Errorf("Restore: %d, %v", n, err)
		}
		only, err := repo.OnlyDeleted().All(ctx)
		if err != nil || len(only) != 0 {
			t.Errorf("deleted rows left: %v, %v", only, err)
		}
		if n, err := repo.Where(accounts.ID.Eq(row.ID)).DeleteMany(hook.HardDelete(ctx)); n != 1 || err != nil || count(t, db, ctx) != 0 {
			t.Errorf("HardDelete: %d, %v", n, err)
		}
	})
}

func TestAuditTellsEveryChange(t *testing.T) {
	engines(t, func(t *testing.T, db orm.DB, ctx context.Context) {
		var got []hook.Entry
		must(t, db.Use(rls.Tenant(), rls.Global(trail{}), hook.SoftDelete(), hook.Audit(func(_ context.Context, e hook.Entry) error {
			got = append(got, e)
			return nil
		})))
		repo := orm.Repo[account](db)
		row := account{Email: "a@x.org", Secret: "s3cret"}
		must(t, repo.Create(ctx, &row))
		_, err := repo.ByID(row.ID).Update(ctx, accounts.Hits.Set(4))
		must(t, err)
		_, err = repo.CreateMany(ctx, []account{{Email: "b@x.org"}, {Email: "c@x.org"}})
		must(t, err)
		_, err = repo.Where(accounts.Hits.Eq(0)).UpdateMany(ctx, accounts.Hits.Inc(1))
		must(t, err)
		must(t, repo.Upsert(ctx, orm.On(accounts.Email), &account{Email: "a@x.org", Hits: 9}))
		_, err = repo.Where(accounts.Email.EndsWith("x.org")).DeleteMany(ctx)
		must(t, err)
		var kinds []string
		for _, e := range got {
			kinds = append(kinds, string(e.Op))
			if e.Model != "account" || e.ActorID != 7 || e.RequestID != "r1" || e.IP != "10.0.0.1" || e.Key["ID"] == nil {
				t.Errorf("entry %+v", e)
			}
			for _, side := range []map[string]any{e.Old, e.New} {
				if side != nil && side["Secret"] != hook.Redacted {
					t.Errorf("a hidden field is told: %v", side["Secret"])
				}
			}
		}
		slices.Sort(kinds)
		if want := "create create create delete delete delete update update update upsert"; strings.Join(kinds, " ") != want {
			t.Fatalf("entries %v, want %s", kinds, want)
		}
		for _, e := range got {
			switch e.Op {
			case hook.Update:
				if fmt.Sprint(e.Old["Hits"]) == fmt.Sprint(e.New["Hits"]) {
					t.Errorf("an update from %v to %v", e.Old["Hits"], e.New["Hits"])
				}
			case hook.Upsert:
				if fmt.Sprint(e.Old["Hits"]) != "4" || fmt.Sprint(e.New["Hits"]) != "9" {
					t.Errorf("an upsert from %v to %v", e.Old["Hits"], e.New["Hits"])
				}
			case hook.Delete:
				if e.Old == nil || e.New != nil {
					t.Errorf("a delete from %v to %v", e.Old, e.New)
				}
			}
		}
	})
}

func TestAFailingSinkFailsTheWrite(t *testing.T) {
	engines(t, func(t *testing.T, db orm.DB, ctx context.Context) {
		down := errors.New("the sink is down")
		fails := false
		must(t, db.Use(hook.Audit(func(ctx context.Context, e hook.Entry) error {
			if fails {
				return down
			}
			return orm.Repo[trail](db).Create(ctx, &trail{Text: string(e.Op)}) // joins the write's transaction, and is not audited
		})))
		repo := orm.Repo[account](db)
		must(t, repo.Create(ctx, &account{TenantID: 1, Email: "a@x.org"}))
		fails = true
		if err := repo.Create(ctx, &account{TenantID: 1, Email: "b@x.org"}); !errors.Is(err, down) {
			t.Errorf("the write answered %v", err)
		}
		if _, err := repo.Where(accounts.Email.Eq("a@x.org")).DeleteMany(ctx); !errors.Is(err, down) {
			t.Errorf("the delete answered %v", err)
		}
		fails = false
		if n := count(t, db, ctx); n != 1 {
			t.Errorf("%d rows, want the first only", n)
		}
		undo := errors.New("undo")
		err := db.Tx(ctx, func(tx orm.DB) error {
			must(t, orm.Repo[account](tx).Create(ctx, &account{TenantID: 1, Email: "c@x.org"}))
			return undo
		})
		if !errors.Is(err, undo) {
			t.Error(err)
		}
		if n, err := orm.Repo[trail](db).Count(ctx); err != nil || n != 1 {
			t.Errorf("the trail has %d entries, want 1: %v", n, err)
		}
	})
}

func TestTheClockIsReadForThoseWhoAsk(t *testing.T) {
	for _, timed := range []bool{false, true} {
		engines(t, func(t *testing.T, db orm.DB, ctx context.Context) {
			began := time.Now()
			var starts []time.Time
			must(t, db.Use(hook.Hook{Name: "watch", Timed: timed, After: func(_ context.Context, op *hook.Op) error {
				starts = append(starts, op.Start)
				return nil
			}}))
			must(t, orm.Repo[account](db).Create(ctx, &account{Email: "a@x.org"}))
			_, err := orm.Repo[account](db).All(ctx)
			must(t, err)
			if len(starts) != 2 {
				t.Fatalf("%d operations were seen", len(starts))
			}
			for _, s := range starts {
				if s.IsZero() == timed || timed && s.Before(began) {
					t.Errorf("timed %v: the operation began at %v", timed, s)
				}
			}
		})
	}
}
