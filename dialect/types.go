package dialect

import "strings"

// Kind is the kind of a column, as far as SQL types go.
type Kind uint8

// The kinds of columns.
const (
	Other Kind = iota
	Bool
	Int
	Uint
	Float
	String
	Bytes
	Time
	UUID
	JSON
	Array
	Text
	Scanner
)

// Type describes a column's SQL type by what its Go type is.
type Type struct {
	Kind   Kind
	Bits   int
	Size   int    // of text, 0 = unbounded
	Name   string // the DDL type given by hand, overrules the rest
	Elem   *Type  // of Array
	GoType string // "netip.Addr" and the like, for Text
	Key    bool   // part of a key or an index: SQL Server cannot index unbounded text

	Decimal          bool // decimal numbers, which a Go type of Kind Scanner, String or Text holds
	Precision, Scale int  // of decimals: digits in all and after the point; a Precision of 0 keeps every digit

	TimeForm TimeForm // of times: how SQLite keeps them
	Column   string   // of times: "table.column", by which SQLite knows columns that hold other programs' forms
}

// isDate reports whether the column holds days, by the type that its tag gives.
func (t Type) isDate() bool {
	return t.Kind == Time && strings.EqualFold(strings.TrimSpace(t.Name), "date")
}
