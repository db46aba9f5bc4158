package httpapi

import (
	"slices"
	"unsafe"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/filter"
)

// finish sorts, cuts and hands on the rows that were gathered.
func (x *reader) finish() error {
	r, st := x.r, x.r.st
	found := make([]unsafe.Pointer, x.slab.Len())
	for i := range found {
		found[i] = x.slab.At(i)
	}
	if st.Want == builder.WantExists {
		if len(found) == 0 {
			return nil
		}
		return x.number(1)
	}
	var groups []int
	if x.groups != nil {
		groups = make([]int, len(found))
		var b []byte
		for i, row := range found {
			var err error
			if b, err = filter.AppendKey(b[:0], st.Group.Columns, row); err != nil {
				return err
			}
			groups[i] = x.groups[string(b)]
		}
	}
	if r.sorts {
		if err := r.order.Sort(found, groups); err != nil {
			return err
		}
	} else if err := x.agrees(found); err != nil {
		return err
	}
	if st.Distinct {
		fields := st.Columns
		if fields == nil {
			fields = st.Model.Fields
		}
		var err error
		if found, err = filter.Distinct(found, fields); err != nil {
			return err
		}
	}
	if st.Want == builder.WantCount {
		return x.number(int64(len(found)))
	}
	if g := st.Group; g != nil && g.Paged() {
		found = filter.PagePerGroup(found, groups, g.Skip, g.Take, g.HasTake)
	}
	found = filter.Page(found, st.Skip-r.skip, st.Take, st.HasTake)
	if x.rows.Each == nil {
		x.rows.Reserve(x.rows.Len() + len(found))
	}
	for _, row := range found {
		x.hide(row)
		x.copy(&x.rows.Slab, row)
		if err := x.rows.Done(); err != nil {
			return err
		}
	}
	return nil
}

// agrees checks that rows which the API sorted are in the order that was asked for.
func (x *reader) agrees(found []unsafe.Pointer) error {
	if x.r.order.Empty() || x.r.st.Want != builder.WantRows {
		return nil
	}
	again := slices.Clone(found)
	if err := x.r.order.Sort(again, nil); err != nil {
		return err
	}
	if !slices.Equal(found, again) {
		return errIgnored
	}
	return nil
}

// number hands on a count, or that there is a row.
func (x *reader) number(n int64) error {
	*(*int64)(x.rows.Next()) = n
	return x.rows.Done()
}

// count asks the API for the number of rows; ok is false where it cannot tell.
func (x *reader) count() (n int64, ok bool, err error) {
	r := x.r
	ep := r.mp.count
	if ep != nil {
		m := ep.match(&r.conds)
		told := m.missing == "" && m.split < 0
		for _, sent := range r.conds.sent(m.used) {
			told = told && sent
		}
		if !told {
			ep = nil
		}
	}
	if ep == nil {
		if ep = r.ep; ep.total == nil {
			return 0, false, nil
		}
	}
	req, err := ep.request(x.d.call.Base, &r.conds, window{take: 1, hasTake: true, page: ep.pageFrom, cursor: ep.cursorFrom}, r.say)
	if err != nil {
		return 0, false, err
	}
	rep, err := x.d.fetch(x.ctx, r.mp, req)
	if err != nil {
		return 0, false, err
	}
	has := x.d.find(ep, rep)
	if ep.items != nil { // the rows that come along show whether the conditions were heeded
		items, err := has.items()
		if err != nil {
			return 0, false, err
		}
		if ok, err := x.heeded(items); !ok || err != nil {
			return 0, false, err
		}
	}
	return has.total()
}

// heeded reports whether all items pass the conditions.
func (x *reader) heeded(items items) (bool, error) {
	row, decode := newRow(x.r.st.Model), x.r.mp.rows.Reader(x.d.maxRows)
	for item := range items.all() {
		if err := decode.Decode(x.r.fields, item, row); err != nil {
			return false, err
		}
		if ok, err := x.r.pass.Passes(row); !ok || err != nil {
			return false, err
		}
	}
	return true, nil
}
