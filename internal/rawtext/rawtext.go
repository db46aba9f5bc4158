// Package rawtext reads the results of SQL text that the library writes itself: one column of text.
package rawtext

import (
	"context"
	"encoding/json"
	"reflect"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// Query gives the rows of text, whose result is one column that is not NULL.
func Query(ctx context.Context, x source.RawExecutor, text string, args ...model.Value) ([]string, error) {
	row, err := model.RowOf(reflect.TypeFor[string]())
	if err != nil {
		return nil, err
	}
	rows := source.Rows{Slab: source.SlabOf[string](0), Resolve: func(columns []string) ([]builder.Column, error) {
		if len(columns) != 1 {
			return nil, fault.New(fault.ErrUpstream, "", "", "the result has another number of columns than the text asks for")
		}
		return []builder.Column{{Field: row.Scalar}}, nil
	}}
	if err := x.Query(ctx, text, args, &rows); err != nil {
		return nil, err
	}
	return source.Take[string](&rows.Slab), nil
}

// JSON decodes the one row of text, a JSON document, into a T.
func JSON[T any](ctx context.Context, x source.RawExecutor, text string, args ...model.Value) (out T, err error) {
	rows, err := Query(ctx, x, text, args...)
	if err != nil {
		return out, err
	}
	if len(rows) != 1 {
		return out, fault.New(fault.ErrUpstream, "", "", "the result is not the one row that the text asks for")
	}
	if err := json.Unmarshal([]byte(rows[0]), &out); err != nil {
		return out, fault.New(fault.ErrUpstream, "", "", "the database describes itself in a form that is not known").WithCause(err)
	}
	return out, nil
}
