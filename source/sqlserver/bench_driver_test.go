package sqlserver_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"testing"

	"github.com/multi-orm/orm/internal/bench"
)

// asked is a question as the driver takes it.
type asked struct {
	text string
	args []driver.Value
}

// alone gives the allocations of the driver itself, on a connection that is at hand, with the rows dropped: nobody who reads through the
// driver has fewer.
func (w workload) alone(tb testing.TB) float64 {
	tb.Helper()
	connector, _ := w.taped(tb)
	db := sql.OpenDB(connector)
	defer func() { _ = db.Close() }()
	c, err := db.Conn(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	run := func() ([]bench.User, error) { return nil, drained(c, w.asks) }
	perRun(tb, run) // the tape has everything now
	return perRun(tb, run)
}

func drained(c *sql.Conn, all []asked) error {
	ctx := context.Background()
	return c.Raw(func(dc any) error {
		for _, a := range all {
			s, err := dc.(driver.ConnPrepareContext).PrepareContext(ctx, a.text)
			if err != nil {
				return err
			}
			args := make([]driver.NamedValue, len(a.args))
			for i, v := range a.args {
				args[i] = driver.NamedValue{Ordinal: i + 1, Value: v}
			}
			rows, err := s.(driver.StmtQueryContext).QueryContext(ctx, args)
			if err != nil {
				return err
			}
			row := make([]driver.Value, len(rows.Columns()))
			for err == nil {
				err = rows.Next(row)
			}
			if !errors.Is(err, io.EOF) {
				return errors.Join(err, rows.Close())
			}
			if err := rows.Close(); err != nil {
				return err
			}
		}
		return nil
	})
}
