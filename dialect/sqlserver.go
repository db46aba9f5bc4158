package dialect

import (
	"strconv"
	"strings"
)

// SQLServer is the dialect of SQL Server 2017 and later.
type SQLServer struct {
	// Keep lets writes give rows back by way of a table variable, as tables with triggers demand.
	Keep bool
	// Unsorted makes inserts of many rows that are given back go as a statement each, for servers that only speak the protocol.
	Unsorted bool
}

// The digits of a decimal column whose type says none: as many as there can be, and some of them behind the point.
const (
	MostDigits   = 38
	DigitsBehind = 10
	undeclared   = "decimal(38, 10)"
)

func isDecimal(name string) bool {
	name = lowerASCII(name)
	return name == "numeric" || name == "decimal" || name == "dec"
}

// Collations that compare text byte by byte, as the other sources do.
const sqlServerBinary = "Latin1_General_100_BIN2"

// Name is "sqlserver".
func (SQLServer) Name() string { return "sqlserver" }

// Limits gives the budgets: 2,100 parameters less what sp_executesql takes, 1,000 rows in VALUES.
func (SQLServer) Limits() Limits { return Limits{Params: 2098, Rows: 1000, ListItems: 20_000} }

// Quote uses brackets.
func (SQLServer) Quote(name string) string { return "[" + strings.ReplaceAll(name, "]", "]]") + "]" }

// Placeholder is @pn.
func (SQLServer) Placeholder(n int) string { return "@p" + strconv.Itoa(n) }

// Pattern heeds [ too, which opens a set of characters.
func (SQLServer) Pattern(p Pattern, text string) string { return setPattern(p, text) }

// Like heeds case whatever the column's collation.
func (SQLServer) Like(expr, arg string) string {
	return expr + " COLLATE " + sqlServerBinary + " LIKE " + arg
}

// FoldArg needs nothing: a parameter takes the collation of what it is compared with.
func (SQLServer) FoldArg(_, arg string) string { return "lower(" + arg + ")" }

// AsText is a cast.
func (SQLServer) AsText(expr string) string { return "CAST(" + expr + " AS nvarchar(4000))" }

// In reads the list as JSON with the column's type. The list of a column of single bytes is of such texts, since an index serves no wider
// ones, less those that the column cannot hold.
func (d SQLServer) In(expr string, t Type, negated, fold bool) string {
	op := " IN "
	if negated {
		op = " NOT IN "
	}
	typ, collate := d.listType(t)
	if Narrow(t.Name) && typ == "nvarchar(4000)" && !fold { // in the code page of the column, before it is cast
		short := "CAST([v]" + collate + " AS varchar(8000))"
		return expr + op + "(SELECT " + short + " FROM OPENJSON(" + Arg + ") WITH ([v] nvarchar(4000) '$') WHERE [v] IS NULL" +
			" OR CAST(" + short + " AS nvarchar(4000)) COLLATE " + sqlServerBinary + " = [v])"
	}
	return lower(expr, fold) + op + "(SELECT " + lower("[v]", fold) + collate + " FROM OPENJSON(" + Arg + ") WITH ([v] " + typ + " '$'))"
}

// Narrow reports whether a type's name is that of a text of single bytes, which are characters of a code page.
func Narrow(name string) bool {
	name = lowerASCII(strings.TrimSpace(name))
	return strings.HasPrefix(name, "varchar") || strings.HasPrefix(name, "char")
}

// listType is the type of a list's elements and the collation they are compared by: the two stand in
// different places, and without one text out of JSON conflicts with the column's. Text is wider than the
// column, since a value cut off to fit would match what it does not equal.
func (d SQLServer) listType(t Type) (typ, collate string) {
	typ = d.ColumnType(t, false)
	if i := strings.Index(lowerASCII(typ), " collate "); i >= 0 {
		typ, collate = typ[:i], typ[i:]
		if i := strings.IndexByte(collate[len(" collate "):], ' '); i >= 0 {
			collate = collate[:len(" collate ")+i]
		}
	}
	typ = bare(typ)
	switch name := lowerASCII(typ); {
	case t.isDate(): // a time of that day is not the day
		typ = "datetime2(6)"
	case name == "nvarchar(max)" || name == "varchar(max)" || name == "text" || name == "ntext" || name == "nvarchar(4000)" || Narrow(name) && t.Size > 4000 || long(name):
		typ = "nvarchar(max)"
	case Narrow(name) || strings.HasPrefix(name, "nvarchar") || strings.HasPrefix(name, "nchar") || name == "sysname":
		typ = "nvarchar(4000)"
	}
	return typ, collate
}

// long reports a type of texts of more than 4,000 characters.
func long(name string) bool {
	_, size, _ := strings.Cut(name, "(")
	n, err := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(size), ")")))
	return err == nil && n > 4000
}

// bare takes off a type what a column says beyond it.
func bare(typ string) string {
	name := lowerASCII(typ)
	for _, word := range []string{" identity", " default ", " not null", " null", " check", " primary ", " unique", " references ", " constraint ", " rowguidcol", " sparse"} {
		if i := strings.Index(name, word); i >= 0 {
			typ, name = typ[:i], name[:i]
		}
	}
	return typ
}

// Tuples joins the lists by position.
func (d SQLServer) Tuples(exprs []string, types []Type) string {
	var from, on strings.Builder
	for i, t := range types {
		j := "[orm_j" + strconv.Itoa(i) + "]"
		if i > 0 {
			from.WriteString(" JOIN ")
			on.WriteString(" AND ")
		}
		from.WriteString("OPENJSON(" + Arg + ") AS " + j)
		if i > 0 {
			from.WriteString(" ON " + j + ".[key] = [orm_j0].[key]")
		}
		typ, collate := d.listType(t)
		on.WriteString(exprs[i] + " = CAST(" + j + ".[value] AS " + typ + ")" + collate)
	}
	return "EXISTS (SELECT 1 FROM " + from.String() + " WHERE " + on.String() + ")"
}

// DistinctFrom compares as INTERSECT does, where NULL equals NULL.
func (SQLServer) DistinctFrom(a, b string) string {
	return "NOT EXISTS (SELECT " + a + " INTERSECT SELECT " + b + ")"
}

// Order moves NULL, which SQL Server sorts as the smallest value, with a term of its own.
func (SQLServer) Order(expr string, desc bool, n Nulls, nullable bool) []string {
	term := expr + direction(desc)
	if !nullable {
		return []string{term}
	}
	if nullsFirst(desc, n) {
		return []string{"CASE WHEN " + expr + " IS NULL THEN 0 ELSE 1 END", term}
	}
	return []string{"CASE WHEN " + expr + " IS NULL THEN 1 ELSE 0 END", term}
}

// Page is TOP, or OFFSET-FETCH where rows are left out. FETCH NEXT refuses 0, which TOP takes.
func (SQLServer) Page(p Paging) (options, suffix string) {
	switch {
	case !p.Take && !p.Skip:
		return "", ""
	case !p.Skip:
		return "TOP (" + Arg + ")", ""
	}
	if !p.Ordered {
		suffix = "ORDER BY (SELECT NULL) "
	}
	suffix += "OFFSET " + Arg + " ROWS"
	if p.Take {
		suffix += " FETCH NEXT " + Arg + " ROWS ONLY"
	}
	return "", suffix
}

// TakeFirst is false: OFFSET comes before FETCH.
func (SQLServer) TakeFirst() bool { return false }

// Locking is a table hint.
func (SQLServer) Locking(l Lock, w Wait) (suffix, hint string, ok bool) {
	switch l {
	case ForUpdate:
		hint = "UPDLOCK, ROWLOCK"
	case ForShare:
		hint = "REPEATABLEREAD, ROWLOCK" // HOLDLOCK would lock ranges, and forbids READPAST
	default:
		return "", "", true
	}
	switch w {
	case SkipLocked:
		hint += ", READPAST"
	case NoWait:
		hint += ", NOWAIT"
	}
	return "", "WITH (" + hint + ")", true
}

// Returning is OUTPUT.
func (SQLServer) Returning(_ string, columns []string, deleted bool) (output, suffix string) {
	if len(columns) == 0 {
		return "", ""
	}
	from := "INSERTED."
	if deleted {
		from = "DELETED."
	}
	return "OUTPUT " + from + strings.Join(columns, ", "+from), ""
}

// Upsert takes two statements in one transaction: MERGE is not safe enough.
func (SQLServer) Upsert(Upsert) (string, bool) { return "", false }

// Incoming is not used.
func (SQLServer) Incoming(column string) string { return column }

// DefaultValues inserts a row of defaults.
func (SQLServer) DefaultValues() string { return "DEFAULT VALUES" }

// Bulk is a VALUES list.
func (SQLServer) Bulk() Bulk { return RowValues }

// InsertBudget is bounded by the parameters of a statement.
func (SQLServer) InsertBudget(columns int) int {
	return min(1000, 2098/max(1, columns))
}

// UnnestRows is not used.
func (SQLServer) UnnestRows([]Type) string { return "" }

// ColumnType gives the type of a column: text has a binary collation, so that case counts.
func (SQLServer) ColumnType(t Type, auto bool) string {
	if t.Name != "" {
		if name, rest, _ := strings.Cut(t.Name, " "); isDecimal(name) { // SQL Server's own default keeps no digit behind the point
			return strings.TrimSpace(undeclared + " " + rest)
		}
		return t.Name
	}
	switch t.Kind {
	case Bool:
		return "bit"
	case Int, Uint:
		s := "bigint"
		switch {
		case t.Kind == Uint && t.Bits >= 64:
			if !auto {
				return "decimal(20)"
			}
		case t.Kind == Uint && t.Bits <= 8:
			s = "tinyint"
		case t.Bits <= 16 && t.Kind == Int || t.Bits <= 8:
			s = "smallint"
		case t.Bits <= 32 && t.Kind == Int || t.Bits <= 16:
			s = "int"
		}
		if auto {
			s += " IDENTITY(1,1)"
		}
		return s
	case Float:
		if t.Bits == 32 {
			return "real"
		}
		return "float"
	case Bytes:
		return "varbinary(max)"
	case Time:
		return "datetime2(6)"
	case UUID:
		if auto {
			return "uniqueidentifier DEFAULT NEWID()"
		}
		return "uniqueidentifier"
	case JSON, Array:
		return "nvarchar(max)"
	case Scanner:
		return undeclared
	}
	size := "max"
	switch {
	case t.Size > 0 && t.Size <= 4000:
		size = strconv.Itoa(t.Size)
	case t.Key:
		size = "450"
	}
	return "nvarchar(" + size + ") COLLATE " + sqlServerBinary
}

// AutoKey is false: the key is a table constraint.
func (SQLServer) AutoKey() bool { return false }

// CreateTable asks first whether the table is there.
func (SQLServer) CreateTable(table, body string) string {
	return "IF OBJECT_ID(N'" + strings.ReplaceAll(table, "'", "''") + "', N'U') IS NULL CREATE TABLE " + table + " (" + body + ")"
}

// CreateIndex asks first whether the index is there, and takes one that another made meanwhile for its own. Statistics of its name are none.
func (SQLServer) CreateIndex(unique bool, name, table string, columns, include []string, where string) string {
	plain := strings.ReplaceAll(strings.TrimSuffix(strings.TrimPrefix(name, "["), "]"), "]]", "]")
	absent := "NOT EXISTS (SELECT 1 FROM sys.indexes WHERE name = N'" + strings.ReplaceAll(plain, "'", "''") +
		"' AND object_id = OBJECT_ID(N'" + strings.ReplaceAll(table, "'", "''") + "'))"
	return "IF " + absent + " BEGIN TRY " + createIndex("", unique, name, table, columns, include, where) +
		" END TRY BEGIN CATCH IF ERROR_NUMBER() <> 1913 OR " + absent + " THROW END CATCH"
}

// CreateSchema asks first whether the schema is there.
func (d SQLServer) CreateSchema(name string) string {
	lit := strings.ReplaceAll(name, "'", "''")
	return "IF SCHEMA_ID(N'" + lit + "') IS NULL EXEC(N'CREATE SCHEMA " + strings.ReplaceAll(d.Quote(name), "'", "''") + "')"
}
