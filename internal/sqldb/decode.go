package sqldb

import (
	"context"
	"database/sql/driver"
	"io"
	"unsafe"

	"github.com/multi-orm/orm/source"
)

// stopped is an error of the reader of the rows, which is returned as it is.
type stopped struct{ error }

// Unwrap gives the reader's error.
func (s stopped) Unwrap() error { return s.error }

// decode reads cur to its end into rows.
func (p *plan) decode(ctx context.Context, cur cursor, buf []driver.Value, rows *source.Rows) (n int64, err error) {
	var cells source.Cells
	done := ctx.Done()
	for {
		select {
		case <-done: // drivers heed the context while a statement starts, not from row to row
			return n, ctx.Err()
		default:
		}
		if err := cur.Next(buf); err != nil {
			if err == io.EOF { //nolint:errorlint // the driver's contract names this very value
				return n, nil
			}
			return n, err
		}
		if err := p.row(buf, rows, &cells); err != nil {
			return n, err
		}
		n++
		if err := rows.Done(); err != nil {
			return n, stopped{err}
		}
	}
}

// row writes one row.
func (p *plan) row(buf []driver.Value, rows *source.Rows, cells *source.Cells) error {
	row, link := rows.NextRow()
	var joined unsafe.Pointer
	for i := range p.cols {
		c, at := &p.cols[i], row
		switch {
		case c.link:
			at = link
		case c.join > 0:
			if c.first {
				joined = rows.NextJoined(c.join, buf[i] != nil)
			}
			if at = joined; at == nil { // no row was joined
				continue
			}
		}
		if err := p.put(c, at, buf[i], cells); err != nil {
			return err
		}
	}
	return nil
}

// collect reads cur to its end without decoding, so that a statement which fails at its last step can run
// again as if nothing had happened.
func (p *plan) collect(cur cursor) ([]driver.Value, error) {
	var all []driver.Value
	width := len(p.cols)
	for {
		at := len(all)
		for range width {
			all = append(all, nil)
		}
		if err := cur.Next(all[at:]); err != nil {
			if err == io.EOF { //nolint:errorlint // the driver's contract names this very value
				return all[:at], nil
			}
			return nil, err
		}
	}
}

// replay decodes what collect read.
func (p *plan) replay(all []driver.Value, rows *source.Rows) (n int64, err error) {
	var cells source.Cells
	for width := len(p.cols); len(all) > 0; all = all[width:] {
		if err := p.row(all[:width], rows, &cells); err != nil {
			return n, err
		}
		n++
		if err := rows.Done(); err != nil {
			return n, stopped{err}
		}
	}
	return n, nil
}
