package introspect

import (
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// tie is a foreign key between two tables that are there.
type tie struct {
	names    []string // that Relate may say
	from, to []*model.Field
	a, b     *table
	unique   bool // no two rows hold the same key
}

// relatedTo is a relation of a table: how its rows are found by the columns of the row above.
type relatedTo struct {
	name     string
	target   *table
	many     bool
	local    []*model.Field  // of the table above
	relation *model.Relation // of a struct that holds the local columns, and a field for the rows
	keys     []*model.Field  // the local columns in that struct
}

// ties finds the foreign keys.
func (b *opener) ties() (out []*tie, err error) {
	for i := range b.schema.Tables {
		t := &b.schema.Tables[i]
		if b.of[t].err != nil {
			continue
		}
		for j := range t.ForeignKeys {
			k := &t.ForeignKeys[j]
			target := b.schema.Table(k.Schema, k.Table)
			if target == nil || b.of[target].err != nil || len(k.References) != len(k.Columns) {
				out = append(out, b.leftOut(t, k)...)
				continue
			}
			x := &tie{a: b.of[t], b: b.of[target]}
			for c := range k.Columns {
				f, g := fieldAt(x.a, k.Columns[c]), fieldAt(x.b, k.References[c])
				if f == nil || g == nil || !model.Comparable(f, g) {
					x = nil
					break
				}
				x.from, x.to = append(x.from, f), append(x.to, g)
			}
			if x == nil {
				out = append(out, b.leftOut(t, k)...)
				continue
			}
			columns := strings.Join(k.Columns, "+")
			x.names = []string{t.FullName() + "." + columns}
			if t.Schema == "" && b.schema.Default != "" {
				x.names = append(x.names, b.schema.Default+"."+t.Name+"."+columns)
			}
			same := func(set []string) bool {
				return len(set) == len(k.Columns) && !slices.ContainsFunc(set, func(c string) bool { return !slices.Contains(k.Columns, c) })
			}
			x.unique = same(t.Key.Columns) || slices.ContainsFunc(t.Uniques, func(u Index) bool { return same(u.Columns()) })
			out = append(out, x)
		}
	}
	return out, nil
}

// leftOut gives a foreign key to a model whose table is not opened, or lacks a column of the key: what is written refers to no row that the
// caller may not see. A table whose key to such a model cannot be checked is read only.
func (b *opener) leftOut(t *Table, k *ForeignKey) []*tie {
	target := b.whole.Table(k.Schema, k.Table)
	if target == nil {
		return nil
	}
	m := b.registered(target)
	if m == nil {
		return nil
	}
	x, child := &tie{a: b.of[t]}, b.of[t]
	for c := range k.Columns {
		f := fieldAt(child, k.Columns[c])
		at := -1
		if c < len(k.References) {
			at = slices.IndexFunc(m.Fields, func(g *model.Field) bool { return b.live.Same(g.Column, k.References[c]) })
		}
		if f == nil || at < 0 || !model.Comparable(f, m.Fields[at]) {
			if !child.mapped && child.readOnly == "" && (m.Tenant != nil || m.Owner != nil || len(m.Scopes) > 0) {
				child.readOnly = "a foreign key leads to " + m.Name + " by columns that the model lacks, so that nobody could see whose rows are referred to: it is read only"
			}
			return nil
		}
		x.from, x.to = append(x.from, f), append(x.to, m.Fields[at])
	}
	return []*tie{x}
}

func fieldAt(t *table, column string) *model.Field {
	for _, f := range t.model.Fields {
		if f.Column == column {
			return f
		}
	}
	return nil
}

// relate makes the relations that the options name.
func (b *opener) relate(ties []*tie) error {
	for _, key := range slices.Sorted(maps.Keys(b.o.ends)) {
		var found []*tie
		var there []string
		for _, x := range ties {
			if len(x.names) == 0 {
				continue
			}
			there = append(there, x.names[0])
			if slices.Contains(x.names, key) {
				found = append(found, x)
			}
		}
		switch {
		case len(found) == 0:
			detail := "there is no foreign key on " + strconv.Quote(key)
			if near := model.Nearest(key, there); near != "" {
				detail += " (did you mean " + strconv.Quote(near) + "?)"
			}
			if len(there) > 0 {
				detail += "; there are " + strings.Join(there, ", ")
			}
			return invalid("", detail)
		case len(found) > 1:
			return invalid("", "several foreign keys are on "+strconv.Quote(key)+", so it names none of them")
		}
		x, ends := found[0], b.o.ends[key]
		if err := b.end(x.a, ends[0], x.b, false, x.from, x.to); err != nil {
			return err
		}
		if err := b.end(x.b, ends[1], x.a, !x.unique, x.to, x.from); err != nil {
			return err
		}
	}
	return nil
}

// end adds a relation to a table. Its rows are loaded by the engine's own include, below a struct made at run time that holds the
// keys of the row above: such a struct leads one way only, so that tables may refer to each other and to themselves.
func (b *opener) end(t *table, name string, target *table, many bool, local, remote []*model.Field) error {
	if name == "" {
		return nil
	}
	taken := t.relations[name] != nil || slices.ContainsFunc(t.model.Fields, func(f *model.Field) bool { return f.Column == name })
	if taken {
		return fault.New(fault.ErrInvalid, t.name, name, "Relate gives a relation the name "+strconv.Quote(name)+", which another relation or a column has")
	}
	of := target.model.Type
	into := reflect.PointerTo(of)
	if many {
		into = reflect.SliceOf(of)
	}
	var fields []reflect.StructField
	for i, f := range local {
		fields = append(fields, reflect.StructField{Name: "K" + strconv.Itoa(i), Type: f.Base})
	}
	typ := reflect.StructOf(append(fields, reflect.StructField{Name: "R", Type: into}))
	holder := &model.Model{Name: t.name, Type: typ, Slice: reflect.SliceOf(typ)}
	x := &relatedTo{name: name, target: target, many: many, local: local}
	for i, f := range local {
		c := *f
		c.Type, c.Nulls, c.Nullable = f.Base, model.NotNull, false
		if f.Nulls == model.Inside {
			c.Nulls = model.Inside
		}
		c.MoveTo(typ.Field(i).Offset)
		x.keys = append(x.keys, &c)
	}
	holder.Fields, holder.Key = x.keys, x.keys
	x.relation = &model.Relation{Model: holder, Name: name, Type: into, Offset: typ.Field(len(local)).Offset, Many: many, Pointers: !many, Target: target.model, Local: x.keys, Remote: remote}
	b.out.engine.Bind(holder, b.source)
	t.relations[name] = x
	return nil
}
