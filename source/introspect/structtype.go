package introspect

import (
	"strconv"
	"strings"

	"github.com/multi-orm/orm/source/catalogue"
)

// class says which columns can be compared with each other, as relations do.
type class uint8

const (
	noClass class = iota // documents and lists
	boolean
	whole
	float
	text
	decimal
	binary
	moment
	uuid
)

// goType is the Go type of a column without its pointer, and the words that its type needs in the tag.
type goType struct {
	name  string
	class class
	words []string
}

// nilable reports whether the Go type itself holds NULL.
func (g goType) nilable() bool { return strings.HasPrefix(g.name, "[]") || g.name == "json.RawMessage" }

func (f *file) sqlite() bool { return f.schema.Dialect == "sqlite" }

// typeOf chooses the Go type of a column.
func (f *file) typeOf(c *Column) goType {
	g := f.plainType(c)
	if c.Domain != "" && c.Type != catalogue.Other {
		g.words = []string{"type=" + c.DBType}
	}
	return g
}

func (f *file) plainType(c *Column) goType {
	if f.schema.Dialect == "sqlserver" {
		return f.sqlServerType(c)
	}
	typed := "type=" + shortType(c.DBType)
	switch c.Type {
	case catalogue.Bool:
		return goType{"bool", boolean, nil}
	case catalogue.Int16, catalogue.Int32, catalogue.Int64, catalogue.Uint8:
		return goType{string(c.Type), whole, nil}
	case catalogue.Uint32, catalogue.Uint64:
		return goType{string(c.Type), whole, []string{typed}}
	case catalogue.Float32, catalogue.Float64:
		return goType{string(c.Type), float, nil}
	case catalogue.Decimal:
		switch {
		case f.sqlite() && c.Collation != "":
			return goType{"string", decimal, []string{"type=numeric"}}
		case f.sqlite(): // it keeps floating-point numbers in such columns
			return goType{"float64", float, []string{typed}}
		}
		return goType{"string", decimal, []string{typed}}
	case catalogue.Text:
		return f.textType(c, typed)
	case catalogue.Bytes:
		return goType{"[]byte", binary, sized(c)}
	case catalogue.Time:
		f.use("time")
		if f.sqlite() || c.DBType == "timestamp with time zone" {
			return goType{"time.Time", moment, nil}
		}
		return goType{"time.Time", moment, []string{typed}}
	case catalogue.Date:
		if f.sqlite() {
			return goType{"string", text, []string{"type=date"}}
		}
		f.use("time")
		return goType{"time.Time", moment, []string{typed}}
	case catalogue.UUID:
		return goType{"[16]byte", uuid, nil}
	case catalogue.JSON:
		f.use("encoding/json")
		if f.sqlite() || c.DBType == "jsonb" {
			return goType{"json.RawMessage", noClass, nil}
		}
		return goType{"json.RawMessage", noClass, []string{typed}}
	case catalogue.Array:
		return f.arrayType(c, typed)
	}
	if c.DBType == "" {
		return goType{"string", text, nil}
	}
	return goType{"string", text, []string{typed}}
}

func (f *file) textType(c *Column, typed string) goType {
	g := goType{"string", text, nil}
	if e := f.enums[enumKey(c)]; e != nil && c.EnumType != "" {
		g.name = e.name
		g.words = append(g.words, "type="+c.DBType)
		return g
	}
	switch name := shortType(c.DBType); {
	case f.sqlite():
		g.words = sized(c)
	case name == "text":
	case strings.HasPrefix(name, "varchar("):
		g.words = sized(c)
	default:
		g.words = []string{typed}
	}
	return g
}

func sized(c *Column) []string {
	if c.Size == 0 {
		return nil
	}
	return []string{"size=" + strconv.Itoa(c.Size)}
}

// arrayType leaves the type out where it is what the elements' Go type makes of it.
func (f *file) arrayType(c *Column, typed string) goType {
	elem := Column{Type: c.Elem, DBType: strings.TrimSuffix(c.DBType, "[]"), EnumType: c.EnumType, Enum: c.Enum}
	if c.Elem == catalogue.JSON || c.Elem == catalogue.Array {
		return goType{"[]string", noClass, []string{typed}}
	}
	g := f.plainType(&elem)
	if len(g.words) > 0 || shortType(elem.DBType) == "varchar" {
		return goType{"[]" + g.name, noClass, []string{typed}}
	}
	return goType{"[]" + g.name, noClass, nil}
}

// shortType writes the longer names of PostgreSQL's types as people do.
func shortType(t string) string {
	for _, r := range [][2]string{{"character varying", "varchar"}, {"timestamp", "timestamp"}, {"time", "time"}} {
		rest, ok := strings.CutPrefix(t, r[0])
		if !ok || rest != "" && !strings.ContainsAny(rest[:1], " ([") {
			continue
		}
		if before, after, zoned := strings.Cut(rest, " without time zone"); zoned {
			rest = before + after
		}
		name := r[1]
		if before, after, zoned := strings.Cut(rest, " with time zone"); zoned {
			name, rest = name+"tz", before+after
		}
		return name + rest
	}
	return t
}
