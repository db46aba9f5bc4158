package randomquery

import (
	"cmp"
	"reflect"
	"slices"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/model"
)

// sortBy sorts by keys and then by the primary key; NULL is the largest value unless a key says otherwise.
func sortBy(rows []reflect.Value, m *model.Model, keys []builder.SortKey) {
	for _, f := range m.Key {
		keys = append(keys[:len(keys):len(keys)], builder.SortKey{Field: f})
	}
	slices.SortStableFunc(rows, func(a, b reflect.Value) int {
		for _, k := range keys {
			x, y := load(a, k.Field), load(b, k.Field)
			var c int
			switch {
			case x.IsNull() && y.IsNull():
				continue
			case x.IsNull() || y.IsNull():
				last := k.Nulls == builder.NullsLast || k.Nulls == builder.NullsLargest && !k.Desc
				if x.IsNull() == last {
					return 1
				}
				return -1
			case x.Kind() == model.StringValue:
				c = cmp.Compare(x.Str(), y.Str())
			default:
				c = cmp.Compare(x.Int(), y.Int())
			}
			if k.Desc {
				c = -c
			}
			if c != 0 {
				return c
			}
		}
		return 0
	})
}
