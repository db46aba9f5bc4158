package dialect

import (
	"strconv"
	"strings"
)

// Postgres is the dialect of PostgreSQL 13 and later.
type Postgres struct {
	base
	// ByTable gives texts and times in bulk the types that the columns have, whatever the model says of them. It costs the
	// server some work for each row.
	ByTable bool
}

// Name is "postgres".
func (Postgres) Name() string { return "postgres" }

// Limits gives the budgets: the protocol counts parameters in 16 bits; lists are one array argument.
func (Postgres) Limits() Limits { return Limits{Params: 65535, Rows: 10_000, ListItems: 50_000} }

// Placeholder is $n.
func (Postgres) Placeholder(n int) string { return "$" + strconv.Itoa(n) }

// Pattern escapes with \.
func (Postgres) Pattern(p Pattern, text string) string { return escapeLike(p, text) }

// Like heeds case.
func (Postgres) Like(expr, arg string) string { return expr + " LIKE " + arg + ` ESCAPE '\'` }

// In is = ANY over one array argument.
func (d Postgres) In(expr string, t Type, negated, fold bool) string {
	list := Arg
	if t.isDate() {
		list += "::timestamp[]"
	}
	if fold { // an array again, so that an index on lower(expr) serves
		list = "ARRAY(SELECT " + d.FoldArg(expr, "orm_x") + " FROM unnest(" + Arg + "::text[]) AS orm_x)"
	}
	if negated {
		return lower(expr, fold) + " <> ALL (" + list + ")"
	}
	return lower(expr, fold) + " = ANY (" + list + ")"
}

// FoldArg gives arg the collation of expr: a column of collation "C" lowers ASCII letters only, and an
// argument alone would be lowered by the database's own rules, so that É would not equal itself. The
// planner removes the CASE, so an index on lower(expr) serves.
func (Postgres) FoldArg(expr, arg string) string {
	return "lower(CASE WHEN TRUE THEN " + arg + " ELSE " + expr + " END)"
}

// Tuples unnests the arrays in step.
func (d Postgres) Tuples(exprs []string, types []Type) string {
	return "(" + strings.Join(exprs, ", ") + ") IN (" + d.UnnestRows(types) + ")"
}

// DistinctFrom is IS DISTINCT FROM.
func (Postgres) DistinctFrom(a, b string) string { return a + " IS DISTINCT FROM " + b }

// Order says NULLS only where PostgreSQL's own rule differs.
func (Postgres) Order(expr string, desc bool, n Nulls, nullable bool) []string {
	term := expr + direction(desc)
	if nullable && n != NullsLargest {
		if nullsFirst(desc, n) {
			term += " NULLS FIRST"
		} else {
			term += " NULLS LAST"
		}
	}
	return []string{term}
}

// Page adds a lone OFFSET to what base knows.
func (d Postgres) Page(p Paging) (options, suffix string) {
	if p.Skip && !p.Take {
		return "", "OFFSET " + Arg
	}
	return d.base.Page(p)
}

// Locking is FOR UPDATE or FOR SHARE.
func (Postgres) Locking(l Lock, w Wait) (suffix, hint string, ok bool) {
	switch l {
	case ForUpdate:
		suffix = "FOR UPDATE"
	case ForShare:
		suffix = "FOR SHARE"
	default:
		return "", "", true
	}
	switch w {
	case SkipLocked:
		suffix += " SKIP LOCKED"
	case NoWait:
		suffix += " NOWAIT"
	}
	return suffix, "", true
}

// Bulk is one array per column.
func (Postgres) Bulk() Bulk { return Unnest }

// InsertBudget is bounded by memory only: a column is one argument.
func (Postgres) InsertBudget(int) int { return 10_000 }

// UnnestRows reads the arrays in step and keeps their order.
func (d Postgres) UnnestRows(types []Type) string {
	var cols, args strings.Builder
	for i, t := range types {
		if i > 0 {
			cols.WriteString(", ")
			args.WriteString(", ")
		}
		c := "c" + strconv.Itoa(i+1)
		if t.Kind == Array { // unnest would flatten nested arrays, so they travel as text
			cols.WriteString("u." + c + "::" + d.castType(t))
			args.WriteString(Arg + "::text[]")
			continue
		}
		cols.WriteString("u." + c)
		args.WriteString(Arg + "::" + d.castType(t) + "[]")
	}
	names := make([]string, len(types))
	for i := range types {
		names[i] = "c" + strconv.Itoa(i+1)
	}
	return "SELECT " + cols.String() + " FROM unnest(" + args.String() + ") WITH ORDINALITY AS u(" + strings.Join(names, ", ") + ", ord) ORDER BY u.ord"
}

// castType is the type of an array's elements that leaves fitting to the column: a cast to varchar(5)
// cuts text off in silence where an assignment refuses it.
func (d Postgres) castType(t Type) string {
	if t.Kind == Array && t.Elem != nil && t.Name == "" {
		return d.castType(*t.Elem) + "[]"
	}
	return castable(d.ColumnType(t, false))
}

// castable takes off what a column's type may say and a cast must not: size, constraints, serial.
func castable(ddl string) string {
	name := lowerASCII(ddl)
	for _, word := range []string{" collate ", " default ", " not null", " null", " check", " generated ", " primary ", " unique", " references "} {
		if i := strings.Index(name, word); i >= 0 {
			ddl, name = ddl[:i], name[:i]
		}
	}
	dims := ""
	for strings.HasSuffix(ddl, "[]") {
		ddl, dims = ddl[:len(ddl)-2], dims+"[]"
	}
	if i := strings.IndexByte(ddl, '('); i >= 0 {
		if j := strings.IndexByte(ddl[i:], ')'); j >= 0 && !strings.Contains(ddl[:i], `"`) {
			ddl = strings.TrimSpace(ddl[:i]) + ddl[i+j+1:]
		}
	}
	switch lowerASCII(ddl) {
	case "char", "character":
		ddl = "bpchar"
	case "bit":
		ddl = "varbit"
	case "smallserial", "serial2":
		ddl = "smallint"
	case "serial", "serial4":
		ddl = "integer"
	case "bigserial", "serial8":
		ddl = "bigint"
	}
	return ddl + dims
}

// ColumnType gives the type of a column: text is compared byte by byte (COLLATE "C"), as the other sources do.
func (d Postgres) ColumnType(t Type, auto bool) string {
	if t.Name != "" {
		return t.Name
	}
	switch t.Kind {
	case Bool:
		return "boolean"
	case Int, Uint:
		s := "bigint"
		switch {
		case t.Kind == Uint && t.Bits >= 64:
			if !auto {
				return "numeric(20)"
			}
		case t.Bits <= 16 && t.Kind == Int || t.Bits <= 8:
			s = "smallint"
		case t.Bits <= 32 && t.Kind == Int || t.Bits <= 16:
			s = "integer"
		}
		if auto {
			s += " GENERATED BY DEFAULT AS IDENTITY"
		}
		return s
	case Float:
		if t.Bits == 32 {
			return "real"
		}
		return "double precision"
	case Bytes:
		return "bytea"
	case Time:
		return "timestamptz"
	case UUID:
		if auto {
			return "uuid DEFAULT gen_random_uuid()"
		}
		return "uuid"
	case JSON:
		return "jsonb"
	case Array:
		if t.Elem != nil {
			return d.castType(*t.Elem) + "[]"
		}
	case Text:
		switch t.GoType {
		case "netip.Addr", "netip.Prefix", "net.IP":
			return "inet"
		}
	case Scanner:
		return "numeric"
	}
	if t.Size > 0 {
		return "varchar(" + strconv.Itoa(t.Size) + `) COLLATE "C"`
	}
	return `text COLLATE "C"`
}

// AutoKey is false: the key is a table constraint.
func (Postgres) AutoKey() bool { return false }

// CreateSchema is CREATE SCHEMA IF NOT EXISTS.
func (d Postgres) CreateSchema(name string) string {
	return "CREATE SCHEMA IF NOT EXISTS " + d.Quote(name)
}

// Inserted tells the row that an upsert inserted, which no transaction has locked, from the one that it changed.
func (Postgres) Inserted() string { return "CASE WHEN xmax = 0 THEN 1 ELSE 0 END::bigint" }
