package resilience

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/testkit"
	"github.com/multi-orm/orm/source"
	"github.com/multi-orm/orm/source/postgres"
	"github.com/multi-orm/orm/source/sqlite"
)

// onEngines runs do with a fresh database of each engine, opened by open as often as do likes.
func onEngines(t *testing.T, do func(t *testing.T, open func(...orm.Option) orm.DB)) {
	for name, make := range map[string]func(t *testing.T) func() source.Source{
		"sqlite": func(t *testing.T) func() source.Source {
			path := filepath.Join(t.TempDir(), "notes.db")
			return func() source.Source { return sqlite.Source("main", path) }
		},
		"postgres": func(t *testing.T) func() source.Source {
			dsn := testkit.Postgres(t)
			return func() source.Source { return postgres.Source("main", dsn) }
		},
	} {
		t.Run(name, func(t *testing.T) {
			fresh := make(t)
			do(t, func(opts ...orm.Option) orm.DB {
				t.Helper()
				db, err := orm.Open(t.Context(), append(opts, fresh(), orm.Models(Note{}))...)
				if err == nil {
					err = orm.CreateTables(t.Context(), db)
				}
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { _ = db.Close() })
				return db
			})
		})
	}
}

// closing begins to close db, and comes back once nothing new is let in; the channel gives what Close gave.
func closing(t *testing.T, db orm.DB) <-chan error {
	t.Helper()
	done := make(chan error, 1)
	go func() { done <- db.Close() }()
	for until := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		if _, err := orm.Repo[Note](db).Count(t.Context()); errors.Is(err, orm.ErrClosed) {
			return done
		}
		if time.Now().After(until) {
			t.Fatal("a DB that is being closed lets calls in")
		}
	}
}

func noteTexts(t *testing.T, db orm.DB) (out []string) {
	t.Helper()
	rows, err := orm.Repo[Note](db).OrderBy(notes.Text.Asc()).All(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		out = append(out, r.Text)
	}
	return out
}

// What was under way when Close was called comes to its end, whatever it still asks for; nothing new begins, and Close waits.
func TestCloseDrains(t *testing.T) {
	onEngines(t, func(t *testing.T, open func(...orm.Option) orm.DB) {
		db := open()
		ctx := t.Context()
		if err := db.Use(hook.Hook{Name: "looks", After: func(ctx context.Context, op *hook.Op) error {
			if op.Kind != hook.Create {
				return nil
			}
			_, err := orm.Repo[Note](db).Count(ctx)
			op.AfterCommit(func(ctx context.Context) {
				if _, err := orm.Repo[Note](db).Count(ctx); err != nil {
					t.Errorf("what was put off until the commit: %v", err)
				}
			})
			return err
		}}); err != nil {
			t.Fatal(err)
		}
		begun, goOn, ended := make(chan bool), make(chan bool), make(chan error, 1)
		go func() {
			ended <- db.Tx(ctx, func(tx orm.DB) error {
				if err := orm.Repo[Note](tx).Create(ctx, &Note{Text: "first"}); err != nil {
					return err
				}
				begun <- true
				<-goOn
				if err := tx.Tx(ctx, func(in orm.DB) error { return orm.Repo[Note](in).Create(ctx, &Note{Text: "nested"}) }); err != nil {
					return err
				}
				return orm.Repo[Note](tx).Create(ctx, &Note{Text: "last"})
			})
		}()
		<-begun
		done := closing(t, db)
		for what, do := range map[string]func() error{
			"Create": func() error { return orm.Repo[Note](db).Create(ctx, &Note{Text: "late"}) },
			"Tx":     func() error { return db.Tx(ctx, func(orm.DB) error { return nil }) },
			"Exec":   func() error { _, err := db.Exec(ctx, "DELETE FROM notes"); return err },
			"Rows": func() (err error) {
				for _, err = range orm.Repo[Note](db).Rows(ctx) {
				}
				return err
			},
			"Check":  func() error { _, err := db.Check(ctx); return err },
			"Tables": func() error { return orm.CreateTables(ctx, db) },
			"Load":   func() error { _, err := orm.Repo[Note](db).Load(orm.WithLoader(ctx), int64(1)); return err },
			"Explain": func() error {
				_, err := orm.Repo[Note](db).OrderBy(notes.ID.Asc()).Explain(ctx, orm.Analyze)
				return err
			},
		} {
			if err := do(); !errors.Is(err, orm.ErrClosed) {
				t.Errorf("%s on a DB that is being closed: %v", what, err)
			}
		}
		select {
		case err := <-done:
			t.Fatalf("Close did not wait: %v", err)
		case <-time.After(20 * time.Millisecond):
		}
		close(goOn)
		if err := <-ended; err != nil {
			t.Errorf("the transaction: %v", err)
		}
		if err := <-done; err != nil {
			t.Errorf("Close: %v", err)
		}
		if err := db.Close(); err != nil {
			t.Errorf("Close again: %v", err)
		}
		if got := noteTexts(t, open()); len(got) != 3 {
			t.Errorf("the database holds %q", got)
		}
	})
}

// A stream is one operation: the loop goes on, and so does what reads on for a hook.
func TestCloseWaitsForStreams(t *testing.T) {
	onEngines(t, func(t *testing.T, open func(...orm.Option) orm.DB) {
		db := open()
		ctx := t.Context()
		rows := make([]Note, 300)
		for i := range rows {
			rows[i] = Note{Text: "n" + time.Duration(i).String()}
		}
		if _, err := orm.Repo[Note](db).CreateMany(ctx, rows); err != nil {
			t.Fatal(err)
		}
		seen := 0
		if err := db.Use(hook.Hook{Name: "looks", After: func(ctx context.Context, op *hook.Op) error {
			if op.Name != "Rows" || seen == 0 {
				return nil
			}
			_, err := orm.Repo[Note](db).Where(notes.Text.Eq("x")).Exists(ctx)
			return err
		}}); err != nil {
			t.Fatal(err)
		}
		var done <-chan error
		for _, err := range orm.Repo[Note](db).Rows(ctx) {
			if err != nil {
				t.Fatal(err)
			}
			if seen++; seen == 1 {
				done = closing(t, db)
			}
		}
		if err := <-done; err != nil || seen != len(rows) {
			t.Errorf("%d rows, Close: %v", seen, err)
		}
	})
}

// What has not ended within the time cannot be committed any more.
func TestCloseGivesUp(t *testing.T) {
	onEngines(t, func(t *testing.T, open func(...orm.Option) orm.DB) {
		for _, how := range []string{"goes on", "commits"} {
			db := open(orm.CloseWithin(30 * time.Millisecond))
			ctx := t.Context()
			begun, goOn, ended := make(chan bool), make(chan bool), make(chan error, 1)
			go func() {
				ended <- db.Tx(ctx, func(tx orm.DB) error {
					if err := orm.Repo[Note](tx).Create(ctx, &Note{Text: "half"}); err != nil {
						return err
					}
					begun <- true
					<-goOn
					if how == "commits" {
						return nil
					}
					return orm.Repo[Note](tx).Create(ctx, &Note{Text: "other half"})
				})
			}()
			<-begun
			if err := db.Close(); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%s: Close: %v", how, err)
			}
			close(goOn)
			if err := <-ended; !errors.Is(err, orm.ErrClosed) || orm.OutcomeOf(err) != orm.Undone {
				t.Errorf("%s: the transaction: %v, %v", how, err, orm.OutcomeOf(err))
			}
			if got := noteTexts(t, open()); len(got) != 0 {
				t.Errorf("%s: half a transaction is there: %q", how, got)
			}
		}
	})
}

// Closing within zero waits for nothing, and a negative time is refused.
func TestCloseWithinBounds(t *testing.T) {
	path := filepath.Join(t.TempDir(), "notes.db")
	if _, err := orm.Open(t.Context(), sqlite.Source("main", path), orm.Models(Note{}), orm.CloseWithin(-1)); !errors.Is(err, orm.ErrInvalid) {
		t.Error(err)
	}
	db, err := orm.Open(t.Context(), sqlite.Source("main", path), orm.Models(Note{}), orm.CloseWithin(0))
	if err != nil {
		t.Fatal(err)
	}
	err = db.Tx(t.Context(), func(orm.DB) error { return db.Close() })
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
}

// A reader who holds a stream and never comes back does not hold Close up.
func TestCloseLeavesStuckReader(t *testing.T) {
	onEngines(t, func(t *testing.T, open func(...orm.Option) orm.DB) {
		db := open(orm.CloseWithin(20 * time.Millisecond))
		rows := make([]Note, 300)
		for i := range rows {
			rows[i] = Note{Text: "n" + time.Duration(i).String()}
		}
		if _, err := orm.Repo[Note](db).CreateMany(t.Context(), rows); err != nil {
			t.Fatal(err)
		}
		var last error
		for _, err := range orm.Repo[Note](db).Rows(t.Context()) {
			if err != nil {
				last = err
				break
			}
			if err := db.Close(); !errors.Is(err, context.DeadlineExceeded) {
				t.Fatal(err)
			}
		}
		if last != nil && !errors.Is(last, orm.ErrClosed) {
			t.Error(last)
		}
	})
}
