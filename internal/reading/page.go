package reading

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"unsafe"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/cursor"
	"github.com/multi-orm/orm/internal/engine"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/identity"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// Paging says which page of a query is asked for.
type Paging struct {
	Cursor string // "" is the first page
	Total  bool   // count the rows of all pages too
}

// Paged is what a page knows beside its rows.
type Paged struct {
	Next, Prev string
	Total      int64 // -1 when it was not asked for
}

// Page reads one page of c, whose Take is the number of rows of a page and whose order tells every two rows apart.
func Page(ctx context.Context, s *engine.Session, c *Call, p Paging) (out Paged, err error) {
	const name = "Page"
	m := c.Select.Model
	if err := pageable(&c.Select); err != nil {
		return out, s.Located(fault.Fill(err, name, m.Name, ""), name, m)
	}
	err = snapshot(ctx, s, m, p.Total, func(in *engine.Session) error {
		out.Total = -1
		if p.Total {
			count := &builder.Select{Model: m, Where: c.Select.Where, Deleted: c.Select.Deleted}
			if out.Total, err = Count(ctx, in, name, count); err != nil {
				return err
			}
		}
		return page(ctx, in, name, c, p, &out)
	})
	return out, s.Located(err, name, m)
}

// Numbered reads the page that c.Select says by its Skip and Take, and counts the rows of all pages in the same snapshot.
func Numbered(ctx context.Context, s *engine.Session, c *Call) (total int64, err error) {
	const name = "PageNumber"
	m := c.Select.Model
	if c.Select.Lock != builder.NoLock {
		return 0, s.Located(fault.New(fault.ErrInvalid, m.Name, "", noLock), name, m)
	}
	err = snapshot(ctx, s, m, true, func(in *engine.Session) error {
		count := &builder.Select{Model: m, Where: c.Select.Where, Deleted: c.Select.Deleted}
		if total, err = Count(ctx, in, name, count); err != nil {
			return err
		}
		return ReadCall(ctx, in, name, c)
	})
	return total, s.Located(err, name, m)
}

// snapshot runs several reads of m as of one moment, where the source can.
func snapshot(ctx context.Context, s *engine.Session, m *model.Model, several bool, read func(*engine.Session) error) error {
	src, err := s.SourceOf(m)
	if err != nil {
		return err
	}
	if !several || s.InTransaction() || !src.Capabilities().Transactions {
		return read(s)
	}
	o := engine.TxOptions{TxOptions: source.TxOptions{Isolation: source.RepeatableRead, ReadOnly: true}}
	return s.Tx(ctx, o, func(tx *engine.Session) error {
		tx.Leniently(s)
		return read(tx)
	})
}

// maxPage bounds the rows of a page.
const maxPage = 1 << 30

const noLock = "a page locks no rows: lock them by their keys, in a transaction"

// pageable refuses queries that have no places a cursor could name.
func pageable(st *builder.Select) error {
	bad := func(detail string) error { return fault.New(fault.ErrInvalid, st.Model.Name, "", detail) }
	switch {
	case st.Err != nil:
		return st.Err
	case st.Skip > 0:
		return bad("a page begins where its cursor says: Skip does not go with Page")
	case !st.HasTake || st.Take < 1:
		return bad("a page needs a row at least: say Take with a positive number, or leave it out")
	case st.Take > maxPage:
		return fault.New(fault.ErrLimit, st.Model.Name, "", fmt.Sprintf("a page has %d rows at most: stream with Rows", maxPage))
	case st.Lock != builder.NoLock:
		return bad(noLock)
	case st.Distinct:
		return bad("distinct rows have no place to begin a page at: use PageNumber")
	}
	for i := range st.Order.Len() {
		k := st.Order.At(i)
		switch {
		case k.Err != nil:
			return k.Err
		case k.Term != nil:
			continue
		case k.Field == nil || k.Field.Model != st.Model:
			return bad("a sort key is not a column of the model")
		}
		switch f := k.Field; {
		case f.Kind == model.JSON, f.Kind == model.Array, f.Kind == model.Scanner && f.Decimal == nil:
			return fault.New(fault.ErrInvalid, st.Model.Name, k.Field.Name, "the column has no order that a cursor can hold: sort a page by another")
		}
	}
	return nil
}

// cut turns the rows that were read into the page, before anyone sees them.
type cut struct {
	order  builder.Sorting // as the user said it
	size   int
	back   bool
	hidden []*model.Field // read for the cursors only
	keys   []*model.Field // of the computed sort keys, in the rows of beside; nil for columns
	beside *source.Slab   // nil where every sort key is a column

	resume *builder.Resume // nil where the source needs none

	more        bool // there is a row beyond the page, in the direction of reading
	first, last []model.Value
}

func page(ctx context.Context, s *engine.Session, name string, c *Call, p Paging, out *Paged) error {
	st := &c.Select
	question, err := asked(ctx, s, st)
	if err != nil {
		return err
	}
	var at cursor.Place
	if p.Cursor != "" {
		at, err = s.Cursors.Open(question, p.Cursor)
		if err != nil || len(at.Values) != st.Order.Len() {
			return fault.New(fault.ErrBadCursor, st.Model.Name, "", "it was changed, or belongs to another query, order or actor: begin at the first page")
		}
	}
	k := &cut{order: st.Order, size: int(st.Take), back: at.Back}
	st.Take++ // one row more tells whether there is another page
	if src, err := s.SourceOf(st.Model); err != nil {
		return err
	} else if _, sql := src.(source.SQL); !sql && !at.Back {
		k.resume = &builder.Resume{From: at.From, Rows: st.Take - 1}
	}
	st.Resume = k.resume
	if p.Cursor != "" {
		seek := builder.Seek(&st.Order, at.Values, at.Back, at.Within)
		st.Where.Add(seek)
		if k.resume != nil {
			k.resume.Seek = seek
		}
		if at.Back {
			st.Order = st.Order.Reversed()
		}
	}
	if st.Columns != nil {
		st.Columns = st.Columns[:len(st.Columns):len(st.Columns)]
		for i := range k.order.Len() {
			if f := k.order.At(i).Field; f != nil && !slices.Contains(st.Columns, f) {
				st.Columns, k.hidden = append(st.Columns, f), append(k.hidden, f)
			}
		}
	}
	if err := k.compute(c); err != nil {
		return err
	}
	c.cut = k
	if err := ReadCall(ctx, s, name, c); err != nil {
		return err
	}
	return turn(s, question, p, k, at, out)
}

// compute makes the statement read its computed sort keys beside the rows.
func (k *cut) compute(c *Call) error {
	st := &c.Select
	terms, any := make([]*builder.Term, k.order.Len()), false
	for i := range terms {
		terms[i] = k.order.At(i).Term
		any = any || terms[i] != nil
	}
	if !any {
		return nil
	}
	t, fields, ok := builder.Beside(terms)
	if !ok {
		return fault.New(fault.ErrUnsupported, st.Model.Name, "", "a computed sort key gives what a cursor cannot hold: use PageNumber")
	}
	slab := source.NewSlab(t)
	k.keys, k.beside, c.Rows.Links = fields, &slab, &slab
	for i, term := range terms {
		if term != nil {
			st.Extra = &builder.Extra{Field: fields[i], Term: term, Beside: true, Before: st.Extra}
		}
	}
	return nil
}

// turn makes the cursors of the pages on either side.
func turn(s *engine.Session, question []byte, p Paging, k *cut, at cursor.Place, out *Paged) (err error) {
	var from []byte
	if k.resume != nil {
		from = k.resume.Next
	}
	seal := func(place cursor.Place) string {
		if err != nil {
			return ""
		}
		var text string
		text, err = s.Cursors.Seal(question, place)
		return text
	}
	empty := k.first == nil
	switch {
	case empty && p.Cursor == "":
	case empty && at.Back: // all rows before the place are gone: the place is where the list begins now
		out.Next = seal(cursor.Place{Values: at.Values, Within: true})
	case empty:
		out.Prev = seal(cursor.Place{Values: at.Values, Back: true, Within: true})
	default:
		if k.more || k.back {
			out.Next = seal(cursor.Place{Values: k.last, From: from})
		}
		if k.back && k.more || !k.back && p.Cursor != "" {
			out.Prev = seal(cursor.Place{Values: k.first, Back: true})
		}
	}
	if errors.Is(err, cursor.ErrTooLong) {
		err = fault.New(fault.ErrLimit, "", "", fmt.Sprintf("the values of the sort keys do not fit into a cursor (%d bytes): sort by shorter columns", cursor.MaxText))
	} else if err != nil {
		err = fault.New(fault.ErrUnsupported, "", "", "a sort key holds values that a cursor cannot hold")
	}
	return err
}

// page cuts the rows of st to the page and puts them in forward order.
func (k *cut) page(st *builder.Select, rows *source.Slab) error {
	if !k.intact(st) {
		return fault.New(fault.ErrDenied, st.Model.Name, "", "a hook changed the order or the size of a page")
	}
	if k.more = rows.Len() > k.size; k.more {
		rows.Truncate(k.size)
		if k.beside != nil {
			k.beside.Truncate(k.size)
		}
	}
	n := rows.Len()
	if n == 0 {
		return nil
	}
	if k.back {
		swap := reflect.Swapper(rows.Slice().Interface())
		for i, j := 0, n-1; i < j; i, j = i+1, j-1 {
			swap(i, j)
		}
	}
	var err error
	first, last := 0, n-1
	if k.back { // what stands beside the rows has not been turned round
		first, last = last, first
	}
	if k.first, err = k.values(rows.At(0), first); err != nil {
		return err
	}
	k.last, err = k.values(rows.At(n-1), last)
	return err
}

// intact reports whether st still reads the page that was asked for.
func (k *cut) intact(st *builder.Select) bool {
	if st.Resume != k.resume || st.Order.Len() != k.order.Len() || st.Skip != 0 || !st.HasTake || st.Take != int64(k.size)+1 {
		return false
	}
	for i := range k.order.Len() {
		a, b := st.Order.At(i), k.order.At(i)
		if a.Field != b.Field || !a.Term.Alike(b.Term) || (a.Desc != b.Desc) != k.back {
			return false
		}
	}
	return true
}

// values gives the sort keys of a row, the computed ones as they were read beside row number at.
func (k *cut) values(row unsafe.Pointer, at int) ([]model.Value, error) {
	out := make([]model.Value, k.order.Len())
	for i := range out {
		f, from := k.order.At(i).Field, row
		if f == nil {
			f, from = k.keys[i], k.beside.At(at)
		}
		v, err := f.Load(from)
		if err != nil {
			return nil, err
		}
		if v.Kind() == model.UUIDValue { // it is the row's own, which is blank where the key was not asked for
			u := *v.UUID()
			v = model.UUIDOf(&u)
		}
		out[i] = v
	}
	return out, nil
}

// asked is what a cursor is bound to: the question, and who asks it.
func asked(ctx context.Context, s *engine.Session, st *builder.Select) ([]byte, error) {
	b, err := st.Question(nil)
	if err != nil {
		return nil, err
	}
	a, ok := hook.ActorFrom(ctx)
	return s.Registry().AppendValues(ctx, identity.Key(b, ok, a.ID, a.TenantID, a.Role))
}
