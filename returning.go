package orm

import (
	"context"
	"unsafe"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/related"
	"github.com/multi-orm/orm/internal/writing"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// returned says what a write is to give back.
func (q *Query[T]) returned(op string) writing.Returned {
	return writing.Returned{Name: op, Model: q.st.Model, Columns: q.st.Columns, Includes: q.st.Includes}
}

// together runs a write whose result has relations, all in one transaction.
func (q *Query[T]) together(ctx context.Context, op string, rows *source.Slab, write func(tx *session, returning []*model.Field) error) error {
	return writing.Together(ctx, q.s, q.returned(op), rows, write)
}

// Create is [Repo.Create] that reads back more than what the source makes: the columns of Select, as the database
// holds them, and the relations of With. Conditions, an order and a page make no sense for a new row and are
// ErrInvalid.
//
//	err := users.Select(Users.ID, Users.Status).With(Users.Post).Create(ctx, &u)
func (q Query[T]) Create(ctx context.Context, row *T, sets ...Assign[T]) error {
	return q.create(ctx, row, nil, sets)
}

func (q Query[T]) create(ctx context.Context, row *T, over *writing.Over, sets []Assign[T]) error {
	if err := q.given("Create", row); err != nil {
		return err
	}
	m := q.st.Model
	return creating(row, m, sets, func(nested []builder.Set, said []*model.Field) error {
		slab := slabOver(m, unsafe.Pointer(row), 1)
		write := func(s *session, returning []*model.Field) error {
			o := writing.CreateOptions{Returning: returning, Said: said, Over: over}
			if len(nested) > 0 {
				return related.CreateNested(ctx, s, "Create", m, unsafe.Pointer(row), nested, o)
			}
			_, err := writing.Create(ctx, s, "Create", m, slab, o)
			return err
		}
		if len(q.st.Includes) == 0 {
			return write(q.s, q.st.Columns)
		}
		was := *row
		err := writing.Together(ctx, q.s, writing.Returned{Name: "Create", Model: m, Includes: q.st.Includes}, &slab, func(tx *session, _ []*model.Field) error {
			return write(tx, q.st.Columns)
		})
		if err != nil {
			*row = was
		}
		return err
	})
}

// Save is [Repo.Save] that reads back the columns of Select, as the database then holds them, and the relations of
// With, all in one transaction; where that fails nothing is written. Conditions, an order and a page are ErrInvalid.
//
//	err := users.With(Users.Post).Save(ctx, &u, Users.PostID)
func (q Query[T]) Save(ctx context.Context, row *T, only ...Selectable[T]) error {
	if err := q.given("Save", row); err != nil {
		return err
	}
	fields, err := fieldsOf("Save", q.st.Model, only)
	switch {
	case err != nil:
		return err
	case len(q.st.Includes) == 0 && len(q.st.Columns) == 0:
		return writing.Save(ctx, q.s, q.st.Model, unsafe.Pointer(row), fields)
	}
	return writing.SaveReturning(ctx, q.s, q.returned("Save"), unsafe.Pointer(row), fields)
}

// Upsert is [Repo.Upsert] that reads back the relations of With in the same transaction; where that fails nothing is
// written. Conditions, an order and a page are ErrInvalid, and so is Select, since an upsert reads back every column.
func (q Query[T]) Upsert(ctx context.Context, on Conflict[T], row *T, sets ...Assign[T]) error {
	if err := q.given("Upsert", row); err != nil {
		return err
	}
	m := q.st.Model
	if q.st.Columns != nil {
		return &Error{Op: "Upsert", Model: m.Name, Err: ErrInvalid, Detail: "an upsert reads back every column"}
	}
	if len(q.st.Includes) == 0 {
		return Repo[T]{q.s}.Upsert(ctx, on, row, sets...)
	}
	was, asked, told := *row, on.inserted, false
	if asked != nil {
		on.inserted = &told
	}
	slab := slabOver(m, unsafe.Pointer(row), 1)
	err := writing.Together(ctx, q.s, writing.Returned{Name: "Upsert", Model: m, Includes: q.st.Includes}, &slab, func(tx *session, _ []*model.Field) error {
		return Repo[T]{tx}.Upsert(ctx, on, row, sets...)
	})
	switch {
	case err != nil:
		*row = was
	case asked != nil:
		*asked = told
	}
	return err
}

// given checks a write of one row that the caller holds, which no condition is to name.
func (q *Query[T]) given(op string, row *T) error {
	if err := q.plain(op); err != nil {
		return err
	}
	if q.st.Where.Len() > 0 || q.st.Deleted != builder.LivingRows {
		return &Error{Op: op, Model: q.st.Model.Name, Err: ErrInvalid, Detail: "the row is given, so there are no conditions"}
	}
	_, err := (Repo[T]{q.s}).writable(op, row == nil)
	return err
}

// fieldsOf gives the fields of columns.
func fieldsOf[T any](op string, m *model.Model, columns []Selectable[T]) ([]*model.Field, error) {
	var fields []*model.Field
	for _, c := range columns {
		f, err := builder.FieldOf(c)
		if err != nil {
			return nil, fault.Fill(err, op, m.Name, "")
		}
		fields = append(fields, f)
	}
	return fields, nil
}
