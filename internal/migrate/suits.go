package migrate

import (
	"strings"

	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/ddl"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source/catalogue"
)

// suits reports whether a field may be kept in a column that is there; where not, whether the wanted type takes every value that the
// column may hold.
func suits(c *ddl.Column, l *catalogue.Column, d dialect.Dialect) (ok, wider bool) {
	switch {
	case l.Domain != "" || l.EnumType != "" || l.Type == catalogue.Other:
		return true, false
	case d.Name() == (dialect.SQLite{}).Name():
		return kept(c.Field, l), false
	}
	return typed(c.Field, l)
}

// kept is suits of SQLite, whose types say little: a column of another kind would keep values in a form that is not read back.
func kept(f *model.Field, l *catalogue.Column) bool {
	declared := strings.ToUpper(l.DBType)
	text := strings.Contains(declared, "CHAR") || strings.Contains(declared, "CLOB") || strings.Contains(declared, "TEXT")
	switch {
	case f.Decimal != nil: // SQLite would make floating-point numbers of them
		return text
	case f.Kind == model.Bool, f.Kind == model.Int, f.Kind == model.Uint, f.Kind == model.Float:
		return !text && l.Type != catalogue.Bytes
	case f.Kind == model.String, f.Kind == model.Text:
		return l.Type != catalogue.Int16 && l.Type != catalogue.Int32 && l.Type != catalogue.Int64 && l.Type != catalogue.Float64 && l.Type != catalogue.Bool
	}
	return true
}

// typed is suits of databases whose types hold.
func typed(f *model.Field, l *catalogue.Column) (ok, wider bool) {
	switch l.Type {
	case catalogue.Int16, catalogue.Int32, catalogue.Int64, catalogue.Uint8:
		bits := map[catalogue.Kind]int{catalogue.Uint8: 9, catalogue.Int16: 16, catalogue.Int32: 32, catalogue.Int64: 64}[l.Type]
		switch f.Kind {
		case model.Int:
			return f.Bits <= bits, true
		case model.Uint:
			return f.Bits < bits, true
		case model.Scanner:
			return true, false
		}
		return false, f.Kind == model.Float && f.Bits == 64 && bits <= 32
	case catalogue.Float32, catalogue.Float64:
		return f.Kind == model.Scanner || f.Kind == model.Float && (f.Bits == 32 || l.Type == catalogue.Float64), f.Kind == model.Float
	case catalogue.Decimal:
		switch f.Kind {
		case model.Bool, model.Bytes, model.Time, model.UUID, model.JSON, model.Array:
			return false, false
		}
		return true, false
	case catalogue.Text:
		switch f.Kind {
		case model.String:
			return l.Size == 0 || f.Size <= l.Size, true
		case model.Text, model.Scanner:
			return true, false
		}
		return strings.Contains(strings.ToLower(f.DBType), "char") || strings.Contains(strings.ToLower(f.DBType), "text"), false
	case catalogue.Bool:
		return f.Kind == model.Bool || f.Kind == model.Scanner, false
	case catalogue.Bytes:
		return f.Kind == model.Bytes || f.Kind == model.Scanner, false
	case catalogue.UUID:
		return f.Kind == model.UUID || f.Kind == model.String || f.Kind == model.Text || f.Kind == model.Scanner, false
	case catalogue.Time, catalogue.Date, catalogue.Clock:
		return f.Kind == model.Time || f.Kind == model.String || f.Kind == model.Text || f.Kind == model.Scanner, false
	case catalogue.JSON:
		return f.Kind == model.JSON || f.Kind == model.String || f.Kind == model.Scanner || f.Kind == model.Bytes || f.Kind == model.Array, false
	case catalogue.Array:
		return f.Kind == model.Array || f.Kind == model.Scanner || f.Kind == model.String, false
	}
	return true, false
}
