package introspect

import (
	"strings"

	"github.com/multi-orm/orm/source/catalogue"
)

// sqlServerType is plainType for SQL Server: the type is said where orm.CreateTables would declare another.
func (f *file) sqlServerType(c *Column) goType {
	typed := []string{"type=" + c.DBType}
	switch c.Type {
	case catalogue.Bool:
		return goType{"bool", boolean, nil}
	case catalogue.Int16, catalogue.Int32, catalogue.Int64, catalogue.Uint8:
		return goType{string(c.Type), whole, nil}
	case catalogue.Float32, catalogue.Float64:
		return goType{string(c.Type), float, nil}
	case catalogue.Decimal:
		return goType{"string", decimal, typed}
	case catalogue.Text:
		if strings.HasPrefix(c.DBType, "nvarchar(") {
			return goType{"string", text, sized(c)}
		}
		return goType{"string", text, typed}
	case catalogue.Bytes:
		if strings.HasPrefix(c.DBType, "varbinary(") {
			return goType{"[]byte", binary, sized(c)}
		}
		return goType{"[]byte", binary, typed}
	case catalogue.Time, catalogue.Date, catalogue.Clock: // the driver gives each as a point in time
		f.use("time")
		if c.DBType == "datetime2(6)" {
			typed = nil
		}
		return goType{"time.Time", moment, typed}
	case catalogue.UUID:
		return goType{"[16]byte", uuid, nil}
	case catalogue.JSON:
		f.use("encoding/json")
		if c.DBType == "nvarchar(max)" {
			typed = nil
		}
		return goType{"json.RawMessage", noClass, typed}
	}
	switch c.DBType {
	case "hierarchyid", "geometry", "geography": // bytes of their own
		return goType{"[]byte", noClass, typed}
	}
	if c.DBType == "" {
		typed = nil
	}
	return goType{"string", text, typed}
}
