package blame_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/internal/testkit"
	"github.com/multi-orm/orm/source/postgres"
	"github.com/multi-orm/orm/source/sqlite"
)

type room struct {
	ID    int64   `orm:"id,table=rooms"`
	House string  `orm:"house,unique=door"`
	Door  string  `orm:"door,unique=door"`
	Beds  []bunk  `orm:"relation=id:room_id"`
	Note  *string `orm:"note"`
}

type bunk struct {
	ID     int64 `orm:"id,table=bunks"`
	RoomID int64 `orm:"room_id"`
	Room   *room `orm:"relation=room_id:id"`
}

var rooms = orm.Bind[room, struct {
	ID   orm.Col[room, int64]
	Beds orm.Many[room, bunk]
}]()

// What fails at COMMIT is told as it is: the kind, the model and the constraint where the database names them, and that
// nothing was written.
func TestDeferredConstraints(t *testing.T) {
	const bunks = "CREATE TABLE bunks (id bigint PRIMARY KEY, room_id bigint NOT NULL CONSTRAINT slept REFERENCES rooms (id) DEFERRABLE INITIALLY DEFERRED)"
	for name, open := range map[string]func(t *testing.T) (orm.Option, string){
		"sqlite": func(*testing.T) (orm.Option, string) {
			return sqlite.Source("main", ":memory:"), "CREATE TABLE rooms (id bigint PRIMARY KEY, house text NOT NULL, door text NOT NULL, note text, UNIQUE (house, door))"
		},
		"postgres": func(t *testing.T) (orm.Option, string) {
			return postgres.Source("main", testkit.Postgres(t)), "CREATE TABLE rooms (id bigint PRIMARY KEY, house text NOT NULL, door text NOT NULL, note text, CONSTRAINT door UNIQUE (house, door) DEFERRABLE INITIALLY DEFERRED)"
		},
		"simple": func(t *testing.T) (orm.Option, string) {
			return postgres.Source("main", testkit.Postgres(t), postgres.ExecMode(postgres.SimpleProtocol), postgres.AllowSimpleProtocol()), "CREATE TABLE rooms (id bigint PRIMARY KEY, house text NOT NULL, door text NOT NULL, note text, CONSTRAINT door UNIQUE (house, door) DEFERRABLE INITIALLY DEFERRED)"
		},
	} {
		t.Run(name, func(t *testing.T) {
			ctx := t.Context()
			src, text := open(t)
			db, err := orm.Open(ctx, src, orm.Models(room{}, bunk{}))
			must(t, err)
			defer func() { must(t, db.Close()) }()
			for _, text := range []string{text, bunks} {
				_, err = db.Exec(ctx, orm.Unsafe(text))
				must(t, err)
			}
			told := name != "sqlite" // which says at COMMIT that there is one, and no more
			r, b := orm.Repo[room](db), orm.Repo[bunk](db)
			must(t, r.Create(ctx, &room{ID: 1, House: "a", Door: "1"}))
			must(t, b.Create(ctx, &bunk{ID: 1, RoomID: 1}))
			check := func(what string, err, kind error, model, field, constraint string, fields ...string) {
				t.Helper()
				var e *orm.Error
				if !errors.Is(err, kind) || errors.Is(err, orm.ErrCommitUnknown) || !errors.As(err, &e) || orm.OutcomeOf(err) != orm.Undone {
					t.Errorf("%s: %v, outcome %v", what, err, orm.OutcomeOf(err))
					return
				}
				if told && (e.Model != model || e.Field != field || e.Constraint != constraint || !slices.Equal(e.Fields, fields)) {
					t.Errorf("%s: %v: model %q, field %q, fields %v, constraint %q", what, err, e.Model, e.Field, e.Fields, e.Constraint)
				}
				if strings.Contains(err.Error(), "99") || e.Detail == "" {
					t.Errorf("%s: it says %q", what, err)
				}
			}
			for what, fn := range map[string]func(tx orm.DB) error{
				"a lost reference": func(tx orm.DB) error { return orm.Repo[bunk](tx).Create(ctx, &bunk{ID: 2, RoomID: 99}) },
				"in a savepoint": func(tx orm.DB) error {
					return tx.Tx(ctx, func(tx orm.DB) error { return orm.Repo[bunk](tx).Create(ctx, &bunk{ID: 2, RoomID: 99}) })
				},
			} {
				runs := 0
				err := db.Tx(ctx, func(tx orm.DB) error { runs++; return fn(tx) }, orm.Retry(3))
				check(what, err, orm.ErrReference, "bunk", "RoomID", "slept")
				if runs != 1 {
					t.Errorf("%s: %d runs", what, runs)
				}
			}
			check("a reference that is left", db.Tx(ctx, func(tx orm.DB) error {
				_, err := orm.Repo[room](tx).ByID(1).Delete(ctx)
				return err
			}), orm.ErrReference, "", "", "slept")
			check("alone", b.Create(ctx, &bunk{ID: 2, RoomID: 99}), orm.ErrReference, "bunk", "RoomID", "slept")
			must(t, db.Tx(ctx, func(tx orm.DB) error { // what is whole at the end passes
				if err := orm.Repo[bunk](tx).Create(ctx, &bunk{ID: 3, RoomID: 3}); err != nil {
					return err
				}
				return orm.Repo[room](tx).Create(ctx, &room{ID: 3, House: "b", Door: "1"})
			}))
			again := db.Tx(ctx, func(tx orm.DB) error {
				return orm.Repo[room](tx).Create(ctx, &room{ID: 4, House: "a", Door: "1"})
			})
			check("a unique set", again, orm.ErrConflict, "room", "", "door", "House", "Door")
			for what, n := range map[string]func() (int64, error){"rooms": func() (int64, error) { return r.Count(ctx) }, "bunks": func() (int64, error) { return b.Count(ctx) }} {
				if have, err := n(); err != nil || have != 2 {
					t.Errorf("%d %s, %v", have, what, err)
				}
			}
		})
	}
}
