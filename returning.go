package orm

import (
	"context"
	"unsafe"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/engine"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// returned says what a write is to give back.
func (q *Query[T]) returned(op string) engine.Returned {
	return engine.Returned{Name: op, Model: q.st.Model, Columns: q.st.Columns, Includes: q.st.Includes}
}

// together runs a write whose result has relations, all in one transaction.
func (q *Query[T]) together(ctx context.Context, op string, rows *source.Slab, write func(tx *session, returning []*model.Field) error) error {
	return q.s.Together(ctx, q.returned(op), rows, write)
}

// Create is [Repo.Create] that reads back more than what the source makes: the columns of Select, as the database
// holds them, and the relations of With. Conditions, an order and a page make no sense for a new row and are
// ErrInvalid.
//
//	err := users.Select(Users.ID, Users.Status).With(Users.Post).Create(ctx, &u)
func (q Query[T]) Create(ctx context.Context, row *T, related ...Assign[T]) error {
	if err := q.plain("Create"); err != nil {
		return err
	}
	m := q.st.Model
	if q.st.Where.Len() > 0 || q.st.Deleted != builder.LivingRows {
		return &Error{Op: "Create", Model: m.Name, Err: ErrInvalid, Detail: "a new row has no conditions"}
	}
	if _, err := (Repo[T]{q.s}).writable("Create", row == nil); err != nil {
		return err
	}
	slab := slabOver(m, unsafe.Pointer(row), 1)
	write := func(s *session, returning []*model.Field) error {
		o := engine.CreateOptions{Returning: returning}
		if len(related) > 0 {
			return s.CreateNested(ctx, "Create", m, unsafe.Pointer(row), assignments(related), o)
		}
		_, err := s.Create(ctx, "Create", m, slab, o)
		return err
	}
	if len(q.st.Includes) == 0 {
		return write(q.s, q.st.Columns)
	}
	was := *row
	err := q.s.Together(ctx, engine.Returned{Name: "Create", Model: m, Includes: q.st.Includes}, &slab, func(tx *session, _ []*model.Field) error {
		return write(tx, q.st.Columns)
	})
	if err != nil {
		*row = was
	}
	return err
}
