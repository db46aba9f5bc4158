package hook

import (
	"context"
	"reflect"
	"strings"
	"unsafe"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// Sanitizer empties fields in results; see [Sanitize].
type Sanitizer struct {
	names      []string
	searchable bool
}

// Sanitize empties fields in everything that comes back: rows read at any depth, and rows that updates,
// deletes and upserts return. Names are "Field" (of every model that has it) or "Model.Field"; without names the
// fields marked hidden are meant. A Save or Upsert of such a row leaves the emptied fields as they are in the
// database; to empty one there, assign it with Update.
//
// A condition, an order or an aggregate by such a field is ErrDenied wherever it stands, since what it finds would tell
// what the field holds, and a field in its model's default order (order= of the tag) is ErrInvalid here. SQL text of the
// program's own is not looked into.
func Sanitize(names ...string) Sanitizer { return Sanitizer{names: names} }

// Searchable lets conditions and orders name the fields: an API key that is looked up by its hash, an address that
// people find each other by.
func (s Sanitizer) Searchable() Sanitizer {
	s.searchable = true
	return s
}

// Extend adds the hook.
func (s Sanitizer) Extend(r *Registrar) error {
	c := &sanitizing{fields: map[*model.Model][]*model.Field{}}
	found := map[string]bool{}
	for _, m := range r.Models() {
		for _, f := range m.Fields {
			if len(s.names) == 0 && f.Hidden {
				c.fields[m] = append(c.fields[m], f)
			}
			for _, n := range s.names {
				if n == f.Name || n == m.Name+"."+f.Name {
					c.fields[m] = append(c.fields[m], f)
					found[n] = true
				}
			}
		}
	}
	for _, n := range s.names {
		if !found[n] {
			return fault.New(fault.ErrInvalid, "", n, "Sanitize names a field that no model has")
		}
	}
	for _, fs := range c.fields {
		for _, f := range fs {
			r.Empty(f)
			if !s.searchable {
				r.Conceal(f)
			}
		}
	}
	name := "sanitize"
	if len(s.names) > 0 {
		name += " " + strings.Join(s.names, ", ")
	}
	r.Event(Hook{Name: name, Before: c.before, After: c.after})
	return nil
}

// sanitizing is a Sanitizer at work.
type sanitizing struct {
	fields map[*model.Model][]*model.Field
}

// before keeps a Save from writing the emptiness that an earlier read left in the struct.
func (s *sanitizing) before(_ context.Context, op *Op) error {
	switch {
	case op.Select != nil && op.Select.Aggregate != nil: // its groups may be columns of other models
		return s.groups(op)
	case len(s.fields[op.Model]) == 0:
	case op.saves():
		kept := make([]builder.Set, 0, len(op.Update.Set))
		for _, x := range op.Update.Set {
			if !s.has(op.Model, x.Field) || !emptied(x.Field, x.Value) {
				kept = append(kept, x)
			}
		}
		op.Update.Set = kept
	case op.Insert != nil && op.Insert.Conflict != nil && op.Rows.Len() == 1:
		row := op.Rows.Index(0).Addr().UnsafePointer()
		var kept []*model.Field
		for _, f := range op.Insert.Conflict.FromRow {
			v, err := f.Load(row)
			if err != nil {
				return err
			}
			if !s.has(op.Model, f) || !emptied(f, v) {
				kept = append(kept, f)
			}
		}
		op.Insert.Conflict.FromRow = kept
	}
	return nil
}

func (s *sanitizing) has(m *model.Model, f *model.Field) bool {
	for _, x := range s.fields[m] {
		if x == f {
			return true
		}
	}
	return false
}

// emptied reports whether v is what a cleared field holds, whatever its type.
func emptied(f *model.Field, v model.Value) bool {
	if v.IsNull() {
		return true
	}
	zero, err := f.Load(reflect.New(f.Model.Type).UnsafePointer())
	return err == nil && string(model.AppendKey(nil, v)) == string(model.AppendKey(nil, zero))
}

func (s *sanitizing) after(_ context.Context, op *Op) error {
	fields := s.fields[op.Model]
	if len(fields) == 0 || op.Kind == Create {
		return nil
	}
	return each(op.Rows, func(row unsafe.Pointer) error {
		for _, f := range fields {
			f.Clear(row)
		}
		return nil
	})
}
