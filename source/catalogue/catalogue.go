// Package catalogue holds what a database says of its own tables, as plain data: the sources fill it (source.Catalogue),
// package source/introspect reads it for programs and builds on it. It imports nothing, so that no driver comes along.
//
// The same tables give the same data on every database as far as their types go: names, kinds, keys and actions are
// portable, while DBType, Default, Generated, expressions and definitions are the database's own words. Everything is in
// a stable order: tables by schema and name, columns as declared, the rest by name and then by columns.
package catalogue

// Schema is what one source holds.
type Schema struct {
	Source  string   `json:"source"`
	Dialect string   `json:"dialect"`           // "postgres", "sqlite", …: the name of the source's dialect
	Default string   `json:"default,omitempty"` // the schema that tables without one are in: "public", "main"
	Path    []string `json:"path,omitempty"`    // all schemas that tables without one are looked for in, in order, where they are several
	Tables  []Table  `json:"tables"`
	Enums   []Enum   `json:"enums,omitempty"`
	Domains []Domain `json:"domains,omitempty"`

	Extensions []string `json:"extensions,omitempty"` // full names of the tables and views of PostgreSQL's extensions, which are left out
}

// TableKind says what stands behind the name of a table.
type TableKind string

// The kinds of tables. All but BaseTable and ForeignTable are read only or have rules of their own.
const (
	BaseTable        TableKind = "table"
	View             TableKind = "view"
	MaterializedView TableKind = "materialized view"
	ForeignTable     TableKind = "foreign table"
	VirtualTable     TableKind = "virtual table" // of SQLite: full text and the like
)

// Table is a table or a view. A partitioned table is here once, without its partitions.
type Table struct {
	Schema  string    `json:"schema,omitempty"` // "" = the default one
	Name    string    `json:"name"`
	Kind    TableKind `json:"kind"`
	View    bool      `json:"view,omitempty"` // a view of either kind: its rows are made of others
	Comment string    `json:"comment,omitempty"`

	Columns     []Column     `json:"columns"`
	Key         Key          `json:"key,omitzero"`      // no columns where there is no primary key
	Uniques     []Index      `json:"uniques,omitempty"` // sets that no two rows share, over plain columns and all rows; not the key
	Indexes     []Index      `json:"indexes,omitempty"` // all others: partial and expression ones too, which may be unique
	ForeignKeys []ForeignKey `json:"foreign_keys,omitempty"`
	Checks      []Check      `json:"checks,omitempty"`
	Exclusions  []Check      `json:"exclusions,omitempty"` // of PostgreSQL: no two rows that satisfy it
	Holders     []Holder     `json:"holders,omitempty"`    // of PostgreSQL and SQL Server: what stands in the way of changes of single columns
	Filling     []string     `json:"filling,omitempty"`    // of PostgreSQL: the triggers that see a new row before it is kept, and may fill its columns

	Definition string   `json:"definition,omitempty"` // of a view: its query; of a virtual table: its statement
	Partition  string   `json:"partition,omitempty"`  // how it is partitioned, as "RANGE (paid_at)"
	Partitions []string `json:"partitions,omitempty"` // its direct parts, left out of Tables: "name" or "schema.name"
	Inherits   []string `json:"inherits,omitempty"`   // parents whose rows include those of this table
	Without    string   `json:"without,omitempty"`    // of SQLite: "rowid" where rows have none
	Strict     bool     `json:"strict,omitempty"`     // of SQLite: types are enforced
	Statements []string `json:"statements,omitempty"` // of tables of SQLite: what made it, then its indexes and triggers; of views, their triggers
}

// Kind is the kind of a column on every database.
type Kind string

// The kinds. Other is a type that has no portable form: its values are known by their text.
const (
	Bool    Kind = "bool"
	Int16   Kind = "int16"
	Int32   Kind = "int32"
	Int64   Kind = "int64"
	Uint8   Kind = "uint8"
	Uint32  Kind = "uint32"
	Uint64  Kind = "uint64"
	Float32 Kind = "float32"
	Float64 Kind = "float64"
	Decimal Kind = "decimal"
	Text    Kind = "text"
	Bytes   Kind = "bytes"
	Time    Kind = "time" // a point in time, to the microsecond; with or without a zone, as DBType says
	Date    Kind = "date"
	Clock   Kind = "clock" // a time of day
	UUID    Kind = "uuid"
	JSON    Kind = "json"
	Array   Kind = "array"
	Other   Kind = "other"
)

// Identity says that the database numbers the rows of a column.
type Identity string

// The ways of numbering.
const (
	NoIdentity        Identity = ""
	IdentityAlways    Identity = "always"     // a value that a statement gives is refused
	IdentityByDefault Identity = "by default" // where a statement gives none: serial and SQLite's row number too
)

// Column is a column of a table.
type Column struct {
	Name     string   `json:"name"`
	Type     Kind     `json:"type"`
	DBType   string   `json:"db_type"`             // as the database says it: "character varying(40)", "mood", "integer[]"
	Size     int      `json:"size,omitempty"`      // of text: characters at most; of bytes: bytes; 0 = no bound
	Digits   int      `json:"digits,omitempty"`    // of decimals: in all; 0 = no bound
	Scale    int      `json:"scale,omitempty"`     // of decimals: behind the point
	Elem     Kind     `json:"elem,omitempty"`      // of arrays: the kind of the elements
	Depth    int      `json:"depth,omitempty"`     // of arrays: dimensions as declared, which are not enforced
	Enum     []string `json:"enum,omitempty"`      // the only values, by its type or by a check of its own; of arrays: of the elements
	EnumType string   `json:"enum_type,omitempty"` // the full name of an Enum of the schema; "" where a check lists the values
	Domain   string   `json:"domain,omitempty"`    // the full name of a Domain of the schema, whose base type Type and Size are of

	Nullable  bool     `json:"nullable,omitempty"` // never of a column of the key
	Default   string   `json:"default,omitempty"`  // an expression
	Generated string   `json:"generated,omitempty"`
	Virtual   bool     `json:"virtual,omitempty"` // generated when read, not when written
	Identity  Identity `json:"identity,omitempty"`
	Collation string   `json:"collation,omitempty"` // where it is not the default of the type
	Comment   string   `json:"comment,omitempty"`
}

// Key is a primary key.
type Key struct {
	Name    string   `json:"name,omitempty"` // "" where the database gave it no name
	Columns []string `json:"columns"`        // in the key's own order

	Deferrable bool `json:"deferrable,omitempty"`
}

// Index is an index, or a unique constraint.
type Index struct {
	Name       string   `json:"name,omitempty"` // "" of a constraint that was given none
	Unique     bool     `json:"unique,omitempty"`
	Constraint bool     `json:"constraint,omitempty"` // declared with the table, not as an index
	Parts      []Part   `json:"parts"`
	Include    []string `json:"include,omitempty"` // columns that are kept with it and not sorted by
	Where      string   `json:"where,omitempty"`   // the rows that it is of, "" for all
	Method     string   `json:"method,omitempty"`  // "" for a B-tree
	NullsEqual bool     `json:"nulls_equal,omitempty"`
	Deferrable bool     `json:"deferrable,omitempty"`
	Invalid    bool     `json:"invalid,omitempty"`   // not built, or not to the end; of SQL Server: disabled
	Clustered  bool     `json:"clustered,omitempty"` // of SQL Server: the rows are kept in it
	Settings   []string `json:"settings,omitempty"`  // of SQL Server: those that are not the usual ones, as "FILLFACTOR = 80"
	Space      string   `json:"space,omitempty"`     // of SQL Server: the filegroup or partition scheme that it is on, where that is not the default one
	Comment    string   `json:"comment,omitempty"`
}

// Part is one key of an index: a column or an expression.
type Part struct {
	Column     string `json:"column,omitempty"`
	Expression string `json:"expression,omitempty"`
	Desc       bool   `json:"desc,omitempty"`
	NullsFirst bool   `json:"nulls_first,omitempty"` // where that is not what the direction says
	NullsLast  bool   `json:"nulls_last,omitempty"`
	Collation  string `json:"collation,omitempty"`
	Class      string `json:"class,omitempty"` // the operator class, where it is not the default
}

// Columns gives the columns of the index in order, nil where a part is an expression.
func (x *Index) Columns() []string {
	var out []string
	for _, p := range x.Parts {
		if p.Column == "" {
			return nil
		}
		out = append(out, p.Column)
	}
	return out
}

// Action is what becomes of rows whose target is deleted or renamed.
type Action string

// The actions.
const (
	NoAction   Action = "no action"
	Restrict   Action = "restrict"
	Cascade    Action = "cascade"
	SetNull    Action = "set null"
	SetDefault Action = "set default"
)

// ForeignKey is a reference to rows of another table, or of the same one.
type ForeignKey struct {
	Name       string   `json:"name,omitempty"`
	Columns    []string `json:"columns"`
	Schema     string   `json:"schema,omitempty"` // of the target; "" = the default one
	Table      string   `json:"table"`
	References []string `json:"references"` // in step with Columns, said or not; empty where the target is not there
	OnDelete   Action   `json:"on_delete"`
	OnUpdate   Action   `json:"on_update"`
	Deferrable bool     `json:"deferrable,omitempty"`
	Deferred   bool     `json:"deferred,omitempty"` // checked at the commit unless said otherwise
	Full       bool     `json:"full,omitempty"`     // MATCH FULL
	NotValid   bool     `json:"not_valid,omitempty"`
	Disabled   bool     `json:"disabled,omitempty"` // of SQL Server: NotValid, and not held against new rows either
	Comment    string   `json:"comment,omitempty"`
}

// Check is a condition that rows satisfy.
type Check struct {
	Name       string `json:"name,omitempty"`
	Expression string `json:"expression"`
	NotValid   bool   `json:"not_valid,omitempty"`
	Disabled   bool   `json:"disabled,omitempty"` // of SQL Server: NotValid, and not held against new rows either
}

// Holder is what goes by a column of a table, or of a part of it, so that the database does not let the column be of another type, or be dropped.
// SQL Server names it to logins with VIEW DEFINITION.
type Holder struct {
	Column string `json:"column,omitempty"` // "" of what goes by all of them: a column whose type is the table's row, the type that the table is of
	Kind   string `json:"kind"`             // "view", "materialized view", "rule", "policy", "trigger", "function", "procedure", "publication", "partition key", "parent", "column", "type" or "statistics"
	Name   string `json:"name,omitempty"`   // "" of partition keys and parents
	Table  string `json:"table,omitempty"`  // the full name of the table that it is of, where that is another one
}

// Enum is a type that lists its values.
type Enum struct {
	Schema  string   `json:"schema,omitempty"`
	Name    string   `json:"name"`
	Values  []string `json:"values"`
	Comment string   `json:"comment,omitempty"`
}

// Domain is a type made of another by conditions.
type Domain struct {
	Schema   string  `json:"schema,omitempty"`
	Name     string  `json:"name"`
	DBType   string  `json:"db_type"` // what it is made of
	Nullable bool    `json:"nullable,omitempty"`
	Default  string  `json:"default,omitempty"`
	Checks   []Check `json:"checks,omitempty"`
	Comment  string  `json:"comment,omitempty"`
}
