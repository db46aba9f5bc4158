package sqldb

import (
	"reflect"
	"time"
	"unsafe"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// shape says which of the driver's values can be written as they are.
type shape uint8

const (
	other   shape = iota // through model.Field.Assign
	number               // int64
	real                 // float64
	truth                // bool
	text                 // string
	binary               // []byte
	instant              // time.Time
)

// column is one column of a result.
type column struct {
	f     *model.Field
	shape shape
	link  bool
	join  int  // the place of the join, from 1
	first bool // the first column of a join
	plain bool // the value sits in the row itself, at the offset
	at    uintptr
	read  func(any) (any, error)
}

// plan decodes the rows of one statement.
type plan struct {
	cols []column
	time func(string) (time.Time, bool)
}

func (s *System) plan(cols []builder.Column) *plan {
	p := &plan{cols: make([]column, len(cols)), time: s.Time}
	if p.time == nil {
		p.time = func(string) (time.Time, bool) { return time.Time{}, false }
	}
	for i, c := range cols {
		f := c.Field
		p.cols[i] = column{f: f, shape: shapeOf(f), link: c.Link, join: c.Join, first: c.Join > 0 && (i == 0 || cols[i-1].Join != c.Join)}
		p.cols[i].at, p.cols[i].plain = f.Inline()
		if s.Reader != nil {
			if p.cols[i].read = s.Reader(f); p.cols[i].read != nil && p.cols[i].shape != instant { // Time reads what is usual, Reader the rest
				p.cols[i].shape = other
			}
		}
	}
	return p
}

func shapeOf(f *model.Field) shape {
	switch {
	case f.Kind == model.Int && f.Bits == 64:
		return number
	case f.Kind == model.Float && f.Bits == 64:
		return real
	case f.Kind == model.Bool:
		return truth
	case f.Kind == model.String:
		return text
	case f.Kind == model.Bytes:
		return binary
	case f.Kind == model.Time && f.Base == reflect.TypeFor[time.Time]():
		return instant
	}
	return other
}

// put writes src, which is the caller's to keep, into the field. What has no short way goes to Assign, which
// also words the errors.
func (p *plan) put(c *column, row unsafe.Pointer, src any, cells *source.Cells) error {
	switch x := src.(type) {
	case nil:
		return c.f.SetNull(row)
	case int64:
		switch {
		case c.shape == number:
			*(*int64)(c.target(row, cells)) = x
			return nil
		case c.shape == truth && (x == 0 || x == 1):
			*(*bool)(c.target(row, cells)) = x == 1
			return nil
		}
	case string:
		switch c.shape {
		case text:
			*(*string)(c.target(row, cells)) = x
			return nil
		case instant:
			if t, ok := p.time(x); ok {
				*(*time.Time)(c.target(row, cells)) = t
				return nil
			}
		}
	case float64:
		if c.shape == real {
			*(*float64)(c.target(row, cells)) = x
			return nil
		}
	case []byte:
		if c.shape == binary {
			if x == nil {
				x = []byte{} // a driver's empty value; nil would be NULL
			}
			*(*[]byte)(c.target(row, cells)) = x
			return nil
		}
	case time.Time:
		if c.shape == instant {
			*(*time.Time)(c.target(row, cells)) = x.UTC()
			return nil
		}
	case bool:
		if c.shape == truth {
			*(*bool)(c.target(row, cells)) = x
			return nil
		}
	}
	if c.read != nil {
		var err error
		if src, err = c.read(src); err != nil {
			return err
		}
	}
	return c.f.Assign(row, src)
}

func (c *column) target(row unsafe.Pointer, cells *source.Cells) unsafe.Pointer {
	if c.plain {
		return unsafe.Add(row, c.at)
	}
	return cells.Target(c.f, row)
}
