package engine

import (
	"unsafe"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// sort parts plain assignments from nested writes and checks these before anything runs. root is the struct of the
// row, nil for an update.
func (f *family) sort(s *Session, sets []builder.Set, root unsafe.Pointer) (plain []builder.Set, err error) {
	seen := map[unsafe.Pointer]bool{}
	if root != nil {
		seen[root] = true
	}
	for i := range sets {
		x := &sets[i]
		if x.Err != nil {
			return nil, x.Err
		}
		if x.Op != builder.SetNested {
			plain = append(plain, *x)
			continue
		}
		if x.Ext == nil || x.Ext.Nested == nil || x.Ext.Nested.Relation == nil {
			return nil, fault.New(fault.ErrInvalid, f.m.Name, "", "an assignment names no relation")
		}
		n := x.Ext.Nested
		if err := f.check(s, n); err != nil {
			return nil, err
		}
		for _, p := range n.Rows {
			if seen[p] {
				return nil, invalid(fault.ErrInvalid, n.Relation, "the same struct is given twice: a nested write must not be circular")
			}
			seen[p] = true
		}
		if holdsKey(n.Relation) {
			f.above = append(f.above, n)
		} else {
			f.under = append(f.under, n)
		}
	}
	return plain, f.cardinality()
}

// holdsKey reports whether the model of r holds the key of the target, rather than the other way round.
func holdsKey(r *model.Relation) bool {
	if r.Through != nil || r.Many || sameFields(r.Local, r.Model.Key) {
		return false
	}
	return true
}

func (f *family) check(s *Session, n *builder.Nested) error {
	r := n.Relation
	if r.Model != f.m {
		return fault.New(fault.ErrInvalid, f.m.Name, "", "the relation "+r.Model.Name+"."+r.Name+" belongs to another model")
	}
	src, err := s.SourceOf(r.Model)
	if err != nil {
		return err
	}
	other, err := s.SourceOf(r.Target)
	switch {
	case err != nil:
		return err
	case src != other:
		return invalid(fault.ErrUnsupported, r, "the relation leads to source "+other.Name()+", and a transaction has one source: write the rows one after the other")
	case !src.Capabilities().Transactions:
		return invalid(fault.ErrUnsupported, r, "the source has no transactions, so rows cannot be written together")
	}
	for i := range n.Named {
		e := &n.Named[i]
		if e.Op == builder.OpError && e.Ext != nil {
			return e.Ext.Err
		}
		if err := s.names(e.Named); err != nil {
			return err
		}
		if n.Op == builder.NestedUnlink {
			if e.Unconditional() {
				return invalid(fault.ErrInvalid, r, "Unlink needs a condition: Set() unties every row")
			}
			continue
		}
		if _, _, ok := naming(r.Target, e); !ok {
			return invalid(fault.ErrInvalid, r, "name rows of "+r.Target.Name+" by Eq or In on their key or on unique columns")
		}
	}
	if n.Op == builder.NestedUnlink {
		if len(n.Named) == 0 {
			return invalid(fault.ErrInvalid, r, "Unlink needs a condition: Set() unties every row")
		}
		if f.fresh {
			return invalid(fault.ErrInvalid, r, "a new row has nothing to unlink")
		}
		if r.Through == nil {
			return untieable(r)
		}
	}
	return nil
}

func invalid(kind error, r *model.Relation, detail string) error {
	return fault.New(kind, r.Model.Name, r.Name, detail)
}

// untieable refuses to untie rows whose foreign key cannot be NULL.
func untieable(r *model.Relation) error {
	if holdsKey(r) {
		if len(nullable(r.Model, r.Local)) == 0 {
			return invalid(fault.ErrInvalid, r, r.Model.Name+"."+r.Local[0].Name+" is not nullable: link another row, or make the field a pointer")
		}
		return nil
	}
	if len(nullable(r.Target, r.Remote)) == 0 {
		return invalid(fault.ErrInvalid, r, r.Target.Name+"."+r.Remote[0].Name+" is not nullable: delete the rows or link them to another parent, or make the field a pointer")
	}
	return nil
}

// nullable gives the columns of a foreign key that can be emptied. The tenant's never is.
func nullable(m *model.Model, fields []*model.Field) []*model.Field {
	var out []*model.Field
	for _, x := range fields {
		if x.Nullable && x != m.Tenant && !x.Primary {
			out = append(out, x)
		}
	}
	return out
}

// cardinality refuses more than one row in a to-one relation, and one relation that is told two things.
func (f *family) cardinality() error {
	rows := map[*model.Relation]int{}
	said := map[*model.Relation]int{}
	for _, list := range [][]*builder.Nested{f.above, f.under} {
		for _, n := range list {
			said[n.Relation]++
			rows[n.Relation] += len(n.Rows)
			for i := range n.Named {
				_, keys, _ := naming(n.Relation.Target, &n.Named[i])
				rows[n.Relation] += len(keys)
			}
			if !n.Relation.Many && (rows[n.Relation] > 1 || said[n.Relation] > 1) {
				return invalid(fault.ErrInvalid, n.Relation, "a to-one relation takes one row")
			}
		}
	}
	for i, n := range f.under {
		if n.Op != builder.NestedSet {
			continue
		}
		for j, o := range f.under {
			if i != j && o.Relation == n.Relation && o.Op != builder.NestedCreate {
				return invalid(fault.ErrInvalid, n.Relation, "Set says the whole relation: leave out Link, Unlink and the other Set")
			}
		}
	}
	return nil
}

// naming reads a condition that names rows by their key or by a unique set: the columns and the values.
func naming(m *model.Model, e *builder.Expr) (fields []*model.Field, keys [][]model.Value, ok bool) {
	switch {
	case e.Fold:
		return nil, nil, false
	case e.Op == builder.OpEq && e.Field != nil:
		fields, keys = []*model.Field{e.Field}, [][]model.Value{{e.Value}}
	case e.Op == builder.OpFalse: // In() of nothing
		return m.Key, nil, true
	case e.Op == builder.OpIn && e.Field != nil:
		fields = []*model.Field{e.Field}
		seen := map[string]bool{}
		for _, v := range e.Value.List() {
			if k := string(model.AppendKey(nil, v)); !seen[k] {
				seen[k] = true
				keys = append(keys, []model.Value{v})
			}
		}
	case e.Op == builder.OpAnd && e.Ext != nil:
		var key []model.Value
		for i := range e.Ext.Kids {
			kid := &e.Ext.Kids[i]
			if kid.Op != builder.OpEq || kid.Fold || kid.Field == nil {
				return nil, nil, false
			}
			fields, key = append(fields, kid.Field), append(key, kid.Value)
		}
		keys = [][]model.Value{key}
	default:
		return nil, nil, false
	}
	return fields, keys, uniqueSet(m, fields)
}
