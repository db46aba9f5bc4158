package dialect

import (
	"strconv"
	"strings"
)

// SQLite is the dialect of SQLite 3.41 and later.
type SQLite struct {
	base

	Foreign *ForeignTimes // nil for none
}

// Name is "sqlite".
func (SQLite) Name() string { return "sqlite" }

// Limits gives the budgets: SQLITE_MAX_VARIABLE_NUMBER is 32,766 by default.
func (SQLite) Limits() Limits { return Limits{Params: 32766, Rows: 1000, ListItems: 50_000} }

// Placeholder is ?n, so that an argument's number can be read in a log.
func (SQLite) Placeholder(n int) string { return "?" + strconv.Itoa(n) }

// Pattern is a GLOB pattern: SQLite's LIKE ignores the case of ASCII letters.
func (SQLite) Pattern(p Pattern, text string) string { return globPattern(p, text) }

// Like is GLOB.
func (SQLite) Like(expr, arg string) string { return expr + " GLOB " + arg }

// In reads the list as JSON, so that any length has one shape.
func (SQLite) In(expr string, t Type, negated, fold bool) string {
	op := " IN "
	if negated {
		op = " NOT IN "
	}
	return lower(expr, fold) + op + "(SELECT " + lower(sqliteListItem("value", t), fold) + " FROM json_each(" + Arg + "))"
}

// Tuples joins the lists by position.
func (SQLite) Tuples(exprs []string, types []Type) string {
	var cols, from strings.Builder
	for i, t := range types {
		j := "j" + strconv.Itoa(i)
		if i > 0 {
			cols.WriteString(", ")
			from.WriteString(" JOIN ")
		}
		cols.WriteString(sqliteListItem(j+".value", t))
		from.WriteString("json_each(" + Arg + ") AS " + j)
		if i > 0 {
			from.WriteString(" ON " + j + ".key = j0.key")
		}
	}
	return "(" + strings.Join(exprs, ", ") + ") IN (SELECT " + cols.String() + " FROM " + from.String() + ")"
}

// DistinctFrom is IS NOT.
func (SQLite) DistinctFrom(a, b string) string { return a + " IS NOT " + b }

// Order moves NULL, which SQLite sorts as the smallest value.
func (SQLite) Order(expr string, desc bool, n Nulls, nullable bool) []string {
	term := expr + direction(desc)
	if nullable {
		if nullsFirst(desc, n) {
			term += " NULLS FIRST"
		} else {
			term += " NULLS LAST"
		}
	}
	return []string{term}
}

// Page adds a lone OFFSET, which SQLite allows only after LIMIT.
func (d SQLite) Page(p Paging) (options, suffix string) {
	if p.Skip && !p.Take {
		return "", "LIMIT -1 OFFSET " + Arg
	}
	return d.base.Page(p)
}

// Locking says nothing: a transaction that writes keeps every other writer of the whole database out. So no row is held that could
// be left out, and nothing can be told at once.
func (SQLite) Locking(l Lock, w Wait) (suffix, hint string, ok bool) {
	return "", "", l == NoLock || w == Block
}

// Upsert must not be mistaken for a join's ON; the insert is always VALUES, so nothing is added.
func (d SQLite) Upsert(u Upsert) (string, bool) { return d.base.Upsert(u) }

// Returning says whose the columns are: where double quotes may stand for text, SQLite would take the name of a column that
// is not there for the text.
func (d SQLite) Returning(owner string, columns []string, deleted bool) (output, suffix string) {
	qualified := make([]string, len(columns))
	for i, c := range columns {
		qualified[i] = owner + "." + c
	}
	return d.base.Returning(owner, qualified, deleted)
}

// Bulk is a VALUES list.
func (SQLite) Bulk() Bulk { return RowValues }

// InsertBudget is bounded by the parameters of a statement.
func (SQLite) InsertBudget(columns int) int {
	return min(1000, 32766/max(1, columns))
}

// UnnestRows is not used.
func (SQLite) UnnestRows([]Type) string { return "" }

// sqliteUUID makes a version 4 UUID in the form that arguments have.
const sqliteUUID = "(lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' || " +
	"substr('89AB', 1 + (abs(random()) % 4), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))))"

// ColumnType uses SQLite's storage classes; times are text that sorts.
func (SQLite) ColumnType(t Type, auto bool) string {
	if t.Decimal {
		return sqliteDecimalType + afterType(t.Name)
	}
	if t.Name != "" {
		return t.Name
	}
	switch t.Kind {
	case UUID:
		if auto {
			return "TEXT DEFAULT " + sqliteUUID
		}
	case Bool, Int, Uint:
		if auto {
			return "INTEGER PRIMARY KEY AUTOINCREMENT"
		}
		return "INTEGER"
	case Float:
		return "REAL"
	case Bytes:
		return "BLOB"
	}
	return "TEXT"
}

// AutoKey is true: only INTEGER PRIMARY KEY makes its own numbers.
func (SQLite) AutoKey() bool { return true }

// CreateIndex names the schema with the index, not with the table. SQLite's indexes hold the columns that they sort by and no others.
func (SQLite) CreateIndex(unique bool, name, table string, columns, _ []string, where string) string {
	for i := 1; i < len(table); i++ {
		if table[i] != '"' {
			continue
		}
		if i++; i < len(table) && table[i] == '.' { // a quote within a name is doubled
			name, table = table[:i+1]+name, table[i+1:]
			break
		}
	}
	return createIndex("IF NOT EXISTS ", unique, name, table, columns, nil, where)
}

// CreateSchema is "": an attached database is the caller's affair.
func (SQLite) CreateSchema(string) string { return "" }
