package builder

import (
	"unsafe"

	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// NestedOp says what a nested write does to the rows of a relation.
type NestedOp uint8

// The nested writes. On Create of a parent, which has no related rows yet, only NestedCreate, NestedCreateMany, NestedLink,
// NestedLinkOrCreate and NestedSet make sense; the others are ErrInvalid.
const (
	NestedCreate       NestedOp = iota // insert Rows and tie them to the parent
	NestedLink                         // tie the rows that Named names to the parent
	NestedUnlink                       // untie the related rows that pass some of Named; to-many only
	NestedSet                          // make the relation exactly the rows that Named names; none unties every row
	NestedCreateMany                   // NestedCreate that takes Bulk; to-many only
	NestedUpdate                       // give Sets to the related row that Named names
	NestedUpdateMany                   // give Sets to every related row that passes Named; to-many only
	NestedUpsert                       // NestedUpdate, or NestedCreate of Rows where the row is not there
	NestedLinkOrCreate                 // NestedLink, or NestedCreate of Rows where the row is not there
	NestedDelete                       // delete the related rows that Named names
	NestedDeleteMany                   // delete every related row that passes Named; to-many only
)

// Nested is a write of the rows of one relation, below the row that a Create or an Update writes. It is the whole of what
// the methods of [Many] and [One] make, so a program that knows its models by metadata alone can make it by hand:
// Set{Op: SetNested, Ext: &SetExt{Nested: n}} is the assignment. The engine checks it before anything runs.
type Nested struct {
	// Relation is the relation whose rows are written. It belongs to the model of the row above.
	Relation *model.Relation
	// Op says what is done to them.
	Op NestedOp
	// Rows point to structs of Relation.Target.Type, which stay in use until the write has ended and are filled by it as by
	// Create: any number for NestedCreate and NestedCreateMany, one for NestedUpsert and NestedLinkOrCreate. In a relation to
	// one NestedCreate takes one.
	Rows []unsafe.Pointer
	// Named are conditions on rows of Relation.Target. NestedLink, NestedSet, NestedUpdate, NestedUpsert, NestedLinkOrCreate
	// and NestedDelete name rows: OpEq or OpIn on the key or on a unique column, or OpAnd of OpEq on the columns of one.
	// NestedUpdate, NestedUpsert and NestedLinkOrCreate name one row. NestedUnlink, NestedUpdateMany and NestedDeleteMany take
	// any conditions, of which a row passes some. In a relation to one NestedUpdate, NestedUpsert and NestedDelete take none.
	Named []Expr
	// Sets are the assignments of NestedUpdate, NestedUpdateMany and NestedUpsert, to columns of Relation.Target that do not
	// tie the rows. NestedUpsert without any gives the row what the struct says, as Upsert does.
	Sets []Set
	// Bulk are the options of NestedCreateMany.
	Bulk BulkOptions
	// Said are columns of Rows whose zero is meant: no default fills them.
	Said []*model.Field
}

func (b Branch[T, C]) nested(op NestedOp, rows []*C, ps []Pred[C], sets ...Assign[C]) Assign[T] {
	n := &Nested{Relation: b.r, Op: op, Named: exprs(ps)}
	for _, row := range rows {
		n.Rows = append(n.Rows, unsafe.Pointer(row))
	}
	for i := range sets {
		n.Sets = append(n.Sets, sets[i].s)
	}
	return Assign[T]{n.assigned(&b.inc)}
}

// assigned gives the assignment of n, made from a relation of which inc was said.
func (n *Nested) assigned(inc *Include) Set {
	s := Set{Op: SetNested}
	switch {
	case n.Relation == nil:
		s.Err = errUnboundRelation
		return s
	case inc.chosen():
		s.Err = fault.New(fault.ErrInvalid, n.Relation.Model.Name, n.Relation.Name, "a nested write takes the relation as it is: Where, OrderBy, Take and the like are for reads")
	}
	s.Ext = &SetExt{Nested: n}
	return s
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
//
// Writes of one relation run in the order given, but for Set, which comes before Create and CreateMany beside it, so that
// what they make stays. Link, LinkOrCreate and Unlink beside Set are ErrInvalid.
func (c Many[T, C]) Set(ps ...Pred[C]) Assign[T] { return c.nested(NestedSet, nil, ps) }

// CreateMany is Create that takes the options of CreateMany. With SkipDuplicates rows that a unique set has already are left
// out, neither written nor tied, and the structs stay as they were given, since no source says which rows it left out.
func (c Many[T, C]) CreateMany(rows []*C, opts ...BulkOption) Assign[T] {
	a := c.nested(NestedCreateMany, rows, nil)
	for _, opt := range opts {
		switch {
		case a.s.Ext == nil:
		case opt == nil:
			a.s.Err = fault.New(fault.ErrInvalid, c.r.Model.Name, c.r.Name, "an option is nil")
		default:
			opt(&a.s.Ext.Nested.Bulk)
		}
	}
	return a
}

// Update changes the one related row that p names by Eq on its key or on unique columns; see [Key]. A row that is not
// there, that is not related, or that the actor may not change is ErrNotFound. The sets may not assign the columns that tie
// the rows, nor write rows of relations in turn. It is for Update.
func (c Many[T, C]) Update(p Pred[C], sets ...Assign[C]) Assign[T] {
	return c.nested(NestedUpdate, nil, []Pred[C]{p}, sets...)
}

// UpdateMany changes every related row that passes p, which may be none. It takes sets as Update does.
func (c Many[T, C]) UpdateMany(p Pred[C], sets ...Assign[C]) Assign[T] {
	return c.nested(NestedUpdateMany, nil, []Pred[C]{p}, sets...)
}

// Upsert changes the related row that p names, as Update does, or inserts row and ties it where there is none. Without
// sets the related row gets what row says, as in Upsert of a row by itself. What p says of columns that row leaves empty is
// filled in, but for an auto key, which the source makes; other values of those columns are ErrInvalid. So a row that p
// names and that is not related, whoever has it, is ErrConflict and stays where it is. row then holds what the database
// holds. It is for Update.
func (c Many[T, C]) Upsert(p Pred[C], row *C, sets ...Assign[C]) Assign[T] {
	return c.nested(NestedUpsert, []*C{row}, []Pred[C]{p}, sets...)
}

// LinkOrCreate ties the one row that p names, as Link does, or inserts row and ties it where no such row is there or can be
// seen. What p says of columns that row leaves empty is filled in, as Upsert does.
func (c Many[T, C]) LinkOrCreate(p Pred[C], row *C) Assign[T] {
	return c.nested(NestedLinkOrCreate, []*C{row}, []Pred[C]{p})
}

// Delete deletes the related rows that the ps name, as Link names them, softly where their model says so. One that is not
// there, that is not related, or that the actor may not delete is ErrNotFound, and nothing is done. Without a p it is
// ErrUnboundedWrite. In a relation through a link table the links to the rows go with them, but for rows that are deleted
// softly, which keep theirs. It is for Update.
func (c Many[T, C]) Delete(ps ...Pred[C]) Assign[T] { return c.nested(NestedDelete, nil, ps) }

// DeleteMany deletes every related row that passes p, which may be none, as Delete does.
func (c Many[T, C]) DeleteMany(p Pred[C]) Assign[T] {
	return c.nested(NestedDeleteMany, nil, []Pred[C]{p})
}

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

// Update changes the related row; none is ErrNotFound. The sets may not assign the columns that tie the rows, nor write rows
// of relations in turn. It is for Update.
func (c One[T, C]) Update(sets ...Assign[C]) Assign[T] {
	return c.nested(NestedUpdate, nil, nil, sets...)
}

// Upsert changes the related row, or inserts row and ties it where there is none. Without sets the related row gets what
// row says, as in Upsert of a row by itself. row then holds what the database holds. It is for Update.
func (c One[T, C]) Upsert(row *C, sets ...Assign[C]) Assign[T] {
	return c.nested(NestedUpsert, []*C{row}, nil, sets...)
}

// LinkOrCreate ties the row that p names, as Link does, or inserts row and ties it where no such row is there or can be
// seen. What p says of columns that row leaves empty is filled in, but for an auto key, which the source makes.
func (c One[T, C]) LinkOrCreate(p Pred[C], row *C) Assign[T] {
	return c.nested(NestedLinkOrCreate, []*C{row}, []Pred[C]{p})
}

// Delete deletes the related row, softly where its model says so; none is ErrNotFound. Where the row that is written holds
// the foreign key, it is set NULL first; one that cannot be NULL is ErrInvalid. It is for Update.
func (c One[T, C]) Delete() Assign[T] { return c.nested(NestedDelete, nil, nil) }

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
