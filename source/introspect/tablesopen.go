package introspect

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/multi-orm/orm/internal/engine"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// opener makes Tables.
type opener struct {
	file    // for the types of columns
	options *options
	session *engine.Session
	source  source.Source
	whole   *Schema
	of      map[*Table]*table
	out     *tables
}

func (b *opener) build() error {
	if err := b.said(); err != nil {
		return err
	}
	x := engine.Extension{Source: b.source}
	for i := range b.schema.Tables {
		t := &b.schema.Tables[i]
		out, err := b.table(t)
		if errors.Is(err, fault.ErrUnsupported) { // the others are of use without it
			out, err = &table{name: t.FullName(), err: err}, nil
		}
		if err != nil {
			return err
		}
		b.of[t] = out
		if !out.mapped && out.err == nil {
			x.Models = append(x.Models, out.model)
		}
		name := t.FullName()
		b.out.known = append(b.out.known, name)
		b.out.names[name] = out
	}
	for t, out := range b.of { // a second name, where it is nobody's first
		if full := b.schema.Default + "." + t.Name; t.Schema == "" && b.out.names[full] == nil {
			b.out.names[full] = out
		}
	}
	if err := b.globals(&x); err != nil {
		return err
	}
	ties, err := b.ties()
	if err != nil {
		return err
	}
	for _, k := range ties {
		x.References = append(x.References, engine.ForeignKey{From: k.from, To: k.to})
	}
	if b.out.engine, err = b.session.Engine.Extended(x); err != nil {
		return err
	}
	b.out.session = b.session
	return b.relate(ties)
}

// said refuses roles and keys that name what is not there.
func (b *opener) said() error {
	for _, r := range b.o.roles {
		if !slices.ContainsFunc(b.schema.Tables, func(t Table) bool { return t.Column(r.column) != nil }) {
			return invalid("", "no table has a column "+strconv.Quote(r.column)+" for the word "+r.word)
		}
	}
	for name, columns := range b.o.keys {
		at := slices.IndexFunc(b.schema.Tables, func(t Table) bool { return t.FullName() == name })
		if at < 0 {
			return invalid(name, "Key names a table that is not there")
		}
		for _, c := range columns {
			if b.schema.Tables[at].Column(c) == nil {
				return invalid(name, "Key names a column that is not there: "+strconv.Quote(c))
			}
		}
	}
	return nil
}

// globals finds the tables that Global names.
func (b *opener) globals(x *engine.Extension) error {
	for _, name := range b.options.global {
		t := b.out.names[name]
		switch {
		case t == nil:
			return invalid(name, "Global names a table that is not there")
		case t.err != nil:
			return t.err
		case t.mapped:
			return invalid(name, "Global names a table that a model maps: say rls.Global of the model")
		case t.model.Tenant != nil:
			return invalid(name, "the table has a tenant column and is declared global: it cannot be both")
		}
		x.Global = append(x.Global, t.model)
	}
	if !b.session.Registry().Tenanted() {
		return nil
	}
	var silent []string
	for _, m := range x.Models {
		if m.Tenant == nil && !slices.Contains(x.Global, m) {
			silent = append(silent, m.Name)
		}
	}
	if len(silent) > 0 {
		return invalid(silent[0], "rls.Tenant is registered, and nothing says whose the rows are of "+strings.Join(silent, ", ")+
			": name the tenant's column by introspect.Tenant, or the tables by introspect.Global, or leave them out by introspect.Only")
	}
	return nil
}

// registered finds the model that maps a table. Names in another letter case count where no table has the very name, since
// not every database heeds it.
func (b *opener) registered(t *Table) *model.Model {
	schemas := []string{t.Schema}
	if t.Schema == "" {
		schemas = append(schemas, b.schema.Default)
	}
	for _, schema := range schemas {
		if m := b.session.ModelAt(b.source, schema, t.Name); m != nil {
			return m
		}
	}
	same := func(schema string) bool {
		return slices.ContainsFunc(schemas, func(s string) bool { return strings.EqualFold(s, schema) })
	}
	for _, m := range b.session.ModelsOf(b.source) {
		if !strings.EqualFold(m.Table, t.Name) || !same(m.Schema) {
			continue
		}
		exact := slices.ContainsFunc(b.whole.Tables, func(o Table) bool {
			return o.Name == m.Table && (o.Schema == m.Schema || o.Schema == "" && m.Schema == b.whole.Default)
		})
		if !exact {
			return m
		}
	}
	return nil
}

// table makes what records know of a table.
func (b *opener) table(t *Table) (*table, error) {
	out := &table{name: t.FullName(), relations: map[string]*relatedTo{}, required: map[*model.Field]bool{}}
	if m := b.registered(t); m != nil {
		out.model, out.mapped = m, true
	} else if err := b.made(t, out); err != nil {
		return nil, err
	}
	for i := range t.Columns {
		c := &t.Columns[i]
		at := slices.IndexFunc(out.model.Fields, func(f *model.Field) bool {
			return f.Column == c.Name || out.mapped && strings.EqualFold(f.Column, c.Name) && t.Column(f.Column) == nil
		})
		if at < 0 { // of a model that leaves it out
			continue
		}
		f := out.model.Fields[at]
		if f.Hidden {
			continue
		}
		out.columns = append(out.columns, f)
	}
	for _, f := range out.model.Fields {
		out.required[f] = !f.Nullable && !f.Auto && f.Default == model.NoFill && f.Update == model.NoFill && f != out.model.Version && !f.ReadOnly && !f.UpdateOnly
	}
	if len(out.columns) == 0 {
		return nil, fault.New(fault.ErrUnsupported, out.name, "", "the table has no column that records could show: leave it out by Only")
	}
	return out, nil
}
