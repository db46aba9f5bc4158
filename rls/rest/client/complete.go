package client

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"unsafe"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/filter"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// wholes are lists of related rows that are longer than the service gives them inside their parents: they are read by
// themselves, from the resource of the related rows, by the keys of the parents.
type wholes struct {
	wanted map[*inset]*wholeList
	lists  map[*inset]*wholeList
}

// wholeList has the rows of some parents of one relation.
type wholeList struct {
	keys []model.List // of the parents, one list for each column
	seen map[string]bool
	rows source.Inset
	at   map[string][2]int // by the parents' keys
}

// parentKey gives the key by which a parent has its rows; whole is false where it has none.
func parentKey(in *inset, parent unsafe.Pointer) (values []model.Value, key []byte, whole bool, err error) {
	rel := in.relation
	values = make([]model.Value, len(rel.Local))
	for i, f := range rel.Local {
		if values[i], err = f.Load(parent); err != nil {
			return nil, nil, false, err
		}
		if values[i].IsNull() {
			return nil, nil, false, nil
		}
		var ok bool
		if values[i], ok = rel.Remote[i].Key(values[i]); !ok {
			return nil, nil, false, nil
		}
	}
	key, whole, err = filter.Key(nil, rel.Remote, values)
	return values, key, whole, err
}

// errLonger says that there are more rows behind a link table than were asked for at first.
var errLonger = errors.New("client: more linked rows than were asked for")

// want notes that the rows of a parent did not come whole.
func (w *wholes) want(x *reading, in *inset, parent unsafe.Pointer, limit int64) error {
	rel := in.relation
	if rel.Through != nil {
		if x.lengthens(in, limit) {
			return errLonger
		}
		return fault.New(fault.ErrLimit, rel.Model.Name, rel.Name, fmt.Sprintf("a parent has %d related rows or more, which is all that the service gives of them at a time: say Take with no more than that", limit))
	}
	values, key, whole, err := parentKey(in, parent)
	if err != nil || !whole {
		return err
	}
	if w.wanted == nil {
		w.wanted = map[*inset]*wholeList{}
	}
	l := w.wanted[in]
	if l == nil {
		l = &wholeList{keys: make([]model.List, len(values)), seen: map[string]bool{}}
		w.wanted[in] = l
	}
	if l.seen[string(key)] {
		return nil
	}
	l.seen[string(key)] = true
	for i, v := range values {
		l.keys[i] = append(l.keys[i], v)
	}
	return nil
}

// put gives a parent the rows that were read by themselves; done is false where there are none such.
func (w *wholes) put(in *inset, parent unsafe.Pointer, to *source.Inset) (done bool, err error) {
	l := w.lists[in]
	if l == nil {
		return false, nil
	}
	_, key, whole, err := parentKey(in, parent)
	if err != nil || !whole || !l.seen[string(key)] {
		return false, err
	}
	span := l.at[string(key)]
	from := to.Len()
	appendRows(to, &l.rows, span[0], span[1])
	to.Ends = append(to.Ends, to.Len())
	if columns := in.st.Columns; columns != nil { // what ties the rows to their parents was not asked for
		var hidden []*model.Field
		for _, f := range in.relation.Remote {
			if !slices.Contains(columns, f) {
				hidden = append(hidden, f)
			}
		}
		for i := from; i < to.Len() && len(hidden) > 0; i++ {
			in.st.Model.Hide(to.At(i), columns, hidden)
		}
	}
	return true, nil
}

// nest decodes what is inside the rows. Where lists did not come whole, they are read by themselves and all is decoded again.
func (x *reading) nest(found []unsafe.Pointer, items map[unsafe.Pointer][]byte) error {
	if len(x.insets) == 0 {
		return nil
	}
	before := make([]int, len(x.rows.Inside))
	for i, in := range x.rows.Inside {
		before[i] = len(in.Ends)
	}
	reader := x.r.rows.Reader(x.d.maxRows)
	for {
		for _, row := range found {
			item := items[row]
			if item != nil {
				if err := reader.Read(item); err != nil {
					return err
				}
			}
			if err := x.inside(row, item, reader); err != nil {
				return err
			}
		}
		if len(x.whole.wanted) == 0 {
			return nil
		}
		if err := x.complete(); err != nil {
			return err
		}
		for i, in := range x.rows.Inside {
			in.Cut(before[i])
		}
		x.taken = len(found)
	}
}

// complete reads the lists that did not come whole.
func (x *reading) complete() error {
	if x.whole.lists == nil {
		x.whole.lists = map[*inset]*wholeList{}
	}
	for in, l := range x.whole.wanted {
		if x.whole.lists[in] != nil {
			return fault.New(fault.ErrUpstream, in.relation.Model.Name, in.relation.Name, "the service gives other rows each time that it is asked")
		}
		if err := x.read1(in, l); err != nil {
			return err
		}
		x.whole.lists[in] = l
	}
	x.whole.wanted = nil
	return nil
}

// read1 reads one list for its parents.
func (x *reading) read1(in *inset, l *wholeList) error {
	rel := in.relation
	st := *in.st
	g := &builder.Group{Columns: rel.Remote, Keys: l.keys}
	if old := in.st.Group; old != nil {
		g.Skip, g.Take, g.HasTake = old.Skip, old.Take, old.HasTake
	}
	st.Group = g
	if most, parents := x.d.overFanOut(), int64(len(l.keys[0])); most < math.MaxInt64/parents {
		st.Take, st.HasTake = parents*(most-1)+1, true
	} else {
		st.Take, st.HasTake = math.MaxInt64, true
	}
	if st.Columns != nil {
		st.Columns = slices.Clone(st.Columns)
		for _, f := range rel.Remote {
			if !slices.Contains(st.Columns, f) {
				st.Columns = append(st.Columns, f)
			}
		}
	}
	rows := source.Rows{Slab: source.NewSlab(rel.Target.Type)}
	for _, deeper := range st.Inside {
		rows.Inside = append(rows.Inside, formOf(&deeper))
	}
	if err := x.d.read(x.ctx, &st, &rows); err != nil {
		return err
	}
	l.rows = source.Inset{Slab: rows.Slab, Inside: rows.Inside}
	l.at = map[string][2]int{}
	var b []byte
	for i := range rows.Len() {
		var err error
		if b, err = filter.AppendKey(b[:0], rel.Remote, rows.At(i)); err != nil {
			return err
		}
		span, ok := l.at[string(b)]
		if !ok {
			span[0] = i
		}
		span[1] = i + 1
		l.at[string(b)] = span
	}
	return x.hold(rows.Len())
}

// formOf makes the place of what comes inside the rows of a statement.
func formOf(in *builder.Inset) *source.Inset {
	out := &source.Inset{Slab: source.NewSlab(in.Rows.Model.Type)}
	for i := range in.Rows.Inside {
		out.Inside = append(out.Inside, formOf(&in.Rows.Inside[i]))
	}
	return out
}
