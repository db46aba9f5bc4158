package dialect

import (
	"math"
	"strings"
)

// Arg marks the place of an argument until Number writes the dialect's placeholders. No SQL text that
// reaches the library may hold it: NUL is refused in identifiers and in constant text.
const Arg = "\x00"

// Pattern says which part of the column a LIKE argument must match.
type Pattern uint8

// The patterns. Raw takes % and _ from the argument, with \ as the escape.
const (
	Contains Pattern = iota
	StartsWith
	EndsWith
	Raw
)

// Nulls places NULL in an order.
type Nulls uint8

// NullsLargest is the library's rule on every source: last when ascending, first when descending.
const (
	NullsLargest Nulls = iota
	NullsFirst
	NullsLast
)

// Lock is a row lock.
type Lock uint8

// The row locks.
const (
	NoLock Lock = iota
	ForUpdate
	ForShare
)

// Wait says what a lock does with rows that others hold.
type Wait uint8

// The ways to wait.
const (
	Block Wait = iota
	SkipLocked
	NoWait
)

// Bulk is the way many rows are inserted by one statement.
type Bulk uint8

// The ways of a bulk insert.
const (
	RowValues Bulk = iota // VALUES (…), (…)
	Unnest                // one array per column
)

// Limits are the hard bounds of a dialect.
type Limits struct {
	Params    int // arguments of one statement
	Rows      int // rows of one VALUES list
	ListItems int // elements of one list argument; longer ones are sent in chunks by includes
}

// Paging is the page of a Select: which arguments it takes and whether there is an order.
type Paging struct {
	Take, Skip bool
	Ordered    bool
}

// Upsert is what an insert does with an existing row.
type Upsert struct {
	Target    []string // quoted columns
	Living    string   // predicate of a partial unique index on them, or ""
	DoNothing bool
	Set       []string // "col" = expression
	Where     string   // what the existing row must pass, or ""
}

// Dialect makes the pieces of SQL text that differ. Every method is pure.
type Dialect interface {
	Terms

	// Name is "postgres", "sqlite" or "sqlserver".
	Name() string
	Limits() Limits

	// Quote makes an identifier of any name.
	Quote(name string) string
	// Placeholder is the placeholder of argument n, counted from 1.
	Placeholder(n int) string

	// Pattern turns text into the argument that Like wants.
	Pattern(p Pattern, text string) string
	// Like matches expr with the argument heeding case.
	Like(expr, arg string) string
	// FoldArg lowers arg by the rules that lower(expr) follows.
	FoldArg(expr, arg string) string
	// AsText makes text of an expression of another type, for Like.
	AsText(expr string) string
	// In tests expr against a list argument of type t; fold lowers both sides.
	In(expr string, t Type, negated, fold bool) string
	// Operand gives the argument that a column of type t is compared with: a day is compared as its midnight, which a time
	// of the same day is not.
	Operand(t Type) string
	// Comparable gives expr of type t so that it is compared, sorted, grouped and made distinct as t is.
	Comparable(expr string, t Type) string
	// Arithmetic gives expr of type t plus or times an argument; ok is false where it is not to be had.
	Arithmetic(a Operation, expr string, t Type) (text string, ok bool)
	// Product multiplies columns of numbers to one of type t, decimals, int64 or float64, failing where an int64 does not fit; ok is false
	// where it would be rounded.
	Product(factors []string, t Type) (text string, ok bool)
	// Tuples tests several columns against as many list arguments read in step.
	Tuples(exprs []string, types []Type) string
	// KeyRows is the SELECT that turns list arguments, read in step, into rows: KeyColumn with 1, 2 and so on holds what the
	// lists hold, KeyNumber the number of the row, of which the argument before the lists is the first. as gives the SQL type
	// of each column, "" for that of its Go type; it may be nil. ok is false where it is not to be had.
	KeyRows(types []Type, as []string) (text string, ok bool)
	// DistinctFrom is the null-safe inequality.
	DistinctFrom(a, b string) string
	// Order gives the terms that sort by expr.
	Order(expr string, desc bool, nulls Nulls, nullable bool) []string

	// Aggregate writes an aggregate of expr, a column of type t or "*": counts and sums of integers are 64-bit integers,
	// averages and sums of floats are 64-bit floats, those of decimals are exact decimals. It is "" where it is not to be had.
	Aggregate(a Aggregate, expr string, t Type) string

	// Page gives the options after SELECT or the clause at the end, never both.
	Page(p Paging) (options, suffix string)
	// TakeFirst reports whether the take argument comes before the skip argument in Page's suffix.
	TakeFirst() bool
	// Locking gives the clause at the end and the table hint; ok is false where it is not to be had.
	Locking(l Lock, w Wait) (suffix, hint string, ok bool)

	// Returning gives the clause that reads rows of the table owner back: at the end, or before VALUES or WHERE.
	Returning(owner string, columns []string, deleted bool) (output, suffix string)
	// Upsert gives the clause of an upsert; ok is false where it takes two statements.
	Upsert(u Upsert) (suffix string, ok bool)
	// Incoming names a column of the row that an upsert was to insert.
	Incoming(column string) string
	// DefaultValues is the clause of an insert that gives no column.
	DefaultValues() string
	// Bulk says how many rows are inserted at once.
	Bulk() Bulk
	// InsertBudget is the number of rows of so many columns that one statement takes.
	InsertBudget(columns int) int
	// UnnestRows is the SELECT that turns array arguments into rows, for Bulk() == Unnest.
	UnnestRows(types []Type) string

	// UpdateRows gives what follows SET, or OUTPUT, in an update of rows by values of their own. Its arguments are the
	// values, as a bulk insert has them, and then those of u.Where, which the text holds so many times.
	UpdateRows(u RowUpdate) (text string, where int)

	// InRange gives the number expr, and makes the statement fail where it does not fit into a Go field of type t.
	InRange(expr string, t Type) string

	// ColumnType is the DDL type of a column.
	ColumnType(t Type, auto bool) string
	// AutoKey reports whether ColumnType(auto) already says PRIMARY KEY.
	AutoKey() bool
	// CreateTable wraps a CREATE TABLE so that it is safe to run twice.
	CreateTable(table, body string) string
	// CreateIndex makes an index, safe to run twice. include are columns that it keeps and does not sort by, where is a predicate or "".
	CreateIndex(unique bool, name, table string, columns, include []string, where string) string
	// CreateSchema makes a schema if it is absent, or "" where there are none.
	CreateSchema(name string) string
}

// The columns of KeyRows.
const (
	KeyNumber = "n"
	KeyColumn = "k"
)

// Table joins schema and table, both quoted.
func Table(d Dialect, schema, table string) string {
	if schema == "" {
		return d.Quote(table)
	}
	return d.Quote(schema) + "." + d.Quote(table)
}

// numbered is how many placeholders of a SQLite statement carry their number. SQLite keeps those in a list, and its
// driver searches the list once for each argument: thousands of them, as a bulk insert has, cost ten times the insert.
const numbered = 100

// NumberAfter replaces each Arg by the dialect's placeholder, where so many arguments stand before the first.
func NumberAfter(d Dialect, text string, before int) string {
	return number(d, text, before, math.MaxInt)
}

// Number replaces each Arg by the dialect's placeholder. Each stands once and in order, so that a plain ? means the
// same as its number.
func Number(d Dialect, text string) string {
	if d.Name() == (SQLite{}).Name() {
		return number(d, text, 0, numbered)
	}
	return number(d, text, 0, math.MaxInt)
}

// number writes arguments behind the first so many as a plain ?.
func number(d Dialect, text string, before, most int) string {
	var b strings.Builder
	b.Grow(len(text) + 16)
	for n := before + 1; ; n++ {
		i := strings.IndexByte(text, Arg[0])
		if i < 0 {
			b.WriteString(text)
			return b.String()
		}
		b.WriteString(text[:i])
		if n > most {
			b.WriteByte('?')
		} else {
			b.WriteString(d.Placeholder(n))
		}
		text = text[i+1:]
	}
}
