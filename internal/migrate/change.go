// Package migrate works out what brings the live schema of a database to the tables that models want: steps with the SQL that takes
// them and takes them back. It is pure: it reads what package source/catalogue holds and package internal/ddl wants, and runs nothing.
package migrate

import (
	"cmp"
	"slices"
	"strings"

	"github.com/multi-orm/orm/internal/ddl"
	"github.com/multi-orm/orm/source/catalogue"
)

// Kind is what a change does.
type Kind string

// The kinds of changes.
const (
	CreateSchema  Kind = "create schema"
	CreateTable   Kind = "create table"
	AddColumn     Kind = "add column"
	DropNotNull   Kind = "drop not null"
	AlterType     Kind = "alter type"
	AddValues     Kind = "add values"  // of a column whose values are listed, by a check or by its type
	SetDefault    Kind = "set default" // of a column whose value the database is to make
	FillColumn    Kind = "fill column"
	SetNotNull    Kind = "set not null"
	AddIndex      Kind = "add index"
	AddUnique     Kind = "add unique"
	ReplaceIndex  Kind = "replace index"
	Validate      Kind = "validate"
	AddCheck      Kind = "add check"
	AddForeignKey Kind = "add foreign key"
	TakeValues    Kind = "take values" // away from a column whose values are listed
	DropIndex     Kind = "drop index"
	DropColumn    Kind = "drop column"
	DropTable     Kind = "drop table"
	RebuildTable  Kind = "rebuild table" // of SQLite: several of the others at once
)

// Change is one step.
type Change struct {
	Table  string `json:"table"` // with its schema where that is not the default one
	Column string `json:"column,omitempty"`
	Kind   Kind   `json:"kind"`

	Up   []string `json:"up"`             // statements, without semicolons behind them
	Down []string `json:"down,omitempty"` // what takes it back; empty where nothing can

	// Destructive is a step that loses data, or that rows which are there may refuse: a narrowing or a drop.
	Destructive bool `json:"destructive,omitempty"`
	// Alone is a step that does not run inside a transaction, or brings its own.
	Alone bool   `json:"alone,omitempty"`
	Why   string `json:"why"` // and what is to know of it

	order int
	of    *edit           // nil where it is of a whole table
	key   *ddl.ForeignKey // that it adds
}

// Note is what a plan does not do, and what to do about it.
type Note struct {
	Table  string `json:"table"`
	Column string `json:"column,omitempty"`
	Text   string `json:"text"`
}

// String is one line.
func (n Note) String() string {
	at := n.Table
	if n.Column != "" {
		at += "." + n.Column
	}
	return at + ": " + n.Text
}

// Options change what is planned.
type Options struct {
	Concurrently bool // indexes of tables that are there are made while others write
	NotValid     bool // constraints are added first and looked into afterwards

	ForeignKeysOn bool // on the connection of SQLite that runs the steps

	DropColumns, DropIndexes, DropTables bool // that no model maps

	// Elsewhere are the names of the tables that other sources' models want, which are not dropped.
	Elsewhere []string

	Fills map[string]string // "table.column": an expression for rows that have no value
}

// phase is the order of kinds.
func phase(k Kind) int {
	return slices.Index([]Kind{CreateSchema, CreateTable, AddColumn, DropNotNull, AlterType, AddValues, RebuildTable, SetDefault, FillColumn, SetNotNull, ReplaceIndex, AddIndex, AddUnique,
		AddForeignKey, AddCheck, TakeValues, Validate, DropIndex, DropColumn, DropTable}, k)
}

// phase is that of the kind, but that a column which is made of others comes when these have their types and values.
func (c *Change) phase() int {
	if c.of != nil && c.of.derived() {
		return 2*phase(SetNotNull) + 1
	}
	return 2 * phase(c.Kind)
}

// sortChanges brings changes into the order in which they run: what only adds first.
func sortChanges(list []Change) {
	slices.SortStableFunc(list, func(a, b Change) int {
		if a.Destructive != b.Destructive {
			if b.Destructive {
				return -1
			}
			return 1
		}
		return cmp.Or(a.phase()-b.phase(), a.order-b.order)
	})
}

// edit is a change before it has words of a dialect.
type edit struct {
	kind        Kind
	on          *pair
	column      *ddl.Column
	was         *catalogue.Column
	index       *ddl.Index
	wasIndex    *catalogue.Index
	check       *catalogue.Check // that lists values
	foreign     *ddl.ForeignKey
	wasForeign  *catalogue.ForeignKey
	values      []string
	before      []string  // the values that a step before this one leaves; nil where check says them
	nullable    bool      // of a column that is added
	fill        string    // an expression
	becomes     Kind      // SetNotNull or DropNotNull beside AlterType, where one statement says both; "" for neither
	released    *released // with a column that is dropped
	destructive bool
	why         string
}

func (e *edit) change(up, down []string) Change {
	c := Change{Table: e.on.name(), Kind: e.kind, Up: up, Down: down, Destructive: e.destructive, Why: e.why}
	c.Column = e.columnName()
	c.of, c.key = e, e.foreign
	return c
}

// columnName is the name that the change has for its column, "" where it is of none.
func (e *edit) columnName() string {
	switch {
	case e.column != nil:
		return e.column.Name
	case e.was != nil:
		return e.was.Name
	}
	return ""
}

func one(text ...string) []string { return text }

func list(words []string) string { return strings.Join(words, ", ") }
