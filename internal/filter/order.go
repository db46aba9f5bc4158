package filter

import (
	"slices"
	"unsafe"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// Order is a checked order of the rows of one model.
type Order struct{ keys []builder.SortKey }

// NewOrder checks that rows can be sorted here by every key. A column sorts once; later keys of it change nothing.
func NewOrder(m *model.Model, o *builder.Sorting) (*Order, error) {
	c := compiler{m: m}
	out := &Order{}
	for i := range o.Len() {
		k := *o.At(i)
		if k.Err != nil {
			return nil, k.Err
		}
		if k.Term != nil {
			return nil, c.bad(fault.ErrUnsupported, nil, "rows can be sorted by columns only on this source")
		}
		if k.Field == nil {
			return nil, c.malformed()
		}
		if err := c.column(k.Field); err != nil {
			return nil, err
		}
		if err := c.ordered(k.Field); err != nil {
			return nil, err
		}
		if k.Fold && k.Field.Kind != model.String {
			return nil, fault.New(fault.ErrInvalid, m.Name, k.Field.Name, "Fold needs a text column")
		}
		if !slices.ContainsFunc(out.keys, func(p builder.SortKey) bool { return p.Field == k.Field && (p.Fold == k.Fold || !p.Fold) }) {
			out.keys = append(out.keys, k)
		}
	}
	return out, nil
}

// Empty reports whether there is nothing to sort by.
func (o *Order) Empty() bool { return len(o.keys) == 0 }

// keyed is a row with its sort values, loaded once; group comes before them.
type keyed struct {
	row    unsafe.Pointer
	group  int
	values []model.Value
}

// Sort sorts rows in place. groups, when not nil, gives each row a number that sorts before the order; both are
// moved together. Rows that are equal keep their places.
func (o *Order) Sort(rows []unsafe.Pointer, groups []int) error {
	if groups == nil && o.Empty() {
		return nil
	}
	all := make([]keyed, len(rows))
	slab := make([]model.Value, len(rows)*len(o.keys))
	for i, row := range rows {
		k := keyed{row: row, values: slab[i*len(o.keys) : (i+1)*len(o.keys)]}
		if groups != nil {
			k.group = groups[i]
		}
		for j := range o.keys {
			v, err := Load(o.keys[j].Field, row)
			if err != nil {
				return err
			}
			if o.keys[j].Fold {
				v = lowered(v)
			}
			k.values[j] = v
		}
		all[i] = k
	}
	var failed error
	slices.SortStableFunc(all, func(a, b keyed) int {
		if a.group != b.group {
			return a.group - b.group
		}
		for j := range o.keys {
			c, err := place(&o.keys[j], a.values[j], b.values[j])
			if err != nil {
				failed = err
			}
			if c != 0 {
				return c
			}
		}
		return 0
	})
	for i := range all {
		rows[i] = all[i].row
		if groups != nil {
			groups[i] = all[i].group
		}
	}
	return failed
}

func place(k *builder.SortKey, a, b model.Value) (int, error) {
	if an, bn := a.IsNull(), b.IsNull(); an || bn {
		if an == bn {
			return 0, nil
		}
		first := k.Nulls == builder.NullsFirst || k.Nulls == builder.NullsLargest && k.Desc
		if an == first {
			return -1, nil
		}
		return 1, nil
	}
	c, err := compare(k.Field, a, b)
	if k.Desc {
		c = -c
	}
	return c, err
}
