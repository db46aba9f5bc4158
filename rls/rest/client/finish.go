package client

import (
	"reflect"
	"slices"
	"strconv"
	"unsafe"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/filter"
	"github.com/multi-orm/orm/internal/httpcall"
	"github.com/multi-orm/orm/internal/jsonrow"
	"github.com/multi-orm/orm/internal/jsonstream"
	"github.com/multi-orm/orm/model"
)

// finish sorts, cuts and hands on the rows that were gathered.
func (x *reading) finish(all []*collector) error {
	st := x.st
	var found []unsafe.Pointer
	var groups []int
	items := map[unsafe.Pointer][]byte{}
	for _, c := range all {
		for i := range c.slab.Len() {
			row := c.slab.At(i)
			found = append(found, row)
			if c.items != nil {
				items[row] = c.items[i]
			}
		}
		groups = append(groups, c.groups...)
	}
	if err := x.arrange(found, groups, len(all) > 1); err != nil {
		return err
	}
	if st.Distinct {
		var err error
		if found, err = filter.Distinct(found, x.distinctBy()); err != nil {
			return err
		}
		if st.Want == builder.WantCount {
			return x.number(int64(len(found)))
		}
	}
	switch g := st.Group; {
	case x.cuts:
		found = filter.PagePerGroup(found, groups, g.Skip, g.Take, g.HasTake)
	case g == nil && (st.Distinct || len(all) > 1):
		found = filter.Page(found, st.Skip, st.Take, st.HasTake)
	}
	if x.rows.Each == nil {
		x.rows.Reserve(x.rows.Len() + len(found))
	}
	if err := x.nest(found, items); err != nil {
		return err
	}
	reader := x.r.rows.Reader(x.d.maxRows)
	for _, row := range found {
		if len(x.counts) > 0 {
			if err := reader.Read(items[row]); err != nil {
				return err
			}
		}
		if err := x.emit(row, reader); err != nil {
			return err
		}
	}
	return nil
}

func (x *reading) distinctBy() []*model.Field {
	if x.st.Columns != nil {
		return x.st.Columns
	}
	return x.r.shown()
}

// arrange puts rows into the order that was asked for: those of a parent after each other. What the service sorted stays as it
// is, unless it was asked for in parts.
func (x *reading) arrange(found []unsafe.Pointer, groups []int, parts bool) error {
	o := x.order
	if parts && x.asks {
		var err error
		if o, err = filter.NewOrder(x.st.Model, &x.st.Order); err != nil {
			return err
		}
		for i := range x.st.Order.Len() {
			if f := x.st.Order.At(i).Field; !slices.Contains(x.fields, f) {
				return fault.New(fault.ErrLimit, x.st.Model.Name, f.Name, "the list is asked for in several requests, so its rows are sorted here: select the sort key")
			}
		}
	}
	if x.asks && !parts {
		t := tying{l: &x.level}
		for _, row := range found {
			if err := t.next(row); err != nil {
				return err
			}
		}
	}
	if o == nil {
		o = &filter.Order{}
	}
	if groups == nil && o.Empty() {
		return nil
	}
	return o.Sort(found, groups)
}

// tying checks, where the service was not told to break ties by the key, that it did.
type tying struct {
	l     *level
	order *filter.Order
	last  unsafe.Pointer
	kept  [2]unsafe.Pointer
}

func (t *tying) next(row unsafe.Pointer) error {
	l := t.l
	n := untied(l.st)
	if !l.asks || n == l.st.Order.Len() || !l.r.is(&l.r.noKey) {
		return nil
	}
	if t.order == nil {
		var err error
		if t.order, err = filter.NewOrder(l.st.Model, &l.st.Order); err != nil {
			return err
		}
		for i := range l.st.Order.Len() {
			if f := l.st.Order.At(i).Field; !slices.Contains(l.fields, f) {
				return fault.New(fault.ErrUnsupported, l.st.Model.Name, f.Name, "the service lets no rows be sorted by the key: select the sort keys, so that the order of equal rows can be looked at")
			}
		}
	}
	last := t.last
	t.last = row
	if last == nil {
		return nil
	}
	pair := []unsafe.Pointer{last, row}
	if err := t.order.Sort(pair, nil); err != nil {
		return err
	}
	if pair[0] != last {
		return fault.New(fault.ErrUnsupported, l.st.Model.Name, l.st.Model.Key[0].Name, "the service lets no rows be sorted by the key, and does not break ties by it itself")
	}
	return nil
}

// emit hands a row on, with the numbers that stand beside it in the item that reader read last.
func (x *reading) emit(row unsafe.Pointer, reader *jsonrow.Reader) error {
	x.hide(row)
	to, link := x.rows.NextRow()
	copyRow(x.st.Model, to, row)
	for i := range x.counts {
		c := &x.counts[i]
		at := to
		if c.extra.Beside {
			at = link
		}
		if err := c.store(x.r, reader, at); err != nil {
			return err
		}
	}
	return x.rows.Done()
}

// hide empties the columns that nobody asked for.
func (l *level) hide(row unsafe.Pointer) {
	if len(l.hidden) > 0 {
		l.st.Model.Hide(row, l.st.Columns, l.hidden)
	}
}

func copyRow(m *model.Model, to, from unsafe.Pointer) {
	reflect.NewAt(m.Type, to).Elem().Set(reflect.NewAt(m.Type, from).Elem())
}

// store writes the number that the item just read has of related rows.
func (c *counted) store(r *resource, reader *jsonrow.Reader, row unsafe.Pointer) error {
	all := reader.Beside(r.counts)
	wrong := func() error {
		return httpcall.Upstream(r.model, nil, "the reply has no number of the rows of "+c.extra.Term.Rel.Name)
	}
	if all == nil || all[0] != '{' || row == nil {
		return wrong()
	}
	v, ok := jsonstream.Get(all, jsonstream.Step{Name: c.name})
	if !ok {
		return wrong()
	}
	n, err := strconv.ParseInt(jsonrow.View(v), 10, 64)
	if err != nil || n < 0 {
		return wrong()
	}
	if c.extra.Field.Kind == model.Uint {
		return c.extra.Field.Store(row, model.UintOf(uint64(n)))
	}
	return c.extra.Field.Store(row, model.IntOf(n))
}
