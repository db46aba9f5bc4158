package orm

import (
	"context"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/writing"
	"github.com/multi-orm/orm/model"
)

// Existing is what OnExisting is told.
type Existing = builder.Existing

// What becomes of a soft-deleted row that has the key or a unique set of a new one.
const (
	Refuse  = builder.Refuse  // it stays, and the new row is ErrConflict, as without OnExisting
	Replace = builder.Replace // it is removed for good, and the new row is inserted
	Revive  = builder.Revive  // it becomes the new row
)

// Creation is a Create that says what becomes of a soft-deleted row in its way. OnExisting makes it; it has no other verb,
// so that none passes over what was said.
type Creation[T any] struct {
	q    Query[T]
	mode Existing
}

// OnExisting says what Create does where a soft-deleted row with the key or a unique set of the new row is in its way:
// Replace or Revive.
// Conditions are about the deleted row; one that does not pass them stays. So does one out of the actor's scopes, and one of
// another tenant under a Bypass too: the new row is then ErrConflict, as it is where a living row is in its way.
//
//	err := users.OnExisting(orm.Revive).Create(ctx, &u)
//
// In the way is what the database refuses the new row for: its key, and a unique set that the table holds among deleted rows
// too. Tables of CreateTables hold unique sets among living rows only, so that the key alone is in the way there.
//
// Replace removes the deleted row and inserts the new one, with a key and times of its own. Rows that still refer to the
// deleted one make it ErrReference; a database whose foreign keys say ON DELETE CASCADE removes them too, and one that says SET
// NULL unties them.
//
// Revive changes the deleted row: it takes what Upsert without assignments would, every column given but the key, auto,
// createonly and tenant ones, its softdelete column is emptied and its version moves on. It keeps its key, what hangs below
// it, and default= columns that the new row leaves zero; the struct then holds what the database holds. A new row that
// says another key is ErrConflict.
//
// Hooks see the create that meets the deleted row fail, then a delete and a create, or an upsert; RBAC asks for Create
// with Delete, or with Update. It all is one transaction, or a savepoint of the one there is. Of many at once one succeeds.
// A model without a softdelete column, and a DB without hook.SoftDelete, is ErrInvalid; a source without SQL ErrUnsupported.
func (q Query[T]) OnExisting(mode Existing) Creation[T] { return Creation[T]{q, mode} }

// Create is [Query.Create] over a soft-deleted row.
func (c Creation[T]) Create(ctx context.Context, row *T, sets ...Assign[T]) error {
	if c.mode == Refuse {
		return c.q.Create(ctx, row, sets...)
	}
	over := &writing.Over{Mode: c.mode, Where: c.q.st.Where}
	c.q.st.Where = builder.Conjunction{}
	return c.q.create(ctx, row, over, sets)
}

// Conflict names the unique columns on which an Upsert meets an existing row. On makes it.
type Conflict[T any] struct {
	fields   []*model.Field
	inserted *bool
	err      error
}

// Inserted makes the Upsert that succeeds say in told whether it inserted the row, rather than changed one.
func (c Conflict[T]) Inserted(told *bool) Conflict[T] {
	c.inserted = told
	return c
}

// On names the columns of the primary key or of one unique set.
func On[T any](cols ...Selectable[T]) Conflict[T] {
	var c Conflict[T]
	for _, col := range cols {
		f, err := builder.FieldOf(col)
		if err != nil {
			c.err = err
		}
		c.fields = append(c.fields, f)
	}
	return c
}
