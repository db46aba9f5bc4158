package related

import (
	"context"
	"reflect"
	"slices"
	"strconv"
	"unsafe"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/engine"
	"github.com/multi-orm/orm/internal/entity"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/scoping"
	"github.com/multi-orm/orm/internal/writing"
	"github.com/multi-orm/orm/model"
)

// sort parts plain assignments from nested writes and checks these before anything runs. root is the struct of the
// row, nil for an update.
func (f *family) sort(ctx context.Context, s *engine.Session, sets []builder.Set, root unsafe.Pointer) (plain []builder.Set, err error) {
	seen := map[unsafe.Pointer]bool{}
	if root != nil {
		seen[root] = true
		f.m.Pointees(root, func(_ reflect.Type, at unsafe.Pointer) { seen[at] = true })
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
		n, err := withHeld(ctx, s, x.Ext.Nested)
		if err != nil {
			return nil, err
		}
		if err := f.check(s, n); err != nil {
			return nil, err
		}
		for _, p := range n.Rows {
			if seen[p] {
				return nil, invalid(fault.ErrInvalid, n.Relation, "the same struct is given twice: a nested write must not be circular")
			}
			seen[p] = true
			shared := false
			n.Relation.Target.Pointees(p, func(t reflect.Type, at unsafe.Pointer) {
				shared = shared || seen[at] && t.Size() > 0
				seen[at] = true
			})
			if shared {
				return nil, invalid(fault.ErrInvalid, n.Relation, "two of the structs embed the same struct by pointer: give each its own")
			}
		}
		if holdsKey(n.Relation) {
			f.above = append(f.above, n)
		} else {
			f.under = append(f.under, n)
		}
	}
	if err := f.cardinality(); err != nil {
		return nil, err
	}
	return plain, f.moved(plain)
}

// holdsKey reports whether the model of r holds the key of the target, rather than the other way round.
func holdsKey(r *model.Relation) bool {
	if r.Through != nil || r.Many || r.Model.IsKey(r.Local) {
		return false
	}
	return true
}

func (f *family) check(s *engine.Session, n *builder.Nested) error {
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
	if err := f.checkNamed(s, n); err != nil {
		return err
	}
	if err := checkRows(n); err != nil {
		return err
	}
	if err := checkSets(s.Engine, n); err != nil {
		return err
	}
	if f.fresh && needsRelated(n.Op) {
		return invalid(fault.ErrInvalid, r, "a new row has no related rows yet: use Create, CreateMany, Link, LinkOrCreate or Set")
	}
	switch {
	case r.Through != nil:
		if n.Op == builder.NestedCreateMany && n.Bulk.SkipDuplicates && !src.Capabilities().Returning {
			return invalid(fault.ErrUnsupported, r, "the source does not tell which rows SkipDuplicates left out, so the others cannot be linked: link them by LinkOrCreate")
		}
	case n.Op == builder.NestedUnlink, n.Op == builder.NestedDelete && holdsKey(r):
		return untieable(r)
	}
	return nil
}

// needsRelated reports whether op is about rows that are related already.
func needsRelated(op builder.NestedOp) bool {
	switch op {
	case builder.NestedUnlink, builder.NestedUpdate, builder.NestedUpdateMany, builder.NestedUpsert, builder.NestedDelete, builder.NestedDeleteMany:
		return true
	}
	return false
}

// checkNamed checks the conditions on related rows.
func (f *family) checkNamed(s *engine.Session, n *builder.Nested) error {
	r := n.Relation
	for i := range n.Named {
		e := &n.Named[i]
		if e.Op == builder.OpError && e.Ext != nil {
			return e.Ext.Err
		}
		if err := scoping.Names(s, e.Named); err != nil {
			return err
		}
	}
	switch n.Op {
	case builder.NestedUnlink:
		if len(n.Named) == 0 || slices.ContainsFunc(n.Named, func(e builder.Expr) bool { return e.Unconditional() }) {
			return invalid(fault.ErrInvalid, r, "Unlink needs a condition: Set() unties every row")
		}
		return nil
	case builder.NestedUpdateMany, builder.NestedDeleteMany:
		if !r.Many {
			return invalid(fault.ErrInvalid, r, "the relation leads to one row: use Update, or Delete")
		}
		if len(n.Named) == 0 {
			return invalid(fault.ErrUnboundedWrite, r, "give a condition; And() is every related row")
		}
		return nil
	case builder.NestedUpdate, builder.NestedUpsert, builder.NestedDelete:
		if !r.Many && len(n.Named) > 0 {
			return invalid(fault.ErrInvalid, r, "the relation leads to one row, which needs no name")
		}
		if n.Op == builder.NestedDelete && r.Many && len(n.Named) == 0 {
			return invalid(fault.ErrUnboundedWrite, r, "name the rows to delete, or use DeleteMany")
		}
	}
	named := 0
	for i := range n.Named {
		_, keys, ok := naming(r.Target, &n.Named[i])
		if !ok {
			return invalid(fault.ErrInvalid, r, "name rows of "+r.Target.Name+" by Eq or In on their key or on unique columns; a column that a scope holds the caller to need not be named")
		}
		named += len(keys)
	}
	one := n.Op == builder.NestedLinkOrCreate || r.Many && (n.Op == builder.NestedUpdate || n.Op == builder.NestedUpsert)
	if one && named != 1 {
		return invalid(fault.ErrInvalid, r, "name one row of "+r.Target.Name+" by Eq on its key or on unique columns")
	}
	return nil
}

// checkRows checks the structs of rows to create.
func checkRows(n *builder.Nested) error {
	r, t := n.Relation, n.Relation.Target
	for _, p := range n.Rows {
		if p == nil {
			return invalid(fault.ErrInvalid, r, "a row to create is a nil pointer")
		}
	}
	if n.Op != builder.NestedCreateMany && (n.Bulk.SkipDuplicates || n.Bulk.Progress != nil) {
		return invalid(fault.ErrInvalid, r, "options of CreateMany are given to another write")
	}
	switch n.Op {
	case builder.NestedCreateMany:
		if !r.Many {
			return invalid(fault.ErrInvalid, r, "the relation leads to one row: use Create")
		}
		return nil
	case builder.NestedCreate:
		return nil
	case builder.NestedUpsert, builder.NestedLinkOrCreate:
		if len(n.Rows) != 1 {
			return invalid(fault.ErrInvalid, r, "give one row of "+t.Name+" to create")
		}
	default:
		if len(n.Rows) > 0 {
			return invalid(fault.ErrInvalid, r, "rows are given to a write that creates none")
		}
		return nil
	}
	for i := range n.Named { // before it is known whether the row is there, so that the answer does not tell
		fields, keys, _ := naming(t, &n.Named[i])
		if err := agrees("the condition", n.Rows[0], fields, keys[0], n.Said); err != nil {
			return err
		}
	}
	return nil
}

// checkSets checks the assignments of a write of related rows.
func checkSets(e *engine.Engine, n *builder.Nested) error {
	r := n.Relation
	switch n.Op {
	case builder.NestedUpdate, builder.NestedUpdateMany:
		if len(n.Sets) == 0 {
			return invalid(fault.ErrInvalid, r, "an update needs an assignment")
		}
	case builder.NestedUpsert:
		if len(n.Sets) == 0 {
			return entity.Whole(r.Target, n.Rows[0])
		}
	default:
		if n.Op > builder.NestedDeleteMany {
			return invalid(fault.ErrInvalid, r, "unknown nested write: "+strconv.Itoa(int(n.Op)))
		}
		if len(n.Sets) > 0 {
			return invalid(fault.ErrInvalid, r, "assignments are given to a write that changes no columns")
		}
	}
	for i := range n.Sets {
		x := &n.Sets[i]
		switch {
		case x.Err == nil && x.Op == builder.SetNested:
			return invalid(fault.ErrInvalid, r, "a nested write goes one level deep: write the rows below "+r.Target.Name+" by a call of their own")
		case x.Err == nil && x.Field != nil && slices.Contains(r.Remote, x.Field):
			return fault.New(fault.ErrInvalid, r.Target.Name, x.Field.Name, "the column ties the row to "+r.Model.Name+"."+r.Name+": use Link, Unlink or Set of the relation")
		}
		if err := writing.CheckSet(r.Target, x); err != nil {
			return err
		}
		if err := writing.CheckVersion(e, r.Target, x); err != nil {
			return err
		}
	}
	return nil
}

// moved refuses assignments beside nested writes that leave open which rows are related: those from before or from after.
func (f *family) moved(plain []builder.Set) error {
	for i, n := range f.above {
		if !needsRelated(n.Op) {
			continue
		}
		for _, x := range n.Relation.Local {
			if writing.Assigned(plain, x) {
				return fault.New(fault.ErrInvalid, f.m.Name, x.Name, "the column is assigned beside a write of the row that it leads to, in relation "+n.Relation.Name+": do one after the other")
			}
			for j, o := range f.above {
				if i != j && slices.Contains(o.Relation.Local, x) && !scoping.Immovable(x) {
					return invalid(fault.ErrInvalid, n.Relation, "relation "+o.Relation.Name+" holds its key in the same column: write one after the other")
				}
			}
		}
	}
	for _, n := range f.under {
		for i := range plain {
			if x := &plain[i]; x.Op != builder.SetValue && x.Field != nil && slices.Contains(n.Relation.Local, x.Field) {
				return fault.New(fault.ErrInvalid, f.m.Name, x.Field.Name, "relation "+n.Relation.Name+" starts at this column: assign a value, or write the rows by a call of their own")
			}
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
		if x.Nullable && !scoping.Immovable(x) && !x.Primary {
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
			if n.Op != builder.NestedLinkOrCreate { // it names the row that it makes otherwise
				for i := range n.Named {
					_, keys, _ := naming(n.Relation.Target, &n.Named[i])
					rows[n.Relation] += len(keys)
				}
			}
			if !n.Relation.Many && (rows[n.Relation] > 1 || said[n.Relation] > 1) {
				return invalid(fault.ErrInvalid, n.Relation, "a to-one relation takes one row and one write")
			}
		}
	}
	for i, n := range f.under {
		if n.Op != builder.NestedSet {
			continue
		}
		for j, o := range f.under {
			if i == j || o.Relation != n.Relation {
				continue
			}
			switch o.Op {
			case builder.NestedLink, builder.NestedUnlink, builder.NestedLinkOrCreate, builder.NestedSet:
				return invalid(fault.ErrInvalid, n.Relation, "Set says the whole relation: leave out Link, LinkOrCreate, Unlink and the other Set")
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
	return fields, keys, writing.UniqueSet(m, fields)
}
