package dialect

import (
	"strconv"
	"strings"
)

// Batches is a dialect whose inserts may take several statements, which are sent as one text with "; " between them and give
// their rows one after the other.
type Batches interface {
	// Held is the hint of a table that keeps what was looked for, and was not there, away from others until the end of the
	// transaction.
	Held() string
	// Sorts reports whether an insert of many rows that gives them back may say in which order their numbers are made.
	Sorts() bool
}

// Sorts is true unless the server was found to take no such statement.
func (d SQLServer) Sorts() bool { return !d.Unsorted }

// Loads is a dialect whose databases load many rows in a way of their own, where nothing is given back.
type Loads interface {
	// LoadBudget is the number of rows of one load. A source that cannot load them after all inserts them by as many statements as
	// InsertBudget makes of them: more than that belong into a transaction.
	LoadBudget() int
}

// LoadBudget bounds the memory of a load.
func (SQLServer) LoadBudget() int { return 10_000 }

// Held locks the rows that are found and the gaps where none is.
func (SQLServer) Held() string { return "WITH (UPDLOCK, SERIALIZABLE)" }

// Identity gives the statements before and after an insert that gives numbers to a column whose numbers the database makes. They ask
// first whether the table has such a column: a caller's own table may number its rows in another way.
func (SQLServer) Identity(table string) (before, after string) {
	there := "IF EXISTS (SELECT 1 FROM sys.identity_columns WHERE object_id = OBJECT_ID(N'" + strings.ReplaceAll(table, "'", "''") + "')) SET IDENTITY_INSERT " + table
	return there + " ON", there + " OFF"
}

// Inserted is what the part of an upsert says that inserts; the one that changes says 0.
func (SQLServer) Inserted() string { return "1" }

// Keeps is a dialect whose writes may have to put the rows that they give back into a table of their own first.
type Keeps interface {
	// Kept gives what follows the columns of Returning, and the statements before and after the write; columns are quoted.
	// ok is false where the rows are given back at once.
	Kept(columns []string, types []Type) (into, before, after string, ok bool)
}

// Kept is a table variable that numbers its rows, since an order is promised to none.
func (d SQLServer) Kept(columns []string, types []Type) (into, before, after string, ok bool) {
	if !d.Keep {
		return "", "", "", false
	}
	names := make([]string, len(columns))
	var table strings.Builder
	table.WriteString("DECLARE @orm_out TABLE ([orm_n] int IDENTITY(1,1)")
	for i, t := range types {
		names[i] = "[c" + strconv.Itoa(i+1) + "]"
		table.WriteString(", " + names[i] + " " + d.kept(t))
	}
	list := strings.Join(names, ", ")
	return "INTO @orm_out (" + list + ")", table.String() + ")", "SELECT " + list + " FROM @orm_out ORDER BY [orm_n]", true
}

// kept is the type of a column that only holds values: what a model's own type says beyond that is left out.
func (d SQLServer) kept(t Type) string {
	typ := bare(d.ColumnType(t, false))
	if name := lowerASCII(typ); name == "rowversion" || name == "timestamp" { // a table makes its own
		return "binary(8)"
	}
	return typ
}
