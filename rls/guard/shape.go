package guard

import (
	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/model"
)

// Shape says what a request may ask of T. It is plain data: [Compile] reads it once and keeps nothing of it. What it does not
// name cannot be asked; the zero values of its fields allow nothing.
type Shape[T any] struct {
	// Select lists the columns that may be read, which are also those that come when the request names none. It is never
	// empty. Fields tagged hidden cannot be among them.
	Select Columns[T]
	// Where lists what may be filtered by and what holds whatever is asked.
	Where Where[T]
	// Logic is the combinators that the request may use, in Where and in the Where of its relations.
	Logic Logic
	// OrderBy lists the columns that may be sorted by, Default the order when none is asked.
	OrderBy Columns[T]
	Default []orm.Order[T]
	// Take bounds the number of rows, of an included relation that of each parent. Skip is how many rows may be left out.
	Take Take
	Skip Skip
	// With lists relations that may be read, and counts of them.
	With With[T]
	// Unique lists the sets of columns that name one row, for FindUnique, Update, Delete and Upsert.
	Unique Uniques[T]
	// Create and Update say what a write may give.
	Create, Update Data[T]
	// Groups says what GroupBy may ask.
	Groups Groups[T]
	// Coercion says whether values may be written in another kind of JSON than their column's.
	Coercion Coercion
	// Always makes an included relation come when the request selects nothing.
	Always bool
}

// Columns is a list of columns of T. Only makes it.
type Columns[T any] struct{ c columns }

type columns struct {
	fields []*model.Field
	err    error
}

// Only lists columns.
func Only[T any](cols ...orm.Selectable[T]) Columns[T] { return Columns[T]{fieldsOf(cols)} }

func fieldsOf[T any](cols []orm.Selectable[T]) (c columns) {
	for _, x := range cols {
		f, err := fieldOf(x)
		if err != nil && c.err == nil {
			c.err = err
		}
		c.fields = append(c.fields, f)
	}
	return c
}

func fieldOf[T any](c orm.Selectable[T]) (*model.Field, error) {
	if c == nil {
		return nil, errNilColumn
	}
	return builder.FieldOf(c)
}

// Order lists sort keys.
func Order[T any](keys ...orm.Order[T]) []orm.Order[T] { return keys }

// Logic is a set of combinators, joined with |.
type Logic uint8

// The combinators. NOT of a list means that none of it holds.
const (
	And Logic = 1 << iota
	Or
	Not
)

// Take bounds the rows of a list. The zero Take is 100 rows, as default and at most.
type Take struct {
	Default int // when the request does not say; 0 = Max, or 100 where that is smaller
	Max     int // 0 = 100, NoLimit = unbounded
}

// NoLimit is the Max of a Take whose lists may be of any length: a request can then read the whole table.
const NoLimit = -1

// defaultTake is the number of rows when a shape says nothing, as S1's guides recommend a bound on every list.
const defaultTake = 100

// Skip is the number of rows that a request may leave out; 0 = none.
type Skip int

// Coercion says how strictly values are read.
type Coercion uint8

// The coercions. Coerce reads "12" as a number, 12.0 as an integer and "true" as a boolean where the column holds one,
// nothing ever loses a digit; Strict reads a value only as what it is in JSON. Times, decimals, UUIDs and bytes are text in both.
const (
	Coerce Coercion = iota
	Strict
)

// shape is a Shape without its type.
type shape struct {
	model          *model.Model
	err            error
	selects, sorts columns
	where          []filter
	logic          Logic
	order          []builder.SortKey
	take           Take
	skip           Skip
	with           []branch
	uniques        []columns
	create, update []datum
	by             columns
	aggregates     []Aggregate
	coercion       Coercion
	always         bool
}

func (s *Shape[T]) plain() *shape {
	out := &shape{
		selects: s.Select.c, sorts: s.OrderBy.c, where: s.Where.plain(), logic: s.Logic, take: s.Take, skip: s.Skip,
		create: s.Create.plain(), update: s.Update.plain(), by: s.Groups.By.c, aggregates: s.Groups.Aggregates,
		coercion: s.Coercion, always: s.Always,
	}
	out.model, out.err = model.For[T]()
	for _, k := range s.Default {
		out.order = append(out.order, k.Key())
	}
	for _, w := range s.With {
		out.with = append(out.with, w.b)
	}
	for _, u := range s.Unique {
		out.uniques = append(out.uniques, u.c)
	}
	return out
}
