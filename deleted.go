package orm

import (
	"context"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/writing"
)

// WithDeleted shows soft-deleted rows beside the living ones, of the query's own model; a Branch has a
// WithDeleted for an include.
func (q Query[T]) WithDeleted() Query[T] {
	q.st.Deleted = builder.AllRows
	return q
}

// OnlyDeleted shows soft-deleted rows and no others.
func (q Query[T]) OnlyDeleted() Query[T] {
	q.st.Deleted = builder.DeletedRows
	return q
}

// Restore brings the soft-deleted rows that pass the conditions back and gives their number. Without a
// condition it is ErrUnboundedWrite unless EveryRow is said; a unique set that a living row has taken
// meanwhile is ErrConflict.
func (q Query[T]) Restore(ctx context.Context) (int64, error) {
	if err := q.mass("Restore"); err != nil {
		return 0, q.refuseUpdate(ctx, "Restore", &builder.Update{Model: q.st.Model, Where: q.st.Where, Deleted: builder.DeletedRows}, err)
	}
	set, err := hook.Restoring(q.st.Model)
	if err != nil {
		return 0, fault.Fill(err, "Restore", q.st.Model.Name, "")
	}
	st := &builder.Update{Model: q.st.Model, Where: q.st.Where, Set: []builder.Set{set}, Deleted: builder.DeletedRows}
	return writing.Update(ctx, q.s, "Restore", st, nil)
}

// ForceDelete removes the rows that pass the conditions for good, whether soft-deleted or living, and gives
// their number. Without a condition it is ErrUnboundedWrite unless EveryRow is said.
func (q Query[T]) ForceDelete(ctx context.Context) (int64, error) {
	st := &builder.Delete{Model: q.st.Model, Where: q.st.Where, Deleted: q.st.Deleted}
	if err := q.mass("ForceDelete"); err != nil {
		return 0, q.refuseDelete(ctx, "ForceDelete", st, err)
	}
	return writing.Delete(hook.HardDelete(ctx), q.s, "ForceDelete", st, nil)
}
