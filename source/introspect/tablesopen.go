package introspect

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/multi-orm/orm/internal/engine"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/schemafit"
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
	live    *schemafit.Live // the whole, to be asked as the database looks names up
	of      map[*Table]*table
	out     *tables
}

func (b *opener) build() error {
	b.live = schemafit.NewLive(b.whole)
	if err := b.said(); err != nil {
		return err
	}
	if b.session.Registry().HasSettings() && b.options.schemas == nil && b.options.only == nil { // which may say by schema whose rows are whose
		b.schema.Tables = slices.DeleteFunc(slices.Clone(b.schema.Tables), func(t Table) bool { return t.Schema != "" })
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
		if other := b.out.names[name]; other != nil { // "a.b", and b of the schema a
			twice := fault.New(fault.ErrUnsupported, name, "", "two tables have this name, one of them by its schema: leave one out by Schemas")
			other.err, out.err = twice, twice
		}
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
	if err := b.unheld(&x); err != nil {
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
		if !slices.ContainsFunc(b.schema.Tables, func(t Table) bool {
			return slices.ContainsFunc(t.Columns, func(c Column) bool { return b.live.Same(r.column, c.Name) })
		}) {
			return invalid("", "no table has a column "+strconv.Quote(r.column)+" for the word "+r.word)
		}
	}
	for name, columns := range b.o.keys {
		at := slices.IndexFunc(b.schema.Tables, func(t Table) bool { return t.FullName() == name })
		if at < 0 {
			return invalid(name, "Key names a table that is not there")
		}
		if len(b.schema.Tables[at].Key.Columns) > 0 {
			return invalid(name, "the table has a primary key: Key is for those that have none")
		}
		for _, c := range columns {
			switch col := b.schema.Tables[at].Column(c); {
			case col == nil:
				return invalid(name, "Key names a column that is not there: "+strconv.Quote(c))
			case col.Nullable && !b.schema.Tables[at].View:
				return invalid(name, "Key names a column that may be NULL, which tells no rows apart: "+strconv.Quote(c))
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

// unheld refuses tables that no model maps and that have a column by which a scope keeps the rows of models apart, where nothing says so of
// theirs.
func (b *opener) unheld(x *engine.Extension) error {
	for _, m := range b.session.Models() {
		kept := slices.Clone(m.Scopes)
		if m.Owner != nil && b.session.Owned() {
			kept = append(kept, m.Owner)
		}
		for _, f := range kept {
			for _, made := range x.Models {
				at := slices.IndexFunc(made.Fields, func(g *model.Field) bool { return b.live.Same(g.Column, f.Column) })
				if at < 0 || slices.Contains(x.Global, made) || made.Owner == made.Fields[at] || slices.Contains(made.Scopes, made.Fields[at]) || made.Tenant == made.Fields[at] {
					continue
				}
				return invalid(made.Name, "the column "+strconv.Quote(made.Fields[at].Column)+" is one by which a scope keeps rows of "+m.Name+
					" apart: say introspect.Owner or introspect.Scope of it, or name the table by introspect.Global, or leave it out by introspect.Only")
			}
		}
	}
	return nil
}

// registered finds the model that maps a table: the one whose name the database would look up as this table.
func (b *opener) registered(t *Table) *model.Model {
	for _, m := range b.session.ModelsOf(b.source) {
		if found := b.live.Table(m.Schema, m.Table); found != nil && found.Schema == t.Schema && found.Name == t.Name {
			return m
		}
	}
	return nil
}

// shadowed says why a table must not be read beside a model: its rows are among those of the model's, or the model means it by another
// search path.
func (b *opener) shadowed(t *Table) error {
	for _, parent := range t.Inherits {
		for i := range b.whole.Tables {
			if p := &b.whole.Tables[i]; p.FullName() == parent {
				if m := b.registered(p); m != nil {
					return fault.New(fault.ErrUnsupported, t.FullName(), "", "its rows are among those of "+m.Name+": read them by that model, or make a model of it")
				}
			}
		}
	}
	if !b.session.Registry().HasSettings() || t.Schema == "" {
		return nil
	}
	for _, m := range b.session.ModelsOf(b.source) {
		if m.Schema == "" && b.live.Same(m.Table, t.Name) {
			return fault.New(fault.ErrUnsupported, t.FullName(), "", m.Name+" says no schema, and variables of the session may lead it to this table: read it by that model")
		}
	}
	return nil
}

// table makes what records know of a table.
func (b *opener) table(t *Table) (*table, error) {
	out := &table{name: t.FullName(), relations: map[string]*relatedTo{}, required: map[*model.Field]bool{}}
	if m := b.registered(t); m != nil {
		out.model, out.mapped = m, true
	} else if err := b.shadowed(t); err != nil {
		return nil, err
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
