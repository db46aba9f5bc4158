package rls_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/rls"
)

// walk goes at random through nested transactions that commit and roll back, with statements under the scopes and
// under a bypass, and compares what each sees with a model: it may depend on its own context alone, never on what a
// statement before it, or an undone one, has set.
type walk struct {
	t       *testing.T
	r       *rand.Rand
	ctx     context.Context // of tenant 1
	out     context.Context // the same under a bypass
	mine    int             // rows of tenant 1
	theirs  int
	effects []int64 // ids whose AfterCommit is due
	ran     []int64
	path    string
}

var errUndo = errors.New("undo")

func (w *walk) level(db orm.DB, depth int) {
	for range 2 + w.r.IntN(5) {
		w.step(db, depth)
	}
}

func (w *walk) step(db orm.DB, depth int) {
	ctx, want, name := w.ctx, w.mine, "own"
	if w.r.IntN(2) == 0 {
		ctx, want, name = w.out, w.mine+w.theirs, "bypassed"
	}
	w.path += " " + name
	switch w.r.IntN(6) {
	case 0:
		n, err := orm.Repo[nativeNote](db).Count(ctx)
		w.saw(int(n), want, err, "count")
	case 1:
		rows, err := orm.Raw[int64](ctx, db, "SELECT id FROM native_notes")
		w.saw(len(rows), want, err, "raw")
	case 2:
		n, err := db.Exec(ctx, "UPDATE native_notes SET text = text")
		w.saw(int(n), want, err, "exec")
	case 3:
		if depth == 9 {
			return
		}
		n := 0
		for _, err := range orm.Repo[nativeNote](db).With(orm.Bind[nativeNote, struct {
			Tags orm.Many[nativeNote, nativeTag]
		}]().Tags).Rows(ctx) {
			if err != nil {
				w.t.Fatal(w.path, err)
			}
			if n++; n%700 == 0 && depth > 0 { // between two windows the other context has its say
				if _, err := orm.Repo[nativeNote](db).Count(w.ctx); err != nil {
					w.t.Fatal(w.path, err)
				}
			}
		}
		w.saw(n, want, nil, "stream")
	case 4:
		note := nativeNote{TenantID: 1, Text: "new"}
		if err := orm.Repo[nativeNote](db).Create(ctx, &note); err != nil {
			w.t.Fatal(w.path, err)
		}
		w.mine++
		w.effects = append(w.effects, note.ID)
		w.path += " create"
	case 5:
		if depth < 4 {
			w.nest(db, depth)
		}
	}
}

func (w *walk) nest(db orm.DB, depth int) {
	mine, effects, keep := w.mine, len(w.effects), w.r.IntN(2) == 0
	w.path += " Tx{"
	ctx := w.ctx
	if depth > 0 && w.r.IntN(3) == 0 {
		ctx = w.out
	}
	err := db.Tx(ctx, func(tx orm.DB) error {
		w.level(tx, depth+1)
		if !keep {
			return errUndo
		}
		return nil
	})
	if keep && err != nil || !keep && !errors.Is(err, errUndo) {
		w.t.Fatal(w.path, err)
	}
	w.path += " }"
	if !keep {
		w.path += "undone"
		w.mine, w.effects = mine, w.effects[:effects]
	}
	if depth == 0 && !slices.Equal(w.ran, w.effects) {
		w.t.Fatalf("%s: effects ran for %v, due were %v", w.path, w.ran, w.effects)
	}
}

func (w *walk) saw(got, want int, err error, what string) {
	w.t.Helper()
	w.path += " " + what
	if err != nil || got != want {
		w.t.Fatalf("%s: saw %d rows of %d, %v", w.path, got, want, err)
	}
}

func TestSettingsFollowTheContextThroughNestedTransactions(t *testing.T) {
	db, owner := nativeDB(t)
	var w *walk
	if err := db.Use(rls.Native(), rls.Tenant(), hook.Hook{Name: "effects", After: func(_ context.Context, op *hook.Op) error {
		if op.Kind == hook.Create {
			id := op.Rows.Index(0).Interface().(nativeNote).ID
			op.AfterCommit(func(context.Context) { w.ran = append(w.ran, id) })
		}
		return nil
	}}); err != nil {
		t.Fatal(err)
	}
	seed := rand.Uint64()
	for round := range 60 {
		if _, err := owner.Exec(t.Context(), "TRUNCATE native_notes"); err != nil {
			t.Fatal(err)
		}
		w = &walk{t: t, r: rand.New(rand.NewPCG(seed, uint64(round))), ctx: orm.WithActor(t.Context(), orm.Actor{ID: 1, TenantID: 1}), mine: 3, theirs: 600}
		if round%10 == 0 {
			w.mine = 1500 // several windows of a stream
		}
		w.out = rls.Bypass(w.ctx, "walk")
		if _, err := owner.Exec(t.Context(), "INSERT INTO native_notes (tenant_id, text) SELECT CASE WHEN n <= $1::int THEN 1 ELSE 2 END, 'x' FROM generate_series(1, $1::int + $2::int) AS n",
			w.mine, w.theirs); err != nil {
			t.Fatal(err)
		}
		for range 3 {
			w.nest(db, 0)
			w.step(db, 9)
		}
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

// SQL text may undo a savepoint or set the variables itself: nothing is remembered across it.
func TestSettingsAreSetAgainAfterSQLText(t *testing.T) {
	db, _ := nativeDB(t)
	if err := db.Use(rls.Native(), rls.Tenant()); err != nil {
		t.Fatal(err)
	}
	ctx := orm.WithActor(t.Context(), orm.Actor{ID: 1, TenantID: 1})
	out := rls.Bypass(ctx, "test")
	for _, tenant := range []int64{1, 2} {
		if err := orm.Repo[nativeNote](db).Create(out, &nativeNote{TenantID: tenant}); err != nil {
			t.Fatal(err)
		}
	}
	err := db.Tx(ctx, func(tx orm.DB) error {
		for i, text := range []string{"SAVEPOINT mine", "ROLLBACK TO mine"} {
			if i == 1 { // from a bypass back into the scopes, which the next text undoes
				if _, err := orm.Repo[nativeNote](tx).Count(out); err != nil {
					return err
				}
				if _, err := orm.Repo[nativeNote](tx).Count(ctx); err != nil {
					return err
				}
			}
			if _, err := tx.Exec(out, orm.Unsafe(text)); err != nil {
				return err
			}
		}
		rows, err := orm.Raw[int64](ctx, tx, "SELECT id FROM native_notes")
		if err == nil && len(rows) != 1 {
			t.Errorf("tenant 1 sees %d rows", len(rows))
		}
		if _, err := tx.Exec(ctx, "SELECT set_config('orm.bypass', 'on', true)"); err != nil {
			return err
		}
		rows, err = orm.Raw[int64](ctx, tx, "SELECT id FROM native_notes")
		if err == nil && len(rows) != 1 {
			t.Errorf("tenant 1 sees %d rows after a text that set the variable", len(rows))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
