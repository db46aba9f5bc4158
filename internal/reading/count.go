package reading

import (
	"context"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/engine"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// Exists runs an existence test.
func Exists(ctx context.Context, s *engine.Session, name string, st *builder.Select) (bool, error) {
	rows := source.Rows{Slab: source.SlabOf[int64](1)}
	st.Want = builder.WantExists
	err := Read(ctx, s, name, st, &rows)
	return rows.Len() > 0, err
}

// Count runs a count.
func Count(ctx context.Context, s *engine.Session, name string, st *builder.Select) (int64, error) {
	rows := source.Rows{Slab: source.SlabOf[int64](1)}
	st.Want = builder.WantCount
	if err := Read(ctx, s, name, st, &rows); err != nil {
		return 0, err
	}
	if rows.Len() != 1 {
		return 0, fault.New(fault.ErrUpstream, st.Model.Name, "", "the source gave no count")
	}
	return *(*int64)(rows.At(0)), nil
}

// Expected is the error of a statement that met n rows of m, nil where that is what it expects.
func Expected(m *model.Model, expect builder.Expect, n int) error {
	switch {
	case expect != builder.AnyRows && n == 0:
		return fault.New(fault.ErrNotFound, m.Name, "", "")
	case expect == builder.OneRow && n > 1:
		return fault.New(fault.ErrInvalid, m.Name, "", "more than one row passes the conditions: use First, or All")
	}
	return nil
}
