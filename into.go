package orm

import (
	"context"
	"iter"
	"reflect"
	"unsafe"

	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/reading"
	"github.com/multi-orm/orm/model"
)

// Projection is a query of rows of T that come back as values of D. Into makes it.
type Projection[T, D any] struct {
	q Query[T]
	p *model.Projection
}

// Into reads the rows of a query into structs of another type. The exported fields of D name fields of T, or columns of it
// in an orm tag; they have the same types, or are pointers to them. A field named as a relation is a struct pointer or a
// slice of structs, read by the same rules; "-" skips a field. Only what D names is read.
//
//	type Card struct {
//		Name   string
//		Orders []struct{ Total int64 }
//	}
//	cards, err := orm.Into[Card](users.Where(Users.Role.Eq("admin"))).All(ctx)
//
// Conditions, orders, pages, locks, Distinct and every scope hold as for T, and hooks see rows of T before they are
// copied. A With says which related rows are read, in which order; a relation that D does not name, and a Select, are
// ErrInvalid. A name that T does not have is ErrInvalid and suggests the nearest.
func Into[D, T any](q Readable[T]) Projection[T, D] {
	out := Projection[T, D]{q: q.query()}
	st := &out.q.st
	if st.Err != nil {
		return out
	}
	p, err := out.q.s.Projection(st.Model, reflect.TypeFor[D]())
	if err == nil {
		err = reading.Project(st, p)
	}
	out.p = p
	if err != nil {
		st.Err = fault.Fill(err, "Into", st.Model.Name, "")
	}
	return out
}

func (j Projection[T, D]) copy(row *T) (out D) {
	j.p.Copy(unsafe.Pointer(&out), unsafe.Pointer(row))
	return out
}

// All gives every row, an empty slice when there is none.
func (j Projection[T, D]) All(ctx context.Context) ([]D, error) {
	rows, err := j.q.All(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]D, len(rows))
	for i := range rows {
		out[i] = j.copy(&rows[i])
	}
	return out, nil
}

// First gives the first row in the query's order, or by key without one. No row is ErrNotFound.
func (j Projection[T, D]) First(ctx context.Context) (D, error) { return j.one(j.q.First(ctx)) }

// One gives the only row: none is ErrNotFound, more than one ErrInvalid.
func (j Projection[T, D]) One(ctx context.Context) (D, error) { return j.one(j.q.One(ctx)) }

func (j Projection[T, D]) one(row T, err error) (none D, _ error) {
	if err != nil {
		return none, err
	}
	return j.copy(&row), nil
}

// Page gives the page at a cursor as Query.Page does, and its cursors are those of the query: they serve with other
// structs too. What the sort needs and D does not name is read and not shown.
func (j Projection[T, D]) Page(ctx context.Context, cursor string, opts ...PageOption) (Page[D], error) {
	p, err := j.q.Page(ctx, cursor, opts...)
	if err != nil {
		return Page[D]{}, err
	}
	out := Page[D]{Rows: make([]D, len(p.Rows)), Next: p.Next, Prev: p.Prev, Total: p.Total}
	for i := range p.Rows {
		out.Rows[i] = j.copy(&p.Rows[i])
	}
	return out, nil
}

// Rows streams the rows as Query.Rows does. A failure is the last pair, with a zero value.
func (j Projection[T, D]) Rows(ctx context.Context) iter.Seq2[D, error] {
	return func(yield func(D, error) bool) {
		for row, err := range j.q.Rows(ctx) {
			out, err := j.one(row, err)
			if !yield(out, err) {
				return
			}
		}
	}
}
