package hook_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/testkit"
	"github.com/multi-orm/orm/source/postgres"
	"github.com/multi-orm/orm/source/sqlite"
)

type fellow struct {
	ID   int64  `orm:"id,auto,table=fellows"`
	Name string `orm:"name"`

	Clubs  []circle `orm:"relation=id:id,through=fellows_clubs(fellow_id:club_id)"`
	Secret []circle `orm:"relation=id:code,through=fellows_secrets(fellow_id:club_code)"`
}

type circle struct {
	ID   int64  `orm:"id,auto,table=clubs"`
	Code string `orm:"code,unique,hidden"`

	Fellows []fellow `orm:"relation=id:id,through=fellows_clubs(club_id:fellow_id)"`
}

var fellows = orm.Bind[fellow, struct {
	Name   orm.Text[fellow]
	Clubs  orm.Many[fellow, circle]
	Secret orm.Many[fellow, circle]
}]()

var circles = orm.Bind[circle, struct {
	Code    orm.Text[circle]
	Fellows orm.Many[circle, fellow]
}]()

func linkEngines(t *testing.T, fn func(t *testing.T, db orm.DB, cs []circle, f fellow)) {
	for name, src := range map[string]func() orm.Option{
		"sqlite":   func() orm.Option { return sqlite.Source("main", ":memory:") },
		"postgres": func() orm.Option { return postgres.Source("main", testkit.Postgres(t)) },
	} {
		t.Run(name, func(t *testing.T) {
			db, err := orm.Open(t.Context(), src(), orm.Models(fellow{}, orm.OutboxEntry{}))
			must(t, err)
			defer func() { must(t, db.Close()) }()
			must(t, orm.CreateTables(t.Context(), db))
			cs := []circle{{Code: "one"}, {Code: "two"}, {Code: "three"}}
			_, err = orm.Repo[circle](db).CreateMany(t.Context(), cs)
			must(t, err)
			f := fellow{Name: "ann"}
			must(t, orm.Repo[fellow](db).Create(t.Context(), &f))
			fn(t, db, cs, f)
		})
	}
}

// Rows of a link table without a model are told of as links of the relation that was written, from either end.
func TestLinkRowsWithoutAModelAreAuditedAsLinks(t *testing.T) {
	linkEngines(t, func(t *testing.T, db orm.DB, cs []circle, f fellow) {
		var seen []string
		ctx := orm.WithActor(t.Context(), orm.Actor{ID: 7, RequestID: "r1"})
		must(t, db.Use(hook.Audit(func(_ context.Context, e hook.Entry) error {
			if e.ActorID != 7 || e.RequestID != "r1" || e.Source != "main" || e.Time.IsZero() {
				t.Errorf("entry %+v", e)
			}
			if e.Op == hook.Link || e.Op == hook.Unlink {
				seen = append(seen, fmt.Sprint(e.Op, " ", e.Model, e.Key, ".", e.Relation, e.Linked, e.Old, e.New))
			} else {
				seen = append(seen, fmt.Sprint(e.Op, " ", e.Model))
			}
			return nil
		})))
		fs := orm.Repo[fellow](db)
		is := func(what string, want ...string) {
			t.Helper()
			if !slices.Equal(seen, want) {
				t.Errorf("%s: audited %q, want %q", what, seen, want)
			}
			seen = nil
		}
		link := func(verb hook.Kind, m string, id int64, rel, far string) string {
			return fmt.Sprintf("%s %smap[ID:%d].%smap[%s] map[] map[]", verb, m, id, rel, far)
		}
		far := func(i int) string { return fmt.Sprint("ID:", cs[i].ID) }
		_, err := fs.ByID(f.ID).Update(ctx, fellows.Clubs.Link(orm.Key[circle](cs[0].ID), orm.Key[circle](cs[1].ID)))
		must(t, err)
		is("Link", "update fellow", link("link", "fellow", f.ID, "Clubs", far(0)), link("link", "fellow", f.ID, "Clubs", far(1)))
		_, err = fs.ByID(f.ID).Update(ctx, fellows.Clubs.Link(orm.Key[circle](cs[0].ID)))
		must(t, err)
		is("what is linked already", "update fellow")
		_, err = fs.ByID(f.ID).Update(ctx, fellows.Clubs.Set(orm.Key[circle](cs[1].ID), orm.Key[circle](cs[2].ID)))
		must(t, err)
		is("Set", "update fellow", link("unlink", "fellow", f.ID, "Clubs", far(0)), link("link", "fellow", f.ID, "Clubs", far(2)))
		_, err = fs.ByID(f.ID).Update(ctx, fellows.Clubs.Unlink(orm.Key[circle](cs[2].ID)))
		must(t, err)
		is("Unlink", "update fellow", link("unlink", "fellow", f.ID, "Clubs", far(2)))
		_, err = orm.Repo[circle](db).ByID(cs[0].ID).Update(ctx, circles.Fellows.Link(orm.Key[fellow](f.ID)))
		must(t, err)
		is("the other end", "update circle", link("link", "circle", cs[0].ID, "Fellows", fmt.Sprint("ID:", f.ID)))
		_, err = fs.ByID(f.ID).Update(ctx, fellows.Secret.Link(circles.Code.Eq("one")))
		must(t, err)
		is("a hidden key", "update fellow", link("link", "fellow", f.ID, "Secret", "Code:"+hook.Redacted))
		n := fellow{Name: "new"}
		must(t, fs.Create(ctx, &n, fellows.Clubs.Link(orm.Key[circle](cs[0].ID)), fellows.Secret.Create(&circle{Code: "four"})))
		is("Create", "create fellow", link("link", "fellow", n.ID, "Clubs", far(0)), "create circle", link("link", "fellow", n.ID, "Secret", "Code:"+hook.Redacted))
	})
}

// A hook of the relation's model sees links, may refuse them, and acts once they hold; its failure undoes them.
func TestHooksSeeLinks(t *testing.T) {
	linkEngines(t, func(t *testing.T, db orm.DB, cs []circle, f fellow) {
		veto, late, committed := error(nil), error(nil), 0
		var told, foreign int64
		h := hook.Before[fellow](func(_ context.Context, op *hook.Op) error {
			if op.Links == nil {
				return nil
			}
			if !op.Kind.Writes() || op.Statement() != nil || op.Rows.IsValid() || op.Links.Relation.Name != "Clubs" || op.Links.Key[0].Int() != f.ID {
				t.Errorf("told %+v", op)
			}
			told += int64(len(op.Links.Linked))
			op.AfterCommit(func(context.Context) { committed++ })
			return veto
		})
		h.After = func(_ context.Context, op *hook.Op) error {
			if op.Links != nil && op.Affected != int64(len(op.Links.Linked)) {
				t.Errorf("%d affected", op.Affected)
			}
			if op.Links != nil {
				return late
			}
			return nil
		}
		must(t, db.Use(h, hook.Before[circle](func(_ context.Context, op *hook.Op) error {
			if op.Links != nil {
				foreign++
			}
			return nil
		}), hook.Validate(), hook.Methods(), hook.Sanitize(), hook.Timestamps("CreatedAt", "UpdatedAt"), hook.MaxRows(1)))
		fs := orm.Repo[fellow](db)
		has := func(want int) {
			t.Helper()
			got, err := fs.ByID(f.ID).Include("Clubs").One(t.Context())
			must(t, err)
			if len(got.Clubs) != want {
				t.Errorf("%d clubs, want %d", len(got.Clubs), want)
			}
		}
		both := fellows.Clubs.Link(orm.Key[circle](cs[0].ID), orm.Key[circle](cs[1].ID))
		for _, set := range []func(error){func(err error) { veto = err }, func(err error) { late = err }} {
			no := errors.New("no")
			set(no)
			if _, err := fs.ByID(f.ID).Update(t.Context(), fellows.Name.Set("never"), both); !errors.Is(err, no) {
				t.Errorf("it became %v", err)
			}
			set(nil)
			has(0)
		}
		if committed != 0 {
			t.Errorf("%d effects of what was undone", committed)
		}
		_, err := fs.ByID(f.ID).Update(t.Context(), both)
		must(t, err)
		has(2)
		if told != 6 || committed != 1 || foreign != 0 {
			t.Errorf("told of %d, %d effects, %d by the other model", told, committed, foreign)
		}
	})
}

// The outbox keeps links as it keeps other entries.
func TestOutboxOfLinks(t *testing.T) {
	linkEngines(t, func(t *testing.T, db orm.DB, cs []circle, f fellow) {
		must(t, db.Use(hook.Audit(orm.Outbox(db))))
		_, err := orm.Repo[fellow](db).ByID(f.ID).Update(t.Context(), fellows.Clubs.Link(orm.Key[circle](cs[0].ID)))
		must(t, err)
		var got []string
		_, err = orm.DrainOutbox(t.Context(), db, 10, func(_ context.Context, e hook.Entry) error {
			text, err := json.Marshal(e.Linked)
			got = append(got, string(e.Op)+" "+e.Model+"."+e.Relation+string(text))
			return err
		})
		must(t, err)
		if want := []string{"update fellow.null", fmt.Sprintf(`link fellow.Clubs{"ID":%d}`, cs[0].ID)}; !slices.Equal(got, want) {
			t.Errorf("delivered %q, want %q", got, want)
		}
	})
}
