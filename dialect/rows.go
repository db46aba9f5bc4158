package dialect

import (
	"strconv"
	"strings"
)

// RowUpdate is an update of many rows, each by values of its own.
type RowUpdate struct {
	Table, Owner string   // quoted; Owner is what qualifies the table's columns
	Values       string   // quoted: the name of the rows of values
	Columns      []string // quoted: the names of their columns, none of which the table has
	Order        string   // quoted: one more such name, for the position of the row
	Types        []Type   // of Columns
	Named        []string // the columns of the table that Columns are for, not quoted
	Rows         int
	Match        string // which row of the table meets which values, without arguments
	Where        string // what each row must pass too, "" for nothing
	Spread       bool   // the rows may be on several machines, none of which can lock those of the others
}

func (u RowUpdate) condition() string {
	if u.Where == "" {
		return u.Match
	}
	return u.Match + " AND " + u.Where
}

// tuples writes (…), (…) with an argument for every value.
func (u RowUpdate) tuples() string {
	row := "(" + strings.TrimSuffix(strings.Repeat(Arg+", ", len(u.Columns)), ", ") + ")"
	return strings.TrimSuffix(strings.Repeat(row+", ", u.Rows), ", ")
}

// UpdateRows locks the rows in the order of the values before one of them is changed, so that two such statements
// wait for each other; the rows that are locked are those that the conditions pass. Rows on several machines are not locked
// beforehand: Citus refuses to.
func (d Postgres) UpdateRows(u RowUpdate) (text string, where int) {
	args, cols := make([]string, len(u.Columns)), make([]string, len(u.Columns))
	for i, t := range u.Types {
		typ := d.castType(t)
		cols[i] = u.Values + "." + u.Columns[i]
		if args[i] = Arg + "::" + typ + "[]"; t.Kind == Array { // unnest would flatten nested arrays, so they travel as text
			args[i] = Arg + "::text[]"
			cols[i] += "::" + typ + " AS " + u.Columns[i]
		}
	}
	names := strings.Join(u.Columns, ", ")
	rows := "unnest(" + strings.Join(args, ", ") + ") WITH ORDINALITY AS " + u.Values + "(" + names + ", " + u.Order + ")"
	if d.ByTable {
		rows = "(" + d.typed(u.Table, u.Named, u.Types, u.Columns, u.Order, true) + ") AS " + u.Values
		for i := range cols {
			cols[i] = u.Values + "." + u.Columns[i]
		}
	}
	if u.Spread {
		return "FROM (SELECT " + strings.Join(cols, ", ") + " FROM " + rows + ") AS " + u.Values + " WHERE " + u.condition(), 1
	}
	inner := strings.TrimSuffix(" AND "+u.Where, " AND ")
	return "FROM (SELECT " + strings.Join(cols, ", ") + " FROM " + rows + " JOIN " + u.Table +
		" ON " + u.Match + inner + " ORDER BY " + u.Values + "." + u.Order + " FOR NO KEY UPDATE OF " + u.Owner + ") AS " + u.Values + " WHERE " + u.condition(), 2
}

// UpdateRows joins a VALUES list, whose columns have names of SQLite's own.
func (SQLite) UpdateRows(u RowUpdate) (text string, where int) {
	cols := make([]string, len(u.Columns))
	for i, c := range u.Columns {
		cols[i] = "column" + strconv.Itoa(i+1) + " AS " + c
	}
	return "FROM (SELECT " + strings.Join(cols, ", ") + " FROM (VALUES " + u.tuples() + ")) AS " + u.Values + " WHERE " + u.condition(), 1
}

// UpdateRows joins a VALUES list. The table itself is not named a second time.
func (SQLServer) UpdateRows(u RowUpdate) (text string, where int) {
	return "FROM (VALUES " + u.tuples() + ") AS " + u.Values + "(" + strings.Join(u.Columns, ", ") + ") WHERE " + u.condition(), 1
}
