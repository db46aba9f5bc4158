package builder

import (
	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// By sorts by what key gives for the related row: OrderBy(Users.Post.By(Posts.Title.Asc())). A row without the
// relation, or whose related row the caller may not see, sorts as NULL does. It nests.
func (c One[T, C]) By(key Order[C]) Order[T] {
	k := key.Key()
	if c.r == nil {
		return Order[T]{SortKey{Err: errUnboundRelation}}
	}
	if k.Err != nil || k.Field == nil && k.Term == nil {
		err := k.Err
		if err == nil {
			err = errUnbound
		}
		return Order[T]{SortKey{Err: err}}
	}
	return Order[T]{SortKey{Term: &Term{Op: TermRelated, Rel: c.r, Inner: &k}, Desc: k.Desc, Nulls: k.Nulls}}
}

// Count is the number of related rows that pass every p and that the caller may see, as a value: to compare, to sort
// by, or to read into a computed field with Into.
func (c Many[T, C]) Count(ps ...Pred[C]) RelationCount[T] {
	if c.r == nil {
		return RelationCount[T]{Expression[T, int64]{err: errUnboundRelation}}
	}
	return RelationCount[T]{Expression[T, int64]{t: &Term{Op: TermCount, Type: dialect.Type{Kind: dialect.Int, Bits: 64}, Rel: c.r, Kids: exprs(ps)}}}
}

// RelationCount is the number of related rows of a row of T.
type RelationCount[T any] struct{ Expression[T, int64] }

// Into reads the count into a computed field beside the row's columns; give it to With. It is part of the statement
// that reads the rows, whatever their page. Distinct refuses it, and so does a relation into another source.
func (c RelationCount[T]) Into(field Selectable[T]) Inclusion[T] {
	f, err := field.column()
	switch {
	case err != nil:
	case c.t == nil:
		err = c.fault()
	case !f.IsComputed:
		err = fault.New(fault.ErrInvalid, f.Model.Name, f.Name, `a count goes into a field that is tagged "computed"`)
	case f.Kind != model.Int && f.Kind != model.Uint || f.Bits < 64:
		err = fault.New(fault.ErrInvalid, f.Model.Name, f.Name, "a count needs a field of 64 bits: int64, int, uint64 or a pointer to one")
	}
	return reading[T]{&Include{Extra: &Extra{Field: f, Term: c.t}, Err: err}}
}

// reading is an Inclusion that reads a term with the row.
type reading[T any] struct{ inc *Include }

func (r reading[T]) include() (*Include, error) { return r.inc, r.inc.Err }
func (reading[T]) from(T)                       {}

// Extra is a value that a Select computes and reads into a computed field, or into a field of the link row beside the
// row, and those before it.
type Extra struct {
	Field  *model.Field
	Term   *Term
	Beside bool // Field is one of the link row, as [Beside] describes it
	Before *Extra
}

// list gives the extras in the order they were asked for.
func (x *Extra) list() []*Extra {
	var out []*Extra
	for ; x != nil; x = x.Before {
		out = append(out, x)
	}
	for i, j := 0, len(out)-1; i < j; i, j = i+1, j-1 {
		out[i], out[j] = out[j], out[i]
	}
	return out
}

// And gives the extras of x and, after them, those of y that x has not.
func (x *Extra) And(y *Extra) *Extra {
	for _, e := range y.list() {
		if !x.has(e) {
			x = &Extra{e.Field, e.Term, e.Beside, x}
		}
	}
	return x
}

func (x *Extra) has(e *Extra) bool {
	for ; x != nil; x = x.Before {
		if x.Field == e.Field && x.Term == e.Term {
			return true
		}
	}
	return false
}

// Map gives the extras with other terms.
func (x *Extra) Map(fn func(*Term) (*Term, error)) (*Extra, error) {
	var out *Extra
	for _, e := range x.list() {
		t, err := fn(e.Term)
		if err != nil {
			return nil, err
		}
		out = &Extra{e.Field, t, e.Beside, out}
	}
	return out, nil
}
