package client

import (
	"math"
	"reflect"
	"unsafe"

	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/httpcall"
	"github.com/multi-orm/orm/internal/jsonrow"
	"github.com/multi-orm/orm/internal/jsonstream"
	"github.com/multi-orm/orm/source"
)

// inside decodes what is inside the item that reader has just read, which is that of row.
func (x *reading) inside(row unsafe.Pointer, item []byte, reader *jsonrow.Reader) error {
	if len(x.insets) == 0 {
		return nil
	}
	if len(x.rows.Inside) != len(x.insets) {
		return fault.New(fault.ErrInvalid, x.st.Model.Name, "", "there is no place for the rows inside others")
	}
	if item == nil {
		return httpcall.Upstream(x.st.Model, nil, "a row has nothing inside")
	}
	for i, in := range x.insets {
		if err := x.decode(in, row, reader.Beside(in.relation.Index), x.rows.Inside[i]); err != nil {
			return err
		}
	}
	return nil
}

// decode puts the rows that value holds, those of one parent, into to.
func (x *reading) decode(in *inset, parent unsafe.Pointer, value []byte, to *source.Inset) error {
	rel := in.relation
	wrong := func(have string) error {
		return fault.New(fault.ErrUpstream, rel.Model.Name, rel.Name, "the reply has "+have+" where related rows belong")
	}
	from := to.Len()
	switch {
	case value == nil:
		return wrong("nothing")
	case rel.Many && value[0] == '[':
		if done, err := x.whole.put(in, parent, to); done || err != nil {
			return err
		}
		limit := x.limits[in]
		n := int64(0)
		each := jsonstream.ElementsOf(value)
		for item, more := each.Next(); more; item, more = each.Next() {
			if n++; n > limit {
				return fault.New(fault.ErrUpstream, rel.Model.Name, rel.Name, "the reply has more related rows than were asked for")
			}
			if err := x.put(in, item, to); err != nil {
				return err
			}
		}
		if n == limit && limit < in.wanted(x.d) {
			if err := x.whole.want(x, in, parent, limit); err != nil {
				return err
			}
		}
	case rel.Many:
		return wrong(jsonrow.KindOf(value))
	case value[0] == '{':
		if err := x.put(in, value, to); err != nil {
			return err
		}
	case value[0] != 'n':
		return wrong(jsonrow.KindOf(value))
	}
	to.Ends = append(to.Ends, to.Len())
	if rel.Many {
		if err := in.arrange(to, from); err != nil {
			return err
		}
	}
	for i := from; i < to.Len(); i++ {
		in.hide(to.At(i))
	}
	return nil
}

// put decodes one related row, with what is inside it.
func (x *reading) put(in *inset, item []byte, to *source.Inset) error {
	if err := x.hold(1); err != nil {
		return err
	}
	row := to.Next()
	in.reader.Begin()
	if err := in.reader.Decode(in.fields, item, row); err != nil {
		return err
	}
	if err := in.holds(row); err != nil {
		return err
	}
	for i := range in.counts {
		if err := in.counts[i].store(in.r, in.reader, row); err != nil {
			return err
		}
	}
	values := make([][]byte, len(in.insets))
	for i, deeper := range in.insets {
		values[i] = in.reader.Beside(deeper.relation.Index)
	}
	for i, deeper := range in.insets {
		if len(to.Inside) != len(in.insets) {
			return fault.New(fault.ErrInvalid, in.st.Model.Name, "", "there is no place for the rows inside others")
		}
		if err := x.decode(deeper, row, values[i], to.Inside[i]); err != nil {
			return err
		}
	}
	return nil
}

// wanted is the number of related rows of one parent that are of use: one more than there may be tells of too many.
func (in *inset) wanted(d *DataSource) int64 {
	most := d.overFanOut()
	if g := in.st.Group; g != nil && g.HasTake {
		most = min(most, g.Take)
	}
	return most
}

// overFanOut is a number of related rows that is more than there may be.
func (d *DataSource) overFanOut() int64 {
	return int64(min(d.limits.MaxFanOut, math.MaxInt-1)) + 1
}

// arrange sorts the rows of the last parent, from from on, where they are sorted here; else it looks at how equal rows stand.
func (in *inset) arrange(to *source.Inset, from int) error {
	n := to.Len() - from
	if n < 2 {
		return nil
	}
	rows := make([]unsafe.Pointer, n)
	for i := range rows {
		rows[i] = to.At(from + i)
	}
	if in.asks {
		t := tying{l: &in.level}
		for _, row := range rows {
			if err := t.next(row); err != nil {
				return err
			}
		}
		return nil
	}
	if !in.sorts {
		return nil
	}
	place := make(map[unsafe.Pointer]int, n)
	for i, row := range rows {
		place[row] = i
	}
	if err := in.order.Sort(rows, nil); err != nil {
		return err
	}
	order := make([]int, n)
	moved := false
	for i, row := range rows {
		order[i] = place[row]
		moved = moved || order[i] != i
	}
	if !moved {
		return nil
	}
	return in.reorder(to, from, order)
}

// reorder puts the rows from from on into another order, with what is inside them.
func (in *inset) reorder(to *source.Inset, from int, order []int) error {
	old := emptied(to)
	appendRows(old, to, from, to.Len())
	cutRows(to, from)
	for _, i := range order {
		appendRows(to, old, i, i+1)
	}
	return nil
}

// emptied gives an inset of the same form without rows.
func emptied(x *source.Inset) *source.Inset {
	out := &source.Inset{Slab: source.NewSlab(x.Elem())}
	for _, deeper := range x.Inside {
		out.Inside = append(out.Inside, emptied(deeper))
	}
	return out
}

// cutRows takes back the rows from n on, with what is inside them. Ends of the inset itself stay.
func cutRows(x *source.Inset, n int) {
	x.Truncate(n)
	for _, deeper := range x.Inside {
		deeper.Cut(n)
	}
}

// takeBack leaves the rows of the first parents, without those of a parent that has no end yet.
func takeBack(x *source.Inset, parents int) {
	n := 0
	if parents > 0 {
		n = x.Ends[parents-1]
	}
	x.Ends = x.Ends[:parents]
	x.Truncate(n)
	for _, deeper := range x.Inside {
		takeBack(deeper, n)
	}
}

// appendRows copies the rows of src from from to to behind those of dst, with what is inside them. It marks no end.
func appendRows(dst, src *source.Inset, from, to int) {
	for i := from; i < to; i++ {
		reflect.NewAt(src.Elem(), dst.Next()).Elem().Set(reflect.NewAt(src.Elem(), src.At(i)).Elem())
		for k, deeper := range src.Inside {
			start := 0
			if i > 0 {
				start = deeper.Ends[i-1]
			}
			appendRows(dst.Inside[k], deeper, start, deeper.Ends[i])
			dst.Inside[k].Ends = append(dst.Inside[k].Ends, dst.Inside[k].Len())
		}
	}
}
