package resilience

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/internal/testkit/faultproxy"
	"github.com/multi-orm/orm/source/postgres"
)

// A transaction that fails before its COMMIT leaves nothing behind, wherever in it that happens, and says so.
func TestATransactionThatBreaksIsUndone(t *testing.T) {
	lost(t, func(w *world, db orm.DB, do faultproxy.Action, name string) {
		if do == faultproxy.Half || do == faultproxy.HalfClose {
			return
		}
		nested := func(tx orm.DB) error {
			return tx.Tx(w.ctx, func(in orm.DB) error { return orm.Repo[Note](in).Create(w.ctx, &Note{Text: "nested " + name}) })
		}
		for _, request := range []string{"nested " + name, "SAVEPOINT", "RELEASE"} {
			w.proxy.On(faultproxy.Rule{Request: []byte(request), Do: do, Times: 1})
			w.outcome(db.Tx(w.ctx, nested), orm.Undone, request+" "+name)
		}
		w.proxy.On()
		for about, fn := range map[string]func(tx orm.DB) error{
			"a deadline": func(tx orm.DB) error {
				ctx, cancel := context.WithTimeout(w.ctx, 30*time.Millisecond)
				defer cancel()
				_, err := orm.Repo[Note](tx).Where(orm.SQL[Note]("pg_sleep(10) IS NOT NULL")).UpdateMany(ctx, notes.N.Set(1))
				return err
			},
			"an end before the start": func(tx orm.DB) error {
				if err := orm.Repo[Note](tx).Create(w.ctx, &Note{Text: "before " + name}); err != nil {
					return err
				}
				ctx, cancel := context.WithCancel(w.ctx)
				cancel()
				return orm.Repo[Note](tx).Create(ctx, &Note{Text: "after " + name})
			},
		} {
			if _, err := db.Exec(w.ctx, "INSERT INTO notes (text, n) VALUES ($1, 0) ON CONFLICT DO NOTHING", "there"); err != nil {
				w.Fatal(err)
			}
			w.outcome(db.Tx(w.ctx, fn), orm.Undone, about+" "+name)
		}
		if got := w.texts(); len(got) != 1 || got["there"] != 0 {
			w.Errorf("%s left %v", name, got)
		}
	})
}

// A statement whose caller's time is over just before it is sent was not sent.
func TestAnEndJustBeforeAStatement(t *testing.T) {
	for mode, m := range modes {
		t.Run(mode, func(t *testing.T) {
			w := newWorld(t, Note{})
			var end atomic.Pointer[context.CancelFunc]
			db := w.faulty(postgres.ExecMode(m), postgres.AllowSimpleProtocol(), postgres.MaxConns(1), postgres.Configure(func(c *pgxpool.Config) {
				c.PrepareConn = func(context.Context, *pgx.Conn) (bool, error) {
					if fn := end.Load(); fn != nil {
						(*fn)()
					}
					return true, nil
				}
			}))
			for range 2 { // the second time it is known how the statement goes
				end.Store(nil)
				if err := orm.Repo[Note](db).Create(w.ctx, &Note{Text: time.Now().String()}); err != nil {
					t.Fatal(err)
				}
				ctx, cancel := context.WithCancel(w.ctx)
				end.Store(&cancel)
				err := orm.Repo[Note](db).Create(ctx, &Note{Text: "late"})
				cancel()
				w.outcome(err, orm.Unsent, mode)
				if !errors.Is(err, context.Canceled) || errors.Is(err, orm.ErrUpstream) {
					t.Error(err)
				}
			}
			if _, there := w.texts()["late"]; there {
				t.Error("it was sent")
			}
		})
	}
}
