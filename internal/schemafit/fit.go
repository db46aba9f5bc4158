package schemafit

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
	"github.com/multi-orm/orm/source/catalogue"
)

// Compare holds the models of one source against its catalogue. Findings come in the order of the models and their fields,
// advice among them. Relations that lead to a model which is not in models are in another source, and are passed over.
func Compare(models []*model.Model, s *catalogue.Schema) []source.Finding {
	c := comparison{Live: NewLive(s), here: map[*model.Model]*catalogue.Table{}, first: map[*catalogue.Table]*model.Model{}, told: map[string]bool{}}
	for _, m := range models {
		c.here[m] = c.Table(m.Schema, m.Table)
		if t := c.here[m]; t != nil && c.Same(t.Name, m.Table) && c.first[t] == nil { // not the part of another
			c.first[t] = m
		}
	}
	for _, m := range models {
		c.model(m)
	}
	return c.found
}

type comparison struct {
	*Live
	here  map[*model.Model]*catalogue.Table // of the source; nil where the table is not there
	first map[*catalogue.Table]*model.Model // that maps the table
	told  map[string]bool                   // pairs of columns that have been told to have no foreign key
	found []source.Finding
	m     *model.Model
	t     *catalogue.Table
}

// add adds a finding; name is that of a field or relation, "" for the model.
func (c *comparison) add(name string, m Misfit) {
	if m.Why != "" {
		c.found = append(c.found, source.Finding{Source: c.Schema.Source, Model: c.m.Name, Field: name, Detail: m.Why, Advice: m.Advice})
	}
}

func (c *comparison) fault(name, format string, args ...any)  { c.add(name, fault(format, args...)) }
func (c *comparison) advise(name, format string, args ...any) { c.add(name, advice(format, args...)) }

func (c *comparison) model(m *model.Model) {
	c.m, c.t = m, c.here[m]
	full := catalogue.FullName(m.Schema, m.Table)
	switch {
	case c.t == nil && c.Untold(m.Schema, m.Table):
		c.advise("", "the table %s is the system's or an extension's, which the catalogue leaves out: it was not compared", full)
		return
	case c.t == nil:
		c.fault("", "the table %s does not exist%s%s", full, c.unseen(), c.nearTable(m))
		return
	case len(c.t.Columns) == 0 && c.t.View:
		c.fault("", "the view %s reads what is not there", full)
		return
	}
	if first := c.first[c.t]; first != nil && first != m && c.Same(c.t.Name, m.Table) && catalogue.FullName(first.Schema, first.Table) != full {
		c.fault("", "the table %s is that of the model %s too, under another spelling: say it in the same letters", c.t.FullName(), first.Name)
	}
	for _, f := range m.Fields {
		c.field(f)
	}
	c.lacking()
	if c.t.Kind != catalogue.BaseTable { // whose keys are the developer's word, and whose rows lie elsewhere
		return
	}
	c.key()
	c.uniques()
	c.indexes()
	c.scopes()
	for _, r := range m.Relations {
		c.relation(r)
	}
}

// unseen is what a table that is missing may be too. SQLite has no roles.
func (c *comparison) unseen() string {
	if c.Schema.Dialect == "sqlite" {
		return ""
	}
	return ", or the role cannot see it"
}

func (c *comparison) nearTable(m *model.Model) string {
	names := make([]string, len(c.Schema.Tables))
	for i := range c.Schema.Tables {
		names[i] = c.Schema.Tables[i].FullName()
	}
	return near(catalogue.FullName(m.Schema, m.Table), names)
}

func near(name string, names []string) string {
	if n := model.Nearest(name, names); n != "" {
		return " (did you mean " + strconv.Quote(n) + "?)"
	}
	return ""
}

// field compares a stored field with its column.
func (c *comparison) field(f *model.Field) {
	col := c.Column(c.t, f.Column)
	if col == nil {
		names := make([]string, len(c.t.Columns))
		for i := range c.t.Columns {
			names[i] = c.t.Columns[i].Name
		}
		c.fault(f.Name, "the table %s has no column %q%s", c.t.FullName(), f.Column, near(f.Column, names))
		return
	}
	c.null(f, col)
	c.made(f, col)
	if m := Suits(f, col, c.Schema.Dialect); m.Why != "" && !(m.Advice && c.t.View) { // advice is about what is written
		m.Why = c.t.FullName() + "." + col.Name + ": " + m.Why
		c.add(f.Name, m)
	}
}

// null compares whether there may be no value. No view says that, and SQLite's generated columns seldom do.
func (c *comparison) null(f *model.Field, col *catalogue.Column) {
	switch {
	case c.t.View || c.t.Kind == catalogue.VirtualTable:
	case col.Nullable && !f.Nullable && !(col.Generated != "" && c.Schema.Dialect == "sqlite"):
		c.fault(f.Name, "the column %s.%s may be NULL and the field cannot: use a pointer or sql.Null, or declare it NOT NULL", c.t.FullName(), col.Name)
	case !col.Nullable && f.Nullable && (f.Nulls == model.Pointer || f.Nulls == model.SQLNull) && !f.Auto && f.Default == model.NoFill && f.Update == model.NoFill:
		c.advise(f.Name, "the column %s.%s is NOT NULL and the field may be NULL: such a row is refused", c.t.FullName(), col.Name)
	}
}

// made compares who makes the value.
func (c *comparison) made(f *model.Field, col *catalogue.Column) {
	name := c.t.FullName() + "." + col.Name
	number := f.Kind == model.Int || f.Kind == model.Uint || f.Kind == model.UUID
	switch {
	case c.t.View || c.t.Kind == catalogue.VirtualTable:
	case col.Generated != "" && !f.Generated:
		c.fault(f.Name, "the column %s is generated, and a value that a statement gives is refused: say generated", name)
	case col.Generated != "":
	case f.Generated && !col.Nullable && !c.Defaulted(col):
		c.creating(f.Name, fault("the tag says generated and nothing makes the value of the column %s: rows cannot be created", name))
	case f.Generated && col.Identity == "":
		c.advise(f.Name, "the tag says generated and the column %s is not: only a trigger could make its values at every write", name)
	case f.Generated:
	case col.Identity == catalogue.IdentityAlways && !f.Auto:
		c.fault(f.Name, "the column %s is an identity that the database always makes, and a value that a statement gives is refused: say auto", name)
	case f.Default == model.FillDatabase && !c.Defaulted(col) && !col.Nullable:
		c.creating(f.Name, fault("the tag says dbdefault and the column %s has no default: rows cannot be created without a value", name))
	case f.Default == model.FillDatabase && !c.Defaulted(col):
		c.advise(f.Name, "the tag says dbdefault and the column %s has no default: a row without a value gets NULL", name)
	case f.Auto && !c.Defaulted(col) && number && !col.Nullable:
		c.creating(f.Name, fault("the tag says auto and the column %s has no default and is no identity: rows cannot be created", name))
	case f.Auto && !c.Defaulted(col):
		c.advise(f.Name, "the tag says auto and the column %s has no default: only a trigger could make its values", name)
	case col.Identity == catalogue.IdentityByDefault && !f.Auto && f.Primary && c.Schema.Dialect != "sqlite" && len(c.m.Key) == 1:
		c.advise(f.Name, "the database numbers the column %s and the tag does not say auto: the zero value is written as it is", name)
	}
}

// lacking finds columns that a new row must give and the model has not.
func (c *comparison) lacking() {
	if c.t.View || c.t.Kind == catalogue.VirtualTable {
		return
	}
	known := columnsOf(c.m.Fields)
	for i := range c.t.Columns {
		col := &c.t.Columns[i]
		if !col.Nullable && !c.Defaulted(col) && !c.has(known, col.Name) {
			m := fault("the column %s.%s (%s) is NOT NULL without a default and the model has no field for it: rows cannot be created", c.t.FullName(), col.Name, is(col))
			m.Advice = !nameable(col.Name) || c.mapped(col.Name) // the model is as good as it can be, or is one beside that which creates the rows
			c.creating("", m)
		}
	}
}

// mapped reports whether another model of the table has the column.
func (c *comparison) mapped(column string) bool {
	for m, t := range c.here {
		if m != c.m && t == c.t && c.has(columnsOf(m.Fields), column) {
			return true
		}
	}
	return false
}

// creating adds what keeps rows from being created: nothing to a model that only reads, and advice where a trigger may fill the column.
func (c *comparison) creating(name string, m Misfit) {
	switch {
	case readOnly(c.m):
		return
	case len(c.t.Filling) > 0:
		m.Why += ", unless the trigger " + strings.Join(c.t.Filling, " or ") + " fills it"
		m.Advice = true
	}
	c.add(name, m)
}

// readOnly reports whether no row is created through a model: every field that is not of the key says readonly.
func readOnly(m *model.Model) bool {
	read := false
	for _, f := range m.Fields {
		if f.Primary || f.IsComputed || f.Generated {
			continue
		}
		if !f.ReadOnly {
			return false
		}
		read = true
	}
	return read
}

// nameable reports whether a tag can say the name of a column.
func nameable(name string) bool {
	return name != "-" && name == strings.TrimSpace(name) && !strings.ContainsAny(name, ",=")
}

func list(columns []string) string { return fmt.Sprintf("(%s)", strings.Join(columns, ", ")) }
