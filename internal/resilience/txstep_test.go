package resilience

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/source/postgres"
)

// Every step of a transaction is seen: by observers, and in the log, which tells nothing of what the caller's error says.
func TestTransactionsAreSeen(t *testing.T) {
	onEngines(t, func(t *testing.T, open func(...orm.Option) orm.DB) {
		ctx := t.Context()
		var mu sync.Mutex
		var steps []orm.TxStep
		var log strings.Builder
		logger := slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		db := open(orm.Logger(logger), orm.TxObserver(func(_ context.Context, s orm.TxStep) {
			mu.Lock()
			defer mu.Unlock()
			steps = append(steps, s)
		}))
		taken := func() (out []string) {
			for _, s := range steps {
				out = append(out, fmt.Sprint(s.Step, " ", s.Level, " ", s.Attempt))
				if s.Source != "main" || s.System == "" || s.Duration <= 0 || s.Err != nil {
					t.Errorf("%+v", s)
				}
			}
			return out
		}
		if got, want := taken(), []string{"begin 0 1", "commit 0 1"}; !reflect.DeepEqual(got, want) {
			t.Errorf("CreateTables: %q", got)
		}
		if !strings.Contains(log.String(), "CREATE TABLE") {
			t.Errorf("the log knows nothing of tables:\n%s", log.String())
		}
		steps = nil
		log.Reset()
		secret := errors.New("card 4111")
		err := db.Tx(ctx, func(tx orm.DB) error {
			if err := orm.Repo[Note](tx).Create(ctx, &Note{Text: "a"}); err != nil {
				return err
			}
			time.Sleep(2 * time.Millisecond)
			if err := tx.Tx(ctx, func(in orm.DB) error {
				if err := orm.Repo[Note](in).Create(ctx, &Note{Text: "b"}); err != nil {
					return err
				}
				return secret
			}); !errors.Is(err, secret) {
				return err
			}
			return tx.Tx(ctx, func(in orm.DB) error { return orm.Repo[Note](in).Create(ctx, &Note{Text: "c"}) })
		})
		if err != nil {
			t.Fatal(err)
		}
		want := []string{"begin 0 1", "savepoint 1 1", "rollback to 1 1", "release 1 1", "savepoint 1 1", "release 1 1", "commit 0 1"}
		if got := taken(); !reflect.DeepEqual(got, want) {
			t.Fatalf("%q", got)
		}
		if steps[6].Held < 2*time.Millisecond || !errors.Is(steps[2].Cause, secret) {
			t.Errorf("%+v, %+v", steps[6], steps[2])
		}
		for _, part := range []string{"orm transaction", "step=begin", "step=\"rollback to\"", "cause=*errors.errorString", "held="} {
			if !strings.Contains(log.String(), part) {
				t.Errorf("%s is not in the log:\n%s", part, log.String())
			}
		}
		if strings.Contains(log.String(), "4111") {
			t.Errorf("the log has the caller's words:\n%s", log.String())
		}

		steps = nil
		_ = db.Tx(ctx, func(tx orm.DB) error { return orm.Repo[Note](tx).Create(ctx, &Note{Text: "a"}) })
		if got := taken(); !reflect.DeepEqual(got, []string{"begin 0 1", "rollback 0 1"}) || !errors.Is(steps[1].Cause, orm.ErrConflict) {
			t.Errorf("%q %+v", got, steps)
		}
		steps = nil
		if err := db.Tx(ctx, func(orm.DB) error { return nil }); err != nil || steps != nil {
			t.Errorf("a transaction that asked for nothing: %v %q", err, taken())
		}
	})
}

// A transaction that is run again is seen as often, each time with its number.
func TestRetriesAreSeen(t *testing.T) {
	w := newWorld(t, Note{})
	var seen []string
	db, err := orm.Open(w.ctx, postgres.Source("main", w.real), orm.Models(Note{}), orm.TxObserver(func(_ context.Context, s orm.TxStep) {
		seen = append(seen, fmt.Sprint(s.Step, " ", s.Attempt))
	}))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.Tx(w.ctx, func(tx orm.DB) error {
		if tx.Attempt() < 3 {
			_, err := tx.Exec(w.ctx, "DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = '40001'; END $$")
			return err
		}
		return orm.Repo[Note](tx).Create(w.ctx, &Note{Text: "done"})
	}, orm.Retry(5))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"begin 1", "rollback 1", "begin 2", "rollback 2", "begin 3", "commit 3"}
	if !reflect.DeepEqual(seen, want) {
		t.Errorf("%q", seen)
	}
}
