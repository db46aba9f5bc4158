package builder

import (
	"unsafe"

	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// NestedOp says what a nested write does to the rows of a relation.
type NestedOp uint8

// The nested writes.
const (
	NestedCreate NestedOp = iota // insert Rows and tie them to the parent
	NestedLink                   // tie the rows that Named names to the parent
	NestedUnlink                 // untie the related rows that Named picks
	NestedSet                    // make the relation exactly the rows that Named names
)

// Nested is a write of the rows of one relation, below the row that a Create or an Update writes.
type Nested struct {
	Relation *model.Relation
	Op       NestedOp
	Rows     []unsafe.Pointer // of Relation.Target.Type, for NestedCreate
	Named    []Expr
}

func (b Branch[T, C]) nested(op NestedOp, rows []*C, ps []Pred[C]) Assign[T] {
	s := Set{Op: SetNested}
	if b.r == nil {
		s.Err = errUnboundRelation
		return Assign[T]{s}
	}
	n := &Nested{Relation: b.r, Op: op, Named: exprs(ps)}
	for _, row := range rows {
		if row == nil {
			s.Err = fault.New(fault.ErrInvalid, b.r.Model.Name, b.r.Name, "a row to create is a nil pointer")
		}
		n.Rows = append(n.Rows, unsafe.Pointer(row))
	}
	if b.inc.chosen() {
		s.Err = fault.New(fault.ErrInvalid, b.r.Model.Name, b.r.Name, "a nested write takes the relation as it is: Where, OrderBy, Take and the like are for reads")
	}
	s.Ext = &SetExt{Nested: n}
	return Assign[T]{s}
}

// chosen reports whether anything was said of what to load.
func (i *Include) chosen() bool {
	return len(i.Where)+len(i.Order)+len(i.Columns)+len(i.Includes) > 0 || i.Skip != 0 || i.HasTake || i.Deleted != LivingRows
}

// Create inserts rows of C and ties them to the row that is written, in its transaction; made keys are
// filled into the structs. It is for Create and Update.
func (c Many[T, C]) Create(rows ...*C) Assign[T] { return c.nested(NestedCreate, rows, nil) }

// Link ties rows that exist to the row that is written. Each p names rows by Eq or In on their key or on
// unique columns; see [Key]. A child that has another parent moves to this one. A row that is not there,
// or that the actor cannot see, is ErrReference. Linking what is linked already changes nothing.
func (c Many[T, C]) Link(ps ...Pred[C]) Assign[T] { return c.nested(NestedLink, nil, ps) }

// Unlink unties the related rows that pass some p; none of them is deleted. A row that is not linked is left
// alone. A foreign key that cannot be NULL is ErrInvalid.
func (c Many[T, C]) Unlink(ps ...Pred[C]) Assign[T] { return c.nested(NestedUnlink, nil, ps) }

// Set makes the relation exactly the rows that the ps name, as Link names them: others are untied, missing
// ones tied. Set() unties every row. What the actor cannot see stays as it is.
func (c Many[T, C]) Set(ps ...Pred[C]) Assign[T] { return c.nested(NestedSet, nil, ps) }

// Create inserts a row of C and ties it to the row that is written, in its transaction; made keys are
// filled into the struct. It is for Create and Update.
func (c One[T, C]) Create(row *C) Assign[T] { return c.nested(NestedCreate, []*C{row}, nil) }

// Link ties the one row that p names by Eq on its key or on unique columns; see [Key]. A row that is not
// there, or that the actor cannot see, is ErrReference.
func (c One[T, C]) Link(p Pred[C]) Assign[T] { return c.nested(NestedLink, nil, []Pred[C]{p}) }

// Unlink unties the related row, if there is one; it is not deleted. A foreign key that cannot be NULL is
// ErrInvalid.
func (c One[T, C]) Unlink() Assign[T] { return c.nested(NestedSet, nil, nil) }

// Set is Link, or Unlink when nothing is given: two rows are ErrInvalid.
func (c One[T, C]) Set(ps ...Pred[C]) Assign[T] { return c.nested(NestedSet, nil, ps) }

// Key names the row of C with this primary key; a composite key is given in field order.
func Key[C any](parts ...any) Pred[C] {
	m, err := model.For[C]()
	if err != nil {
		return Pred[C]{Fail(err)}
	}
	if len(parts) != len(m.Key) {
		return Pred[C]{Fail(fault.New(fault.ErrInvalid, m.Name, "", "Key needs a value for each part of the primary key, in field order"))}
	}
	kids := make([]Expr, len(parts))
	for i, f := range m.Key {
		v, err := f.ValueOf(parts[i])
		if err == nil && v.IsNull() {
			err = fault.New(fault.ErrInvalid, m.Name, f.Name, "the key is nil")
		}
		if err != nil {
			return Pred[C]{Fail(err)}
		}
		kids[i] = Compare(OpEq, f, v)
	}
	return Pred[C]{AllOf(kids...)}
}

// HasNested reports whether an assignment writes the rows of a relation.
func HasNested(sets []Set) bool {
	for i := range sets {
		if sets[i].Op == SetNested {
			return true
		}
	}
	return false
}
