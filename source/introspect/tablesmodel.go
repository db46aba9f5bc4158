package introspect

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source/catalogue"
)

// goTypeNamed gives the type of a column by the name that Structs writes.
func goTypeNamed(name string) reflect.Type {
	switch name {
	case "bool":
		return reflect.TypeFor[bool]()
	case "int16":
		return reflect.TypeFor[int16]()
	case "int32":
		return reflect.TypeFor[int32]()
	case "int64":
		return reflect.TypeFor[int64]()
	case "uint8":
		return reflect.TypeFor[uint8]()
	case "uint32":
		return reflect.TypeFor[uint32]()
	case "uint64":
		return reflect.TypeFor[uint64]()
	case "float32":
		return reflect.TypeFor[float32]()
	case "float64":
		return reflect.TypeFor[float64]()
	case "[]byte":
		return reflect.TypeFor[[]byte]()
	case "time.Time":
		return reflect.TypeFor[time.Time]()
	case "[16]byte":
		return reflect.TypeFor[[16]byte]()
	case "json.RawMessage":
		return reflect.TypeFor[json.RawMessage]()
	}
	if elem, list := strings.CutPrefix(name, "[]"); list {
		e := goTypeNamed(elem)
		if e.Kind() != reflect.Slice {
			e = reflect.PointerTo(e) // an element may be NULL
		}
		return reflect.SliceOf(e)
	}
	return reflect.TypeFor[string]()
}

// key gives the columns that tell rows apart, or why nothing can be written.
func (b *opener) key(t *Table) (columns []string, why string) {
	if t.View {
		why = "it is a " + string(t.Kind) + ", which is read only"
	}
	switch said := b.o.keys[t.FullName()]; {
	case said != nil:
		columns = said
	case len(t.Key.Columns) > 0:
		columns = t.Key.Columns
	default:
		for i := range t.Uniques {
			x := &t.Uniques[i]
			set := x.Columns()
			if !x.Deferrable && !slices.ContainsFunc(set, func(c string) bool { col := t.Column(c); return col == nil || col.Nullable }) {
				columns = set
				break
			}
		}
	}
	if why == "" && len(columns) == 0 {
		why = "it has no primary key, so it is read only: introspect.Key says which columns tell its rows apart"
	}
	for _, name := range columns {
		c := t.Column(name)
		if c.Generated != "" || !sortable(c) {
			return nil, "its key has a column that is generated, or whose type has no order, so it is read only"
		}
	}
	return columns, why
}

// sortable reports whether the database sorts values of the column.
func sortable(c *Column) bool {
	switch c.DBType {
	case "ntext", "image", "xml": // of SQL Server, as its text is
		return false
	}
	return c.Type != catalogue.JSON && c.Type != catalogue.Array && c.Type != catalogue.Other
}

// made makes a model of a table that none maps: the one that Structs would write, but for columns that the database fills. These
// are left to it where a record gives no value.
func (b *opener) made(t *Table, out *table) error {
	key, why := b.key(t)
	out.readOnly = why
	spec := model.Made{Name: t.FullName(), Source: b.source.Name(), Schema: t.Schema, Table: t.Name}
	for i := range t.Columns {
		c := &t.Columns[i]
		primary := slices.Contains(key, c.Name) && !(t.View && c.Nullable)
		g := b.typeOf(c)
		if c.Type == catalogue.Array && c.Depth > 1 { // no Go type is one, but its text is
			g.name = "string"
		}
		typ := goTypeNamed(g.name)
		var words []string
		for _, w := range g.words {
			if fits(w) {
				words = append(words, w)
			}
		}
		role, err := b.role(t, c, g, primary)
		if err != nil {
			return err
		}
		filled := c.Generated != "" || c.Identity != "" || c.Default != ""
		switch {
		case primary:
			words = append(words, "id")
			if c.Identity != "" || c.Default != "" {
				words = append(words, "auto")
			}
		case c.Generated != "":
			words = append(words, "generated")
		case filled && role == "":
			words = append(words, "auto")
		}
		if role != "" {
			words = append(words, role)
		}
		version := role == "version"
		if !primary && !g.nilable() && !version && (c.Nullable || t.View || filled && role == "") {
			typ = reflect.PointerTo(typ)
		}
		spec.Columns = append(spec.Columns, model.MadeColumn{Name: c.Name, Type: typ, Words: words, NotNull: !c.Nullable && !t.View && typ.Kind() == reflect.Pointer})
		if len(key) == 0 && sortable(c) || t.View && slices.Contains(key, c.Name) {
			spec.Order = append(spec.Order, c.Name)
		}
	}
	var err error
	out.model, err = model.OfTable(spec)
	return err
}

// role is the word that the options give a column.
func (b *opener) role(t *Table, c *Column, g goType, primary bool) (string, error) {
	word := ""
	for _, r := range b.o.roles {
		if !b.live.Same(r.column, c.Name) {
			continue
		}
		ok := g.class != noClass && c.Generated == "" && word == ""
		switch r.word {
		case "softdelete":
			ok = ok && g.class == moment && c.Nullable && !primary
		case "version":
			ok = ok && g.class == whole && !c.Nullable && !primary
		case "update=now":
			ok = ok && g.class == moment && !primary
		}
		if !ok {
			return "", invalid(t.FullName(), "the column "+c.Name+" is a "+c.DBType+" that cannot have the word "+r.word)
		}
		word = r.word
	}
	return word, nil
}
