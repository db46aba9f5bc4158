package entity

import (
	"reflect"
	"slices"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// Resolver ties result columns to the fields of elem. Each field needs a column, unless some of them are enough.
func Resolver(elem reflect.Type, some bool) (func([]string) ([]builder.Column, error), error) {
	shape, err := model.RowOf(elem)
	if err != nil {
		return nil, err
	}
	return func(columns []string) ([]builder.Column, error) {
		if f := shape.Scalar; f != nil {
			if len(columns) != 1 {
				return nil, fault.New(fault.ErrInvalid, "", "", "a scalar needs a result of one column")
			}
			return []builder.Column{{Field: f}}, nil
		}
		out := make([]builder.Column, len(columns))
		for i, c := range columns {
			f, err := shape.Field(c)
			if err != nil {
				return nil, err
			}
			out[i] = builder.Column{Field: f}
		}
		if some {
			return out, nil
		}
		return out, shape.Covered(func(f *model.Field) bool {
			return slices.ContainsFunc(out, func(c builder.Column) bool { return c.Field == f })
		})
	}, nil
}
