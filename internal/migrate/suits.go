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
	f := c.Field
	if l.Domain != "" || l.EnumType != "" {
		return true, false
	}
	switch l.Type {
	case catalogue.Int16, catalogue.Int32, catalogue.Int64:
		bits := map[catalogue.Kind]int{catalogue.Int16: 16, catalogue.Int32: 32, catalogue.Int64: 64}[l.Type]
		switch f.Kind {
		case model.Int:
			return f.Bits <= bits, true
		case model.Uint:
			return f.Bits < bits || f.Bits == 64 && d.Name() == (dialect.SQLite{}).Name(), true
		case model.Bool, model.Time: // of SQLite
			return d.Name() == (dialect.SQLite{}).Name(), false
		}
		return f.Kind == model.Scanner || d.Name() == (dialect.SQLite{}).Name() && f.Kind == model.Float, f.Kind == model.Float
	case catalogue.Float32, catalogue.Float64:
		if f.Kind == model.Float {
			return f.Bits == 32 || l.Type == catalogue.Float64, true
		}
		return f.Kind == model.Scanner || f.TimeForm != model.TimeNative, false
	case catalogue.Text:
		switch f.Kind {
		case model.String, model.Text, model.Scanner, model.JSON, model.Array, model.UUID, model.Time:
			if f.Kind != model.String && d.Name() == (dialect.Postgres{}).Name() && !strings.Contains(strings.ToLower(f.DBType), "char") {
				return f.Kind == model.Text || f.Kind == model.Scanner, false
			}
			return l.Size == 0 || f.Size == 0 || f.Size <= l.Size, true
		}
		return false, false
	case catalogue.Bool:
		return f.Kind == model.Bool, false
	case catalogue.Bytes:
		return f.Kind == model.Bytes || d.Name() == (dialect.SQLite{}).Name() && f.DBType != "", false
	case catalogue.Time, catalogue.Date, catalogue.Clock:
		return f.Kind == model.Time || f.Kind == model.String || f.Kind == model.Scanner || f.Kind == model.Text, false
	}
	return true, false
}
