package sqldb

import (
	"database/sql/driver"
	"fmt"
	"io"
)

// results is a cursor over all results of an answer that a driver gives itself, one after the other.
type results struct {
	rows   driver.RowsNextResultSet
	width  int  // the columns of the result at hand, or unknown
	wider  bool // what comes behind the columns that are asked for is left out
	closed bool
}

const unknown = -1

// Next reads the next row. One of another width than dst is an error: a trigger may give rows of its own. A result of another width that
// has no row is passed over.
func (r *results) Next(dst []driver.Value) error {
	if r.closed {
		return io.EOF
	}
	for {
		if r.width == unknown {
			r.width = len(r.rows.Columns())
		}
		into := dst
		fits := r.width == len(dst) || r.wider && r.width > len(dst)
		if !fits {
			into = nil
		}
		err := r.rows.Next(into)
		switch {
		case err == nil && !fits:
			return fmt.Errorf("the database gave rows of %d columns where %d were asked for", r.width, len(dst))
		case err != io.EOF: //nolint:errorlint // the driver's contract names this very value
			return err
		case !r.rows.HasNextResultSet():
			return io.EOF
		}
		if err := r.rows.NextResultSet(); err != nil {
			return err
		}
		r.width = unknown
	}
}

// Close ends the read. It may be called twice, which a driver's own need not allow.
func (r *results) Close() error {
	if r.closed {
		return nil
	}
	r.closed = true
	return r.rows.Close()
}
