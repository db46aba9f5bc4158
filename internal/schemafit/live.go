package schemafit

import (
	"slices"
	"strings"

	"github.com/multi-orm/orm/internal/sqltokens"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source/catalogue"
)

// Live finds what models name in a catalogue, as the database itself would find it.
type Live struct {
	Schema *catalogue.Schema
	tables map[[2]string]*catalogue.Table // by schema and name, folded
}

// NewLive readies a catalogue for look-ups.
func NewLive(s *catalogue.Schema) *Live {
	l := &Live{Schema: s, tables: map[[2]string]*catalogue.Table{}}
	for i := range s.Tables {
		t := &s.Tables[i]
		l.tables[[2]string{l.Fold(t.Schema), l.Fold(t.Name)}] = t
	}
	for i := range s.Tables { // a part has the columns and keys of the whole
		t := &s.Tables[i]
		for _, part := range t.Partitions {
			schema, name := "", part
			if before, after, dotted := strings.Cut(part, "."); dotted && l.tables[[2]string{"", l.Fold(part)}] == nil {
				schema, name = before, after
			}
			for _, key := range [][2]string{{l.Fold(schema), l.Fold(name)}, {"", l.Fold(part)}} {
				if l.tables[key] == nil {
					l.tables[key] = t
				}
			}
		}
	}
	return l
}

// maxName is how many bytes of a name PostgreSQL keeps. It cuts what is longer, wherever it reads one.
const maxName = 63

// Fold brings names that the database takes for one to one spelling.
func (l *Live) Fold(name string) string {
	switch l.Schema.Dialect {
	case "postgres":
		if len(name) > maxName {
			return strings.ToValidUTF8(name[:maxName], "")
		}
		return name
	case "sqlite":
		return sqltokens.Fold(name)
	}
	return strings.ToLower(name) // SQL Server, by its usual collations
}

// Same compares names as the database does.
func (l *Live) Same(a, b string) bool { return l.Fold(a) == l.Fold(b) }

// Table finds a table by the names that a tag gives, nil where it is not there. Without a schema it is looked for in those
// that the database searches.
func (l *Live) Table(schema, name string) *catalogue.Table {
	find := func(schema string) *catalogue.Table {
		if l.Same(schema, l.Schema.Default) {
			schema = ""
		}
		return l.tables[[2]string{l.Fold(schema), l.Fold(name)}]
	}
	if schema != "" {
		return find(schema)
	}
	for _, s := range append([]string{""}, l.Schema.Path...) {
		if t := find(s); t != nil {
			return t
		}
	}
	return nil
}

// Untold reports whether the catalogue leaves a table out that may be there all the same: those of the system, and of
// extensions.
func (l *Live) Untold(schema, name string) bool {
	full := catalogue.FullName(schema, name)
	if schema == l.Schema.Default {
		full = name
	}
	if slices.Contains(l.Schema.Extensions, full) {
		return true
	}
	switch l.Schema.Dialect {
	case "postgres":
		return strings.HasPrefix(schema, "pg_") || schema == "information_schema" || schema == "" && strings.HasPrefix(name, "pg_")
	case "sqlite":
		return l.Same(schema, "temp") || strings.HasPrefix(l.Fold(name), "sqlite_")
	}
	return l.Same(schema, "sys") || l.Same(schema, "information_schema")
}

// Column finds a column, nil where it is not there.
func (l *Live) Column(t *catalogue.Table, name string) *catalogue.Column {
	for i := range t.Columns {
		if l.Same(t.Columns[i].Name, name) {
			return &t.Columns[i]
		}
	}
	return nil
}

// Defaulted reports whether the database gives a column a value where a statement gives none, NULL aside.
func (l *Live) Defaulted(c *catalogue.Column) bool {
	if c.Default != "" || c.Identity != "" || c.Generated != "" {
		return true
	}
	if c.Domain != "" {
		for i := range l.Schema.Domains {
			if d := &l.Schema.Domains[i]; d.Default != "" && catalogue.FullName(d.Schema, d.Name) == c.Domain {
				return true
			}
		}
	}
	return false
}

// sameSet compares columns whatever their order.
func (l *Live) sameSet(a, b []string) bool {
	return len(a) == len(b) && len(a) > 0 && l.within(a, b)
}

// within reports whether all of a are in b.
func (l *Live) within(a, b []string) bool {
	return !slices.ContainsFunc(a, func(x string) bool { return !l.has(b, x) })
}

func (l *Live) has(list []string, name string) bool {
	return slices.ContainsFunc(list, func(x string) bool { return l.Same(x, name) })
}

func columnsOf(fs []*model.Field) []string {
	out := make([]string, len(fs))
	for i, f := range fs {
		out[i] = f.Column
	}
	return out
}
