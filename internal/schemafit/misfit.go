package schemafit

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source/catalogue"
)

// Misfit says why the values of a field and those of a column do not go into each other. The zero value says that they do.
type Misfit struct {
	Why    string
	Advice bool // statements work, within the bounds that Why tells
}

func fault(format string, args ...any) Misfit { return Misfit{Why: fmt.Sprintf(format, args...)} }

func advice(format string, args ...any) Misfit {
	return Misfit{Why: fmt.Sprintf(format, args...), Advice: true}
}

// Suits says whether the column holds what the field holds: kinds, sizes, digits and listed values; whether it may be NULL
// is another matter. dialect is the name of the source's dialect, as Schema.Dialect has it. What only a Go type of the
// caller's knows (a Scanner that is no decimal) suits every column.
func Suits(f *model.Field, c *catalogue.Column, dialect string) Misfit {
	if f.Kind == model.Scanner && f.Decimal == nil || f.IsComputed {
		return Misfit{}
	}
	kind := ofColumn
	if dialect == "sqlite" {
		kind = ofAffinity
	}
	if m := kind(f, c, dialect); m != (Misfit{}) {
		return m
	}
	if m := sizes(f, c, dialect); m != (Misfit{}) {
		return m
	}
	return listed(f, c)
}

// is says what a column is, for people.
func is(c *catalogue.Column) string {
	if c.DBType == "" {
		return "of no declared type"
	}
	return c.DBType
}

// goes names the type of a field.
func goes(f *model.Field) string {
	if f.Base == nil {
		return "unknown"
	}
	return f.Base.String()
}

func unfit(f *model.Field, c *catalogue.Column, hint string) Misfit {
	if hint != "" {
		hint = ": " + hint
	}
	return fault("the column is %s and the field is %s%s", is(c), goes(f), hint)
}

// sizes compares how much text or how many bytes there may be. SQLite heeds no size.
func sizes(f *model.Field, c *catalogue.Column, dialect string) Misfit {
	switch {
	case dialect == "sqlite" || f.Size == 0 || c.Size == 0 || c.Type != catalogue.Text && c.Type != catalogue.Bytes:
	case f.Size > c.Size:
		return fault("the tag says size=%d and the column keeps %d at most, as %s: longer values are refused", f.Size, c.Size, is(c))
	case f.Size < c.Size:
		return advice("the tag says size=%d and the column keeps %d, as %s", f.Size, c.Size, is(c))
	}
	return Misfit{}
}

// listed compares the values of enum= with those that the database takes.
func listed(f *model.Field, c *catalogue.Column) Misfit {
	if len(f.Enum) == 0 {
		return Misfit{}
	}
	if len(c.Enum) == 0 {
		return advice("the tag lists values and the database takes every text: add a check, as orm.CreateTables does")
	}
	if more := missing(f.Enum, c.Enum); more != nil {
		return fault("the tag's enum= has %s, which the database refuses: it takes %s", quotes(more), strings.Join(c.Enum, ", "))
	}
	if more := missing(c.Enum, f.Enum); more != nil {
		if f.ReadOnly {
			return advice("the database takes %s too, which the tag's enum= lacks", quotes(more))
		}
		return fault("the database takes %s too, which the tag's enum= lacks: a row that holds it cannot be saved", quotes(more))
	}
	return Misfit{}
}

// missing gives what is in a and not in b.
func missing(a, b []string) (out []string) {
	have := map[string]bool{}
	for _, s := range b {
		have[s] = true
	}
	for _, s := range a {
		if !have[s] {
			out = append(out, s)
		}
	}
	return out
}

func quotes(list []string) string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = strconv.Quote(s)
	}
	return strings.Join(out, ", ")
}
