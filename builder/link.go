package builder

import (
	"reflect"
	"strconv"

	"github.com/multi-orm/orm/model"
)

// countField receives the one number of a count or of an existence test.
var countField = &model.Field{Name: "Count", Kind: model.Int, Bits: 64, Type: reflect.TypeFor[int64](), Base: reflect.TypeFor[int64]()}

// LinkRow describes what a many-to-many load reads beside each row: the parent's key out of the link
// table, as a struct with a field per key column.
func LinkRow(r *model.Relation) (reflect.Type, []*model.Field) {
	sf := make([]reflect.StructField, len(r.Local))
	for i, f := range r.Local {
		sf[i] = reflect.StructField{Name: "K" + strconv.Itoa(i), Type: f.Base}
	}
	t := reflect.StructOf(sf)
	fields := make([]*model.Field, len(r.Local))
	for i, f := range r.Local {
		c := *f
		c.Type, c.Nulls, c.Nullable = f.Base, model.NotNull, false
		c.MoveTo(t.Field(i).Offset)
		fields[i] = &c
	}
	return t, fields
}
