package builder

import (
	"github.com/multi-orm/orm/model"
)

// SetOp says how an assignment changes its column.
type SetOp uint8

// The assignment operators.
const (
	SetValue      SetOp = iota
	SetInc              // add Value to what the row holds
	SetNested           // write the rows of a relation; see Ext.Nested
	SetCopy             // take what column Ext.From of the same row holds
	SetMul              // multiply what the row holds by Value
	SetText             // take what the SQL text Ext.Text gives
	SetJSON             // put Value at Ext.Path of the document that the row holds
	SetJSONRemove       // take what is at Ext.Path out of the document
	SetAppend           // put the elements of Value behind those that the row holds
)

// Set is one assignment.
type Set struct {
	Field *model.Field
	Op    SetOp
	Made  bool // the library made the value up, as update= says
	Value model.Value
	Err   error
	Ext   *SetExt // what the plain assignments do not need
}

// SetExt is the part of a Set that only some operators use.
type SetExt struct {
	Keeps  bool // the engine's own assignment of a column to itself, which every column allows
	Nested *Nested
	From   *model.Field
	Text   string // of SetText
	Args   []model.Value
	Reads  bool  // the text reads rows of its own, which no scope reaches
	Path   []any // of SetJSON and SetJSONRemove
	Then   []Set // of SetJSON and SetJSONRemove: changes of what this one leaves, as [JoinEdits] gathers them
}

// Insert adds rows of one model.
type Insert struct {
	Model  *model.Model
	Fields []*model.Field // the columns given
	Values []model.Value  // row-major, len(Fields) per row
	Rows   int

	Returning []*model.Field // columns to read back, nil for none
	Conflict  *Conflict
	// Inserted receives whether an upsert of one row inserted it; nil when nobody asks.
	Inserted *bool

	Scopes []Scope // held by the row that a conflict would update
	Scoped bool
	Err    error

	// Made are the columns whose values the library made up in every row, as default= and update= say. It is told to sources
	// that answer with a row of their own making, where the other side may make them too.
	Made []*model.Field
	// Reply is set for sources that answer a write with a row of their own making, nil for databases.
	Reply *Reply
}

// Reply asks for every column of the rows that a source replies with, so far as it tells them.
type Reply struct {
	Scopes []Scope // held by each of the rows
}

// Conflict says what an Insert does when a row with the same unique columns exists.
type Conflict struct {
	Target    []*model.Field // nil = any unique set, for DoNothing only
	DoNothing bool
	Set       []Set          // what the existing row gets
	FromRow   []*model.Field // columns the existing row takes from the row that was to be inserted
}

// Update changes rows of one model.
type Update struct {
	Model     *model.Model
	Set       []Set
	From      *RowSet // rows that are given values of their own, instead of or beside Set; nil for none
	Where     Conjunction
	Returning []*model.Field
	Expect    Expect
	Deleted   Deleted

	Scopes []Scope
	Scoped bool
	Err    error
}

// Delete removes rows of one model.
type Delete struct {
	Model     *model.Model
	Where     Conjunction
	Returning []*model.Field
	Expect    Expect
	Deleted   Deleted

	Scopes []Scope
	Scoped bool
	Err    error
}
