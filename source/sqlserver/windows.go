package sqlserver

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"strconv"
	"strings"

	"github.com/golang-sql/civil"
	mssql "github.com/microsoft/go-mssqldb"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/sqldb"
	"github.com/multi-orm/orm/source"
)

var _ source.Windowed = (*transaction)(nil)

// SelectWindows reads through a static cursor of the server, which sees the rows as they were when it began. The numbers are those of the
// documents of sp_cursoropen and sp_cursorfetch: STATIC, with PARAMETERIZED_STMT; READ_ONLY; NEXT.
func (t *transaction) SelectWindows(ctx context.Context, st *builder.Select, size int, rows *source.Rows, next func() error) error {
	w := sqldb.Windows{Open: openCursor,
		Fetch: "DECLARE @orm_c int = @p1, @orm_n int = @p2; EXEC sp_cursorfetch @orm_c, 2, 0, @orm_n", // procedures of the server take no bigint
		Close: "DECLARE @orm_c int = @p1; EXEC sp_cursorclose @orm_c",
	}
	return t.Windows(ctx, w, st, size, rows, next)
}

// openCursor hands text and the types of its arguments to the server as further arguments.
func openCursor(text string, args []driver.NamedValue) (string, []driver.NamedValue) {
	d := dialect.SQLServer{}
	var types, names strings.Builder
	for i := range args {
		name := d.Placeholder(i + 1)
		if i > 0 {
			types.WriteString(", ")
		}
		types.WriteString(name + " " + declared(args[i].Value))
		names.WriteString(", " + name)
	}
	n := len(args)
	options, definition := "8", ""
	if n > 0 {
		options, definition = "4104", ", "+d.Placeholder(n+2)+names.String()
	}
	out := append(args[:n:n], driver.NamedValue{Ordinal: n + 1, Value: text})
	if n > 0 {
		out = append(out, driver.NamedValue{Ordinal: n + 2, Value: types.String()})
	}
	return "DECLARE @orm_c int, @orm_s int = " + options + ", @orm_o int = 1, @orm_n int; EXEC sp_cursoropen @orm_c OUTPUT, " + d.Placeholder(n+1) +
		", @orm_s OUTPUT, @orm_o OUTPUT, @orm_n OUTPUT" + definition + "; SELECT CAST(@orm_c AS bigint)", out
}

// declared is the type as which the driver sends v.
func declared(v driver.Value) string {
	const longest = 4000 // characters of a type that has a length
	switch x := v.(type) {
	case int64, sql.NullInt64:
		return "bigint"
	case bool, sql.NullBool:
		return "bit"
	case float64, sql.NullFloat64:
		return "float"
	case []byte:
		return "varbinary(max)"
	case civil.DateTime, mssql.NullDateTime:
		return "datetime2(7)"
	case mssql.UniqueIdentifier:
		return "uniqueidentifier"
	case mssql.VarChar:
		if len(x) <= 2*longest {
			return "varchar(" + strconv.Itoa(max(1, len(x))) + ")"
		}
		return "varchar(max)"
	case string:
		if len(x) <= longest {
			return "nvarchar(" + strconv.Itoa(longest) + ")"
		}
	}
	return "nvarchar(max)"
}
