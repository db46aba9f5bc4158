package sqlserver_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
)

// asked is a question as the driver takes it.
type asked struct {
	text string
	args []driver.Value
}

// drained reads answers with the driver alone on a connection that is at hand, and drops them: what nobody who reads through the driver
// is below.
func drained(c *sql.Conn, all ...asked) error {
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
			if err := errors.Join(rows.Close(), s.Close()); err != nil {
				return err
			}
			if !errors.Is(err, io.EOF) {
				return err
			}
		}
		return nil
	})
}
