package orm

import (
	"context"
	"unsafe"

	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/reading"
)

// WithLoader returns a context whose calls of Repo.Load are gathered: those made by many goroutines within a
// millisecond become one statement for up to 500 keys, each key once, and the rows are remembered as long as the
// context is in use, up to 10,000 of them. Make one for each request:
//
//	ctx = orm.WithLoader(orm.WithActor(r.Context(), actor))
//
// Rows are shared between calls of the same actor only, as WithActor put it into the context, and only where the
// scopes demand the same of both. Every write and every raw statement through the library with the context,
// or with one made of it, empties the loader, those of a transaction also when it ends. Writes with other contexts, and
// by others, are not noticed: do not keep the context for long.
func WithLoader(ctx context.Context) context.Context {
	return reading.WithLoader(ctx, reading.LoadWindow)
}

// Load gives the row with this primary key, as ByID and One do, through the loader of the context if it has one; see
// WithLoader. No row is ErrNotFound. The row is the caller's own copy; only what hides behind unexported fields of its
// values is shared. A call whose context ends leaves the others alone, and a failure or an absent row is not
// remembered. Hooks see one read for each statement, with the context of the first call. Inside a
// transaction each call is a statement of it.
func (r Repo[T]) Load(ctx context.Context, key ...any) (T, error) {
	const name = "Load"
	var row, none T
	q := r.ByID(key...)
	if q.st.Err != nil || q.st.Model == nil {
		return none, fault.Fill(q.st.Err, name, modelName(q.st.Model), "")
	}
	done, err := reading.Load(ctx, r.s, q.st.Model, &q.st.Where, unsafe.Pointer(&row))
	switch {
	case err != nil:
		return none, fault.Fill(err, name, q.st.Model.Name, "")
	case done:
		return row, nil
	}
	return q.single(ctx, name, 1)
}
