package builder_test

import (
	"errors"
	"testing"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// A condition that holds for every row, or that databases read differently, is no condition. Statements made by hand are held to the same.
func TestColumnPairsAreRefused(t *testing.T) {
	p := people
	for about, pred := range map[string]builder.Pred[Person]{
		"itself": p.Hits.GteCol(p.Hits), "a number and a text": p.Hits.EqCol(p.Email), "a number and a float": p.Hits.LtCol(p.Score), "case ignored": p.Email.Fold().EqCol(p.Name),
	} {
		if _, _, err := compile(find(pred)); !errors.Is(err, fault.ErrInvalid) {
			t.Errorf("%s: %v", about, err)
		}
	}
	hits := field[Person]("Hits")
	for about, e := range map[string]builder.Expr{
		"itself":                  {Op: builder.OpColumns, Field: hits, Ext: &builder.Ext{Cmp: builder.OpEq, Columns: []*model.Field{hits}}},
		"another model's":         {Op: builder.OpColumns, Field: hits, Ext: &builder.Ext{Cmp: builder.OpEq, Columns: []*model.Field{field[Mixed]("I8")}}},
		"another operator":        {Op: builder.OpColumns, Field: hits, Ext: &builder.Ext{Cmp: builder.OpIn, Columns: []*model.Field{field[Person]("BossID")}}},
		"no second column":        {Op: builder.OpColumns, Field: hits, Ext: &builder.Ext{Cmp: builder.OpEq}},
		"nothing beside a column": {Op: builder.OpColumns, Field: hits},
	} {
		s := &builder.Select{Model: of[Person](), Columns: fields[Person]("ID")}
		s.Where.Add(e)
		if _, _, err := compile(s); !errors.Is(err, fault.ErrInvalid) {
			t.Errorf("made by hand, %s: %v", about, err)
		}
	}
}
