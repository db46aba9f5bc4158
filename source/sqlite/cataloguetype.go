package sqlite

import (
	"strconv"
	"strings"

	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/source/catalogue"
)

// kindOf says what a column holds by its declared type: the names that people use first, then SQLite's own rules
// (https://sqlite.org/datatype3.html, section 3.1).
func kindOf(c *catalogue.Column, declared, collation string) {
	name, first, second := declaredType(declared)
	size := func(k catalogue.Kind) {
		c.Type, c.Size = k, first
	}
	switch name {
	case "bool", "boolean":
		c.Type = catalogue.Bool
	case "smallint", "int2":
		c.Type = catalogue.Int16
	case "unsigned big int", "bigint unsigned", "unsigned bigint":
		c.Type = catalogue.Uint64
	case "numeric", "decimal", "dec", "number":
		c.Type, c.Digits, c.Scale = catalogue.Decimal, first, second
	case "date":
		c.Type = catalogue.Date
	case "datetime", "timestamp", "timestamptz", "timestamp with time zone", "timestamp without time zone", "datetime2", "smalldatetime":
		c.Type = catalogue.Time
	case "time", "time without time zone":
		c.Type = catalogue.Clock
	case "uuid", "guid", "uniqueidentifier":
		c.Type = catalogue.UUID
	case "json", "jsonb":
		c.Type = catalogue.JSON
	case "blob", "bytea", "varbinary", "binary":
		size(catalogue.Bytes)
	case "":
		c.Type = catalogue.Other
	default:
		switch {
		case strings.Contains(name, "int"):
			c.Type = catalogue.Int64
		case strings.Contains(name, "char"), strings.Contains(name, "clob"), strings.Contains(name, "text"):
			size(catalogue.Text)
		case strings.Contains(name, "blob"):
			size(catalogue.Bytes)
		case strings.Contains(name, "real"), strings.Contains(name, "floa"), strings.Contains(name, "doub"):
			c.Type = catalogue.Float64
		default:
			c.Type = catalogue.Other
		}
	}
	if c.Type == catalogue.Text && strings.EqualFold(collation, dialect.DecimalCollation) { // as orm.CreateTables declares them
		c.Type = catalogue.Decimal
	}
}

// declaredType takes VARCHAR(40) apart.
func declaredType(declared string) (name string, first, second int) {
	name, inside, sized := strings.Cut(declared, "(")
	if inside, after, closed := strings.Cut(inside, ")"); sized && closed {
		a, b, _ := strings.Cut(inside, ",")
		first, second = count(a), count(b)
		name += " " + after
	}
	return strings.Join(strings.Fields(strings.ToLower(name)), " "), first, second
}

// count reads a size, 0 where it is none.
func count(s string) int {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	if err != nil || n < 0 {
		return 0
	}
	return n
}
