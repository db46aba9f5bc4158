package introspect

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/multi-orm/orm/internal/naming"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source/catalogue"
)

// columns makes the fields of a struct.
func (f *file) columns(m *structOf) error {
	t := m.table
	f.identify(m)
	m.names.Take("TableName")
	plain := map[string]bool{}
	for i := range t.Columns {
		plain[naming.Go(naming.Words(t.Columns[i].Name)...)] = true
	}
	for i := range t.Columns {
		c := &t.Columns[i]
		if why := unfit(m, c); why != "" {
			f.note(t, c.Name, why)
			if slices.Contains(m.key, c.Name) {
				m.keyed = false
				f.note(t, "", "so has no key that a model could have: this struct is for orm.Raw")
			} else if !c.Nullable && c.Default == "" && c.Identity == "" && c.Generated == "" && !t.View {
				f.note(t, c.Name, "and must be given: rows cannot be created through the model")
			}
			continue
		}
		x := &fieldOf{column: c, name: fieldName(m, c, plain)}
		m.fields = append(m.fields, x)
		f.shape(m, x)
	}
	if err := f.roles(m); err != nil {
		return err
	}
	if m.keyed {
		f.indexes(m)
		f.place(m)
	}
	return nil
}

// unfit says why a column does not go into a tag, "" where it does.
func unfit(m *structOf, c *Column) string {
	const no = "cannot be a field: "
	switch {
	case c.Name == "-":
		return no + "the word skips one"
	case strings.ContainsAny(c.Name, ",="):
		return no + "its name holds a comma or an equals sign, which part the words of a tag"
	case c.Name != strings.TrimSpace(c.Name):
		return no + "its name begins or ends with a space"
	case len(c.Name) > 128 || !utf8.ValidString(c.Name) || strings.ContainsFunc(c.Name, unicode.IsControl):
		return no + "its name is too long or holds a control character"
	case c.Type == catalogue.Array && c.Depth > 1:
		return no + "a list of several dimensions has no Go type here"
	case c.Name == "id" && !slices.Contains(m.key, "id") && m.keyed && (c.Nullable || c.Type == catalogue.Array || c.Type == catalogue.JSON):
		return no + "a column that is called id is a key, and this one may be NULL"
	case slices.Contains(m.key, c.Name) && (c.Generated != "" || c.Type == catalogue.Array || c.Type == catalogue.JSON):
		return no + "a key is neither generated nor a list nor a document"
	}
	return ""
}

// fieldName names a field. What the type's name says already is left out of the commonest ones: Order.OrderID is ID.
func fieldName(m *structOf, c *Column, plain map[string]bool) string {
	words := naming.Words(c.Name)
	full := naming.Go(words...)
	own := naming.Words(m.name)
	if len(words) == len(own)+1 && slices.Equal(words[:len(own)], own) {
		switch short := words[len(own)]; short {
		case "id", "uuid", "name", "code", "number", "description", "title", "type", "status", "date":
			if name := naming.Go(short); !plain[name] {
				return m.names.Take(name, full)
			}
		}
	}
	return m.names.Take(full)
}

// shape settles the type of a field and the words of its tag.
func (f *file) shape(m *structOf, x *fieldOf) {
	c := x.column
	g := f.typeOf(c)
	var words []string
	for _, w := range g.words {
		if fits(w) {
			words = append(words, w)
		} else {
			f.note(m.table, c.Name, "is of a type whose name does not fit a tag: "+c.DBType)
		}
	}
	if e := f.enum(m.table, c); e != nil && c.Type == catalogue.Text {
		g.name = e.name
		if listable(c.Enum) {
			words = append(words, "enum="+strings.Join(c.Enum, "|"))
		} else {
			f.note(m.table, c.Name, "holds values that the word enum= cannot list: the database alone checks them")
		}
	}
	primary := m.keyed && (slices.Contains(m.key, c.Name) || c.Name == "id")
	x.base, x.typ, x.class = g.name, g.name, g.class
	x.null = c.Nullable && !primary
	if x.null && !g.nilable() {
		x.typ = "*" + g.name
	}
	x.words = append(f.made(m, x, primary), words...)
	switch {
	case c.Type == catalogue.Other && c.DBType == "":
		f.note(m.table, c.Name, "declares no type, so that it may hold any value: what is written through the model is text")
	case f.sqlite() && c.Type == catalogue.Decimal && g.name == "float64":
		x.aside = "SQLite keeps it as a floating-point number"
	}
}

// made says who makes the value: the source, or the library where the zero value cannot be meant.
func (f *file) made(m *structOf, x *fieldOf, primary bool) (words []string) {
	c := x.column
	if primary {
		words = append(words, "id")
	}
	if c.Name == "id" && primary { // the name says so already
		words = nil
	}
	expression := strings.ToLower(c.Default)
	switch {
	case c.Generated != "":
		return append(words, "generated")
	case c.Identity != "":
		if c.Identity == catalogue.IdentityAlways {
			x.aside = "always made by the database, which refuses one that is given"
		}
		if x.class == whole {
			return append(words, "auto")
		}
	case c.Default == "":
	case primary && strings.Contains(expression, "("):
		return append(words, "auto")
	case x.null:
		x.aside = "default " + c.Default
	case x.class == moment && isNow(expression):
		return append(words, "default=now")
	case x.class == uuid && (strings.Contains(expression, "uuid") || strings.HasPrefix(expression, "newid(") || strings.HasPrefix(expression, "newsequentialid(")):
		return append(words, "default=uuid")
	case len(c.Enum) > 0 && listable(c.Enum):
		if v, ok := literal(c.Default); ok && slices.Contains(c.Enum, v) {
			return append(words, "default="+v)
		}
		x.aside = "default " + c.Default
	case !zero(c.Default):
		x.aside = "default " + c.Default
	}
	return words
}

func isNow(expression string) bool {
	expression = strings.Trim(expression, "()")
	for _, now := range []string{"now", "current_timestamp", "current_date", "localtimestamp", "transaction_timestamp", "statement_timestamp", "clock_timestamp",
		"sysutcdatetime", "getutcdate", "sysdatetime", "getdate", "sysdatetimeoffset"} {
		if rest, ok := strings.CutPrefix(expression, now); ok && (rest == "" || strings.HasPrefix(rest, "(")) {
			return true
		}
	}
	return strings.HasPrefix(expression, "datetime('now'") && !strings.Contains(expression, "local")
}

// literal reads a default that is a text, with or without PostgreSQL's cast or the N of SQL Server.
func literal(expression string) (string, bool) {
	rest, ok := strings.CutPrefix(strings.TrimPrefix(expression, "N"), "'")
	if !ok {
		return "", false
	}
	value, cast, closed := strings.Cut(rest, "'")
	return value, closed && (cast == "" || strings.HasPrefix(cast, "::"))
}

// zero reports whether a default is the zero value of its Go type.
func zero(expression string) bool {
	if v, ok := literal(expression); ok {
		return v == ""
	}
	switch strings.ToLower(strings.Trim(expression, "()")) {
	case "0", "0.0", "0.00", "false":
		return true
	}
	return false
}

// fits reports whether a word goes into a tag as it is.
func fits(word string) bool {
	depth := 0
	for _, r := range word {
		switch {
		case r == '(':
			depth++
		case r == ')':
			depth--
		case r == ',' && depth == 0, unicode.IsControl(r):
			return false
		}
	}
	return depth == 0 && word == strings.TrimSpace(word) && utf8.ValidString(word)
}

// roles gives columns the words that the options say.
func (f *file) roles(m *structOf) error {
	for _, r := range f.o.roles {
		x := m.field(r.column)
		if x == nil || !m.keyed {
			continue
		}
		ok := x.class != noClass
		switch r.word {
		case "softdelete":
			ok = x.class == moment && x.null
		case "version":
			ok = x.class == whole && !x.null
		case "update=now":
			ok = x.class == moment
		}
		if !ok {
			return invalid(m.table.FullName(), "the column "+r.column+" is a "+x.column.DBType+" that cannot have the word "+r.word)
		}
		if slices.Contains(x.words, "generated") {
			return invalid(m.table.FullName(), "the column "+r.column+" is generated and cannot have the word "+r.word)
		}
		x.words = append(x.words, r.word)
	}
	return nil
}

// place says where the rows are, on the first field of the key.
func (f *file) place(m *structOf) {
	t := m.table
	x := m.field(m.key[0])
	if x == nil {
		return
	}
	for _, first := range m.fields {
		if slices.Contains(m.key, first.column.Name) {
			x = first
			break
		}
	}
	if f.o.datasource != "" {
		x.words = append(x.words, "datasource="+f.o.datasource)
	}
	if t.Schema != "" {
		if w := "schema=" + t.Schema; plainWord(w) {
			x.words = append(x.words, w)
		} else {
			f.note(t, "", "is in a schema whose name does not fit a tag")
		}
	}
	if model.DefaultTable(m.name) == t.Name {
		return
	}
	if w := "table=" + t.Name; plainWord(w) {
		x.words = append(x.words, w)
	} else {
		m.method = true
	}
}

// plainWord reports whether a word without parentheses of meaning goes into a tag as it is.
func plainWord(w string) bool { return !strings.Contains(w, ",") && w == strings.TrimSpace(w) }
