package migrate

import (
	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/ddl"
	"github.com/multi-orm/orm/internal/schemafit"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source/catalogue"
)

// suits says why a field is not to be kept in a column that is there, "" where it is; and whether the wanted type takes every value
// that the column may hold. What db.Check would only advise is a change where that loses nothing.
func suits(c *ddl.Column, l *catalogue.Column, d dialect.Dialect) (why string, wider bool) {
	f := *c.Field
	f.Enum = nil // listed values are compared by themselves
	m := schemafit.Suits(&f, l, d.Name())
	wider = d.Name() != (dialect.SQLite{}).Name() && l.Domain == "" && l.EnumType == "" && widens(&f, l)
	if m.Advice && !wider {
		return "", false
	}
	return m.Why, wider
}

// widens reports whether the type that a field wants holds all that a column may hold, and more.
func widens(f *model.Field, l *catalogue.Column) bool {
	bits := map[catalogue.Kind]int{catalogue.Uint8: 9, catalogue.Int16: 16, catalogue.Int32: 32, catalogue.Int64: 64}[l.Type]
	switch {
	case f.DBType != "" && f.Decimal == nil:
		return false // a type given by hand says nothing of its width here
	case bits > 0 && f.Kind == model.Int:
		return f.Bits > bits
	case bits > 0 && f.Kind == model.Float:
		return f.Bits == 64 && bits <= 32
	case l.Type == catalogue.Float32 && f.Kind == model.Float:
		return f.Bits == 64
	case l.Type == catalogue.Text && f.Kind == model.String && f.Decimal == nil:
		return l.Size > 0 && (f.Size == 0 || f.Size > l.Size)
	case l.Type == catalogue.Decimal && f.Decimal != nil && l.Digits > 0:
		return f.Decimal.Precision == 0 || f.Decimal.Scale >= l.Scale && f.Decimal.Precision-f.Decimal.Scale >= l.Digits-l.Scale
	}
	return false
}
