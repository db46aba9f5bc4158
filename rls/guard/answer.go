package guard

import (
	"fmt"
	"strconv"
	"unsafe"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/model"
)

// answer writes rows of a selection as JSON: what was asked, and nothing else.
type answer struct {
	s      *selection
	counts *counts
}

// counts holds the numbers of related rows that were counted, by the row's key: a row may be moved before it is written.
type counts struct{ of map[countedRow][]int64 }

type countedRow struct {
	s   *selection
	key string
}

// countedAt tells the row at p from others of its selection.
func countedAt(s *selection, p unsafe.Pointer) (countedRow, error) {
	var key []byte
	for _, f := range s.p.m.Key {
		v, err := f.Load(p)
		if err != nil {
			return countedRow{}, err
		}
		key = model.AppendKey(key, v)
	}
	return countedRow{s, string(key)}, nil
}

// header is a slice of any type.
type header struct {
	data     unsafe.Pointer
	len, cap int
}

func (a *answer) row(b []byte, s *selection, p unsafe.Pointer) (_ []byte, err error) {
	b = append(b, '{')
	first := true
	comma := func() {
		if !first {
			b = append(b, ',')
		}
		first = false
	}
	for _, c := range s.columns {
		comma()
		b = append(b, c.name...)
		if b, err = c.write(b, p); err != nil {
			return b, err
		}
	}
	for _, r := range s.relations {
		comma()
		b = append(b, r.relation.name...)
		if b, err = a.related(b, r, p); err != nil {
			return b, err
		}
	}
	if len(s.counts) > 0 {
		comma()
		if b, err = a.count(b, s, p); err != nil {
			return b, err
		}
	}
	return append(b, '}'), nil
}

func (a *answer) count(b []byte, s *selection, p unsafe.Pointer) ([]byte, error) {
	at, err := countedAt(s, p)
	if err != nil {
		return b, err
	}
	numbers := a.counts.of[at]
	if len(numbers) != len(s.counts) {
		return b, &orm.Error{Op: "guard", Model: s.p.m.Name, Err: orm.ErrInvalid, Detail: "a result with counts is written with the rows that it came with: this one has another key"}
	}
	b = append(b, `"_count":{`...)
	for i, c := range s.counts {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, c.name...)
		b = strconv.AppendInt(b, numbers[i], 10)
	}
	return append(b, '}'), nil
}

func (a *answer) related(b []byte, r *selected, p unsafe.Pointer) (_ []byte, err error) {
	at := unsafe.Add(p, r.relation.r.Offset)
	if !r.relation.r.Many {
		row := *(*unsafe.Pointer)(at)
		if row == nil {
			return append(b, "null"...), nil
		}
		return a.row(b, &r.selection, row)
	}
	b = append(b, '[')
	n := 0
	err = eachRelated(r, p, func(row unsafe.Pointer) error {
		if n++; n > 1 {
			b = append(b, ',')
		}
		b, err = a.row(b, &r.selection, row)
		return err
	})
	return append(b, ']'), err
}

// eachRelated visits the rows of a relation to many of the row at p.
func eachRelated(r *selected, p unsafe.Pointer, visit func(unsafe.Pointer) error) error {
	rel := r.relation.r
	list := (*header)(unsafe.Add(p, rel.Offset))
	size := rel.Target.Type.Size()
	if rel.Pointers {
		size = unsafe.Sizeof(p)
	}
	for i := range list.len {
		row := unsafe.Add(list.data, uintptr(i)*size)
		if rel.Pointers {
			if row = *(*unsafe.Pointer)(row); row == nil {
				continue
			}
		}
		if err := visit(row); err != nil {
			return err
		}
	}
	return nil
}

// list writes n rows of size bytes from p on.
func (a *answer) list(b []byte, p unsafe.Pointer, n int, size uintptr) (_ []byte, err error) {
	b = append(b, '[')
	for i := range n {
		if i > 0 {
			b = append(b, ',')
		}
		if b, err = a.row(b, a.s, unsafe.Add(p, uintptr(i)*size)); err != nil {
			return b, err
		}
	}
	return append(b, ']'), nil
}

// errNoRequest says that what is marshalled was not made by a verb, so nothing says which columns may be shown.
func errNoRequest() error {
	return &orm.Error{Op: "guard", Err: orm.ErrInvalid, Detail: "only what a verb gave can be written as JSON: nothing says what of these rows may be shown"}
}

// Result is rows that a request asked for, and how they are shown.
type Result[T any] struct {
	Rows []T // in order; columns and relations that were not asked for are zero
	a    answer
}

// MarshalJSON gives an array of objects with what was asked, in the order of the shape, and nothing else. Rows that no verb
// gave have no form: they are an error.
func (r Result[T]) MarshalJSON() ([]byte, error) { return r.AppendJSON(nil) }

// AppendJSON appends what MarshalJSON gives.
func (r Result[T]) AppendJSON(b []byte) ([]byte, error) {
	var none T
	if len(r.Rows) > 0 && r.a.s == nil {
		return b, errNoRequest()
	}
	return r.a.list(b, unsafe.Pointer(unsafe.SliceData(r.Rows)), len(r.Rows), unsafe.Sizeof(none))
}

// Row is one row that a request asked for or wrote, and how it is shown.
type Row[T any] struct {
	Value T
	a     answer
}

// MarshalJSON gives an object with what was asked, in the order of the shape, and nothing else. A row that no verb gave is an
// error.
func (r Row[T]) MarshalJSON() ([]byte, error) { return r.AppendJSON(nil) }

// AppendJSON appends what MarshalJSON gives.
func (r Row[T]) AppendJSON(b []byte) ([]byte, error) {
	if r.a.s == nil {
		return b, errNoRequest()
	}
	return r.a.row(b, r.a.s, unsafe.Pointer(&r.Value))
}

// Page is a page of rows and the way to those around it.
type Page[T any] struct {
	Result[T]
	Next, Prev string // cursors for requests; "" where there is no such page
	Total      int64  // rows of all pages, -1 unless the request said "total": true
}

// MarshalJSON gives {"rows": […], "next": "…", "prev": "…"}, and "total" where it was asked for; a page that is not there is
// null.
func (p Page[T]) MarshalJSON() ([]byte, error) {
	b, err := p.AppendJSON(append([]byte(nil), `{"rows":`...))
	if err != nil {
		return nil, err
	}
	cursor := func(name, text string) {
		b = append(b, name...)
		if text == "" {
			b = append(b, "null"...)
			return
		}
		b = appendString(b, text)
	}
	cursor(`,"next":`, p.Next)
	cursor(`,"prev":`, p.Prev)
	if p.Total >= 0 {
		b = strconv.AppendInt(append(b, `,"total":`...), p.Total, 10)
	}
	return append(b, '}'), nil
}

// String tells the number of rows, and nothing of what they hold.
func (r Result[T]) String() string { return fmt.Sprintf("%d rows", len(r.Rows)) }
