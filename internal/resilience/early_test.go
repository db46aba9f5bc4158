package resilience

import (
	"errors"
	"fmt"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/source/postgres"
)

// Line is a row of a view that makes a million of them, 300 MB, as they are asked for.
type Line struct {
	ID   int64  `orm:"id"`
	Text string `orm:"text"`
}

const lineView = `CREATE VIEW lines AS SELECT generate_series(1, 1000000)::bigint AS id, repeat('x', 300) AS text`

func makeLines(w *world) {
	w.Helper()
	if _, err := w.plain.Exec(w.ctx, "DROP TABLE lines"); err != nil {
		w.Fatal(err)
	}
	if _, err := w.plain.Exec(w.ctx, lineView); err != nil {
		w.Fatal(err)
	}
}

var errUndo = errors.New("undo")

// A reader that stops early inside a transaction costs what it read, not what there was to read, and the transaction goes on.
func TestEarlyBreakInTransaction(t *testing.T) {
	for mode, m := range modes {
		t.Run(mode, func(t *testing.T) {
			w := newWorld(t, Line{}, Note{})
			makeLines(w)
			db := w.connect(w.dsn, []postgres.Option{postgres.ExecMode(m), postgres.AllowSimpleProtocol(), postgres.MaxConns(1)}, Line{}, Note{})
			err := db.Tx(w.ctx, func(tx orm.DB) error {
				for round, stop := range []int{10, 1, 127, 128, 129, 5000} {
					before, n := w.proxy.Answered(), 0
					for l, err := range orm.Repo[Line](tx).Rows(w.ctx) {
						if n++; err != nil || l.ID != int64(n) || len(l.Text) != 300 {
							return fmt.Errorf("row %d: %d, %w", n, l.ID, err)
						}
						if _, err := orm.Repo[Note](tx).Count(w.ctx); n == 1 && !errors.Is(err, orm.ErrInvalid) {
							return fmt.Errorf("a statement beside the stream: %w", err)
						}
						if n == stop {
							break
						}
					}
					if got, most := w.proxy.Answered()-before, int64(2*stop+128)*400+64<<10; got > most {
						t.Errorf("%d bytes for %d rows, want at most %d", got, stop, most)
					}
					if err := orm.Repo[Note](tx).Create(w.ctx, &Note{Text: fmt.Sprint(round)}); err != nil {
						return err
					}
				}
				undone := tx.Tx(w.ctx, func(in orm.DB) error {
					for range orm.Repo[Line](in).Rows(w.ctx) {
						break
					}
					return errUndo
				})
				if !errors.Is(undone, errUndo) || orm.Repo[Note](tx).Create(w.ctx, &Note{Text: "last"}) != nil {
					return fmt.Errorf("after a savepoint: %w", undone)
				}
				var open int64
				for p, err := range orm.RawRows[struct{ N int64 }](w.ctx, tx, "SELECT count(*) AS n FROM pg_cursors WHERE name LIKE 'orm_c%'") {
					if open = p.N; err != nil {
						return err
					}
				}
				if open != 0 {
					t.Errorf("%d cursors are left", open)
				}
				return nil
			})
			if n := len(w.texts()); err != nil || n != 7 {
				t.Errorf("%d notes: %v", n, err)
			}
			if w.proxy.Dials() > 2 {
				t.Errorf("%d connections: one was thrown away", w.proxy.Dials())
			}
		})
	}
}

// A stream that is read to its end in a transaction gives every row once, wherever its windows end.
func TestWholeStreamInTransaction(t *testing.T) {
	w := newWorld(t, Line{})
	makeLines(w)
	lines := orm.Bind[Line, struct{ ID orm.Col[Line, int64] }]()
	err := w.plain.Tx(w.ctx, func(tx orm.DB) error {
		for _, want := range []int64{0, 1, 127, 128, 129, 255, 256, 257, 4096, 9000} {
			q, n := orm.Repo[Line](tx).Where(lines.ID.Lte(want)), int64(0)
			for l, err := range q.Rows(w.ctx) {
				if n++; err != nil || l.ID != n {
					return fmt.Errorf("row %d: %d, %w", n, l.ID, err)
				}
			}
			if n != want {
				t.Errorf("%d rows, want %d", n, want)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
