package postgres

import (
	"errors"
	"testing"
	"time"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// span is kept as nanoseconds, and its table has intervals.
type span struct {
	ID    int64 `orm:"id,table=spans"`
	Took  time.Duration
	Label string
}

// TestNumbersAreNoIntervals writes and compares a number where the column is an interval: PostgreSQL alone would take an hour's nanoseconds for a
// billion hours.
func TestNumbersAreNoIntervals(t *testing.T) {
	m := modelOf[span](t)
	took, _ := m.Field("Took")
	for name, opts := range modes() {
		t.Run(name, func(t *testing.T) {
			d := open(t, []*model.Model{m}, opts...)
			hour := &span{ID: 1, Took: time.Hour, Label: "a"}
			if _, err := d.Insert(t.Context(), insertOf(t, m, hour), nil); err != nil { // a bigint keeps it
				t.Fatal(err)
			}
			if got := all[span](t, d, selectOf(m, builder.Compare(builder.OpEq, took, model.IntOf(int64(time.Hour))))); len(got) != 1 || got[0] != *hour {
				t.Fatalf("got %v", got)
			}
			mustExec(t, d, `DROP TABLE spans; CREATE TABLE spans (id bigint PRIMARY KEY, took interval NOT NULL, label text NOT NULL)`)
			blind := name == "simple" // the types of arguments are not known
			refused := func(what string, err error) {
				t.Helper()
				if !errors.Is(err, fault.ErrInvalid) {
					t.Errorf("%s: %v", what, err)
				}
			}
			try := func(what string, st *builder.Insert) {
				t.Helper()
				_, err := d.Insert(t.Context(), st, nil)
				refused(what, err)
			}
			if !blind {
				try("one row", insertOf(t, m, hour))
			}
			try("many rows", insertOf(t, m, hour, &span{ID: 2, Took: time.Second}))
			tx := func(what string, do func(ex source.Executor) error) {
				t.Helper()
				x, err := d.Begin(t.Context(), source.TxOptions{})
				if err != nil {
					t.Fatal(err)
				}
				refused(what, do(x))
				if err := x.Rollback(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			tx("many rows in a transaction", func(ex source.Executor) error {
				_, err := ex.Insert(t.Context(), insertOf(t, m, hour, &span{ID: 2, Took: time.Second}), nil)
				return err
			})
			mustExec(t, d, `ALTER TABLE spans ALTER label TYPE uuid USING NULL`) // writes in bulk go by way of the table's types
			const id = "6b8d2a55-90f5-4ed6-9a4d-0ad5f0e0a001"
			try("many rows by the table's types", insertOf(t, m, &span{ID: 1, Took: 1, Label: id}, &span{ID: 2, Took: time.Second, Label: id}))
			mustExec(t, d, `ALTER TABLE spans ALTER label TYPE text`)
			mustExec(t, d, `INSERT INTO spans VALUES (7, '01:00:00', 'b')`)
			_, err := tryAll[span](t.Context(), d, selectOf(m))
			refused("read", err)
			_, err = tryAll[span](t.Context(), d, selectOf(m, builder.Compare(builder.OpEq, took, model.IntOf(3600))))
			refused("compared", err)
			_, err = tryAll[span](t.Context(), d, selectOf(m, builder.Within(took, false, model.List{model.IntOf(3600), model.IntOf(1)})))
			refused("in a list", err)
			if blind {
				return
			}
			for _, arg := range []model.Value{model.IntOf(1), model.UintOf(1), model.FloatOf(1.5)} {
				_, err = d.Exec(t.Context(), `UPDATE spans SET took = $1`, []model.Value{arg})
				refused("raw", err)
			}
			_, err = d.Exec(t.Context(), `UPDATE spans SET took = ($1::interval[])[1]`, []model.Value{model.ListOf(model.List{model.IntOf(1), model.Null()})})
			refused("raw list", err)
			n, err := d.Exec(t.Context(), `UPDATE spans SET took = $1 WHERE took = '01:00:00'`, []model.Value{model.StringOf("90 seconds")})
			if n != 1 || err != nil { // nothing above changed it, and a text is an interval
				t.Errorf("%d rows, %v", n, err)
			}
		})
	}
}
