package schemafit

import (
	"slices"
	"strings"

	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source/catalogue"
)

// affinity is what SQLite makes of values that it is given, by the declared type of their column
// (https://sqlite.org/datatype3.html, section 3.1).
type affinity uint8

const (
	keepsAll affinity = iota // BLOB, or no type
	toText                   // numbers become texts
	toInteger
	toReal
	toNumeric // texts that look like numbers become numbers
)

func affinityOf(declared string) affinity {
	declared = strings.ToUpper(declared)
	for _, r := range []struct {
		word string
		of   affinity
	}{{"INT", toInteger}, {"CHAR", toText}, {"CLOB", toText}, {"TEXT", toText}, {"BLOB", keepsAll}, {"REAL", toReal}, {"FLOA", toReal}, {"DOUB", toReal}} {
		if strings.Contains(declared, r.word) {
			return r.of
		}
	}
	if declared == "" {
		return keepsAll
	}
	return toNumeric
}

// Bends reports whether a column that SQLite's table declares so would bend values of f that are kept in a form of their
// own: decimals, which are texts, and times that are numbers.
func Bends(f *model.Field, declared string) bool {
	a := affinityOf(declared)
	text := a == toText || a == keepsAll
	switch {
	case f.Decimal != nil:
		return !text
	case f.TimeForm == model.TimeMicros:
		return a == toText || a == toReal || a == keepsAll && declared != ""
	case f.TimeForm != model.TimeNative:
		return a == toText
	}
	return false
}

// ofAffinity judges by what SQLite makes of the values, which is a fault where they come out as others, and then by what
// the declared type is meant for.
func ofAffinity(f *model.Field, c *catalogue.Column, _ string) Misfit {
	a := affinityOf(c.DBType)
	switch {
	case Bends(f, c.DBType) && f.Decimal != nil:
		return fault("the table declares the column %s, of which SQLite makes floating-point numbers: declare it TEXT, as orm.CreateTables does", is(c))
	case Bends(f, c.DBType):
		return fault("the table declares the column %s, which does not keep the numbers of type=%s: declare it so, as orm.CreateTables does", is(c), f.DBType)
	case f.Decimal != nil, f.TimeForm != model.TimeNative, sameType(f.DBType, c.DBType):
		return Misfit{}
	}
	switch f.Kind {
	case model.Bool, model.Int, model.Uint, model.Float:
		if a == toText {
			return unfit(f, c, "SQLite keeps it as text, which is compared as text")
		}
		if a == toReal && f.Kind != model.Float {
			m := unfit(f, c, "SQLite makes floating-point numbers of it, which keep 53 bits")
			m.Advice = f.Bits <= 32
			return m
		}
	case model.String:
		const numbers = "SQLite makes numbers of texts such as 007"
		if a == toInteger || a == toReal || c.Type == catalogue.Decimal || c.Type == catalogue.Bool {
			return unfit(f, c, numbers)
		}
		if a == toNumeric {
			return advice("the column is %s and the field is %s: %s", is(c), goes(f), numbers)
		}
	}
	if c.Type == catalogue.Other {
		return Misfit{}
	}
	if slices.Contains(meant(f.Kind), c.Type) {
		return Misfit{}
	}
	if c.Type == catalogue.Date && f.Kind == model.Time && !strings.EqualFold(f.DBType, "date") {
		return advice("the table declares the column %s and the field writes times with their hours", is(c))
	}
	return advice("the table declares the column %s and the field is %s: SQLite keeps it all the same", is(c), goes(f))
}

// meant lists the kinds of declared types that a field of a kind goes with. What orm.CreateTables declares is among them.
func meant(k model.Kind) []catalogue.Kind {
	switch k {
	case model.Bool, model.Int, model.Uint:
		return []catalogue.Kind{catalogue.Bool, catalogue.Int16, catalogue.Int32, catalogue.Int64, catalogue.Uint8, catalogue.Uint32, catalogue.Uint64}
	case model.Float:
		return []catalogue.Kind{catalogue.Float32, catalogue.Float64, catalogue.Decimal}
	case model.String, model.Text:
		return []catalogue.Kind{catalogue.Text, catalogue.Date, catalogue.Time, catalogue.Clock, catalogue.UUID, catalogue.JSON}
	case model.Bytes:
		return []catalogue.Kind{catalogue.Bytes}
	case model.Time:
		return []catalogue.Kind{catalogue.Time, catalogue.Text}
	case model.UUID:
		return []catalogue.Kind{catalogue.UUID, catalogue.Text}
	case model.JSON, model.Array:
		return []catalogue.Kind{catalogue.JSON, catalogue.Text, catalogue.Array}
	}
	return nil
}
