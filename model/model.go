package model

import "reflect"

// Model is what the library knows of one struct type: read once, then immutable and shared.
type Model struct {
	Name   string       // the Go type's name
	Type   reflect.Type // the struct type
	Slice  reflect.Type // of rows: []Type; nil where there is no such struct
	ID     uint32       // number of this model in the process, part of every shape key
	Table  string
	Schema string // "" = the source's default
	Source string // "" = the first source given to Open

	Fields    []*Field // stored columns in struct order; Field.Index is the position here
	Given     []*Field // those of Fields that the caller gives a value
	Made      []*Field // those of Fields that the source makes: auto, dbdefault
	Computed  []*Field // fields that are not stored
	Key       []*Field // primary key, in struct order
	Relations []*Relation
	Uniques   []Index // unique sets of all rows besides the key
	Indexes   []Index
	Order     []Ordered // of order=: what rows are sorted by behind the keys that a query says

	Tenant     *Field // roles, nil when no field has them
	ShardKey   *Field // the tenant column where rows are spread over machines by it
	Owner      *Field
	SoftDelete *Field
	Version    *Field
	Scopes     []*Field // those tagged scope=, each with a name of its own, in struct order

	Result bool // what Aggregate gives: fields tagged agg, and no table

	tells  bool    // a row tells what it was read with
	loaded uintptr // the offset of that field

	pointers []*pointer // structs embedded by pointer, the outer ones first

	fields    map[string]*Field // by Go name and by column
	relations map[string]*Relation
}

// Index is a named set of columns. Name is "" for a single unnamed column.
type Index struct {
	Name   string
	Fields []*Field

	Unique  bool     // of one among Indexes: no two of the rows that where= says share it
	Where   string   // of where=: the rows that it is of, "" for all
	Include []*Field // of include=: columns that are kept with it and not sorted by

	said include // until the columns are known
}

// include is what include= says.
type include struct{ columns string }

// Kind says how a column's Go value is laid out, after pointers and sql.Null are taken off.
type Kind uint8

// The kinds.
const (
	Invalid Kind = iota
	Bool
	Int // every signed integer; Field.Bits holds its size
	Uint
	Float
	String
	Bytes   // []byte and named forms of it
	Time    // time.Time
	UUID    // [16]byte and named forms of it
	JSON    // any type under the `json` word, and json.RawMessage
	Array   // a slice of scalars; Field.Elem describes them
	Text    // encoding.TextMarshaler and TextUnmarshaler, such as netip.Addr
	Scanner // sql.Scanner and driver.Valuer
)

// Nulls says how a column's Go type stores NULL.
type Nulls uint8

// The ways to store NULL.
const (
	NotNull Nulls = iota
	Pointer       // *T
	SQLNull       // sql.Null[T], or a struct of its shape such as sql.NullString
	Inside        // the type itself can be nil or says so through its Valuer: []byte, slices, scanners
)

// Fill is a value the library makes for a zero field.
type Fill uint8

// The fills of the words default=, dbdefault and update=.
const (
	NoFill Fill = iota
	FillNow
	FillUUID     // time-ordered version 7
	FillLiteral  // the text in Field.Literal
	FillDatabase // what the column's own DEFAULT makes of a column that an insert leaves out
)

// Field is one column of a model.
type Field struct {
	Model  *Model
	Name   string // Go name; embedded structs are flattened, prefixed ones read "Address.City"
	Column string
	Index  int // position in Model.Fields
	Tag    string

	Type  reflect.Type // as declared
	Base  reflect.Type // without pointer or sql.Null
	Kind  Kind
	Bits  int // of Int, Uint and Float
	Nulls Nulls
	// ValueOffset and ValidOffset place the value and the flag inside a sql.Null.
	ValueOffset, ValidOffset uintptr
	Elem                     *Field   // element of an Array: only Type, Base, Kind, Bits and Nulls are set
	Decimal                  *Decimal // of a column of decimal numbers, whose Kind is Scanner, String or Text; else nil
	TimeForm                 TimeForm // of a column of times that keeps numbers
	Civil                    Civil    // which part of a time type=date and type=time keep, of each element where it is an array

	Primary    bool
	Auto       bool
	Generated  bool   // the source makes it at every write, or as a number that no statement may give; it is Auto and ReadOnly too
	Expression string // of generated=<expression>: what the column is made by, "" where the tag does not say it
	Nullable   bool
	Default    Fill
	Literal    string // of default=<literal>
	Comment    string // of comment=
	DBDefault  string // of dbdefault=<expression>: the column's DEFAULT, "" where the tag does not say it
	Update     Fill
	Enum       []string
	Size       int
	DBType     string // of type=, written into DDL as it stands
	Hidden     bool
	ReadOnly   bool
	CreateOnly bool
	UpdateOnly bool
	NoQuery    bool
	IsComputed bool
	Filter     *Filter       // of filter=, nil for none
	Needs      [][]*Relation // of needs=: the paths of relations that a computed field is made of
	Scope      string        // of scope=: the scope whose column it is, "" for none

	Agg *Agg // what fills the field of a result; nil for a column, and for a group of a result

	offset     uintptr  // from the start of the row, or of the struct that via leads to
	via        *pointer // nil for a field of the row itself
	literal    Value    // of default=<literal>, parsed
	nilIsEmpty bool     // under notnull
	holdsAny   bool     // a JSON document may hold values of any type
}

// Strategy says how a relation is loaded.
type Strategy uint8

// The strategies of the word strategy=.
const (
	Lookup Strategy = iota // a second query, stitched
	Join                   // pushed down as a join
)

// Relation is a field that holds rows of another model.
type Relation struct {
	Model    *Model
	Name     string
	Index    int // position in Model.Relations
	Tag      string
	Type     reflect.Type // as declared: []T, []*T or *T
	Offset   uintptr
	Many     bool // a slice
	Pointers bool // the slice holds pointers; always true for a to-one
	Strategy Strategy

	Target  *Model
	Local   []*Field // columns of Model
	Remote  []*Field // columns of Target, in step with Local; with Through, the target's own end
	Through *Through // nil unless many-to-many

	ForeignKey ForeignKey

	Inferred  bool       // the tag names no columns: their names tell, or a database's keys
	undecided *undecided // nil where the tag or the names of columns give the ends
}

// Through is the link table of a many-to-many relation.
type Through struct {
	Table  string
	Schema string
	Local  []string // link columns that hold Relation.Local
	Remote []string // link columns that hold Relation.Remote
}
