package related

import (
	"context"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/scoping"
	"github.com/multi-orm/orm/model"
)

// accessTo is what naming related rows by where needs. A key alone is what references hold anyway; any other condition
// tells what the rows hold by whether they pass, so it is for those who may read them.
func accessTo(m *model.Model, where ...builder.Expr) hook.Access {
	for i := range where {
		if !ofKey(m, &where[i]) {
			return hook.Reading
		}
	}
	return hook.Referring
}

// ofKey reports whether a condition speaks of the key of m and of nothing else.
func ofKey(m *model.Model, e *builder.Expr) bool {
	switch e.Op {
	case builder.OpTrue, builder.OpFalse:
		return true
	case builder.OpEq, builder.OpIn:
		return e.Field != nil && e.Field.Primary && e.Field.Model == m && !e.Fold
	case builder.OpAnd, builder.OpOr:
		if e.Ext == nil {
			return false
		}
		for i := range e.Ext.Kids {
			if !ofKey(m, &e.Ext.Kids[i]) {
				return false
			}
		}
		return true
	}
	return false
}

// mayName refuses a condition on rows of m that the actor may not read.
func (f *family) mayName(ctx context.Context, m *model.Model, where builder.Expr) error {
	a := accessTo(m, where)
	if a == hook.Referring {
		return nil
	}
	_, err := scoping.For(ctx, f.s, f.reg, builder.LivingRows).Filters(m, a, false)
	return err
}
