package postgres

import (
	"errors"
	"reflect"
	"testing"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// TestSettingsLastForOneStatement reads a variable in a statement that has it, and in the next one on the same connection.
func TestSettingsLastForOneStatement(t *testing.T) {
	for name, opts := range modes() {
		t.Run(name, func(t *testing.T) {
			d := open(t, nil, append(opts, one())...)
			ctx := source.WithSettings(t.Context(), []source.Setting{{Name: "app.tenant", Value: "42"}, {Name: "app.odd", Value: `'";--`}})
			read := func(i int) (string, error) {
				c := t.Context()
				if i%2 == 0 {
					c = ctx
				}
				row, _ := model.RowOf(reflect.TypeFor[string]())
				rows := &source.Rows{Slab: source.SlabOf[string](0), Resolve: func([]string) ([]builder.Column, error) { return []builder.Column{{Field: row.Scalar}}, nil }}
				err := d.Query(c, "SELECT coalesce(current_setting('app.tenant', true), '') WHERE $1", []model.Value{model.BoolOf(true)}, rows)
				return append(source.Take[string](&rows.Slab), "")[0], err
			}
			for i := range 6 {
				got, err := read(i)
				if want := []string{"42", ""}[i%2]; got != want || err != nil {
					t.Fatalf("run %d: %q, %v", i, got, err)
				}
			}
			enough := errors.New("enough")
			rows := &source.Rows{Slab: source.SlabOf[int64](1), Each: func() error { return enough }}
			rows.Resolve = func([]string) ([]builder.Column, error) { return []builder.Column{{Field: scalarField(t)}}, nil }
			if err := d.Query(ctx, "SELECT generate_series(1, 10000000000::bigint)", nil, rows); err != enough {
				t.Fatal(err)
			}
			if got, err := read(1); got != "" || err != nil {
				t.Fatal(got, err)
			}
		})
	}
}
