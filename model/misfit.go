package model

import (
	"fmt"
	"reflect"

	"github.com/multi-orm/orm/internal/fault"
)

// misfit says why a value does not go into a column. It is one byte, so making it an error costs nothing.
type misfit uint8

const (
	wrongType misfit = iota
	outOfRange
	inexact
	badText
	nullElement
	nullHere
	encodeFault
	decodeFault
)

// Error implements error; the caller's fault says more.
func (m misfit) Error() string {
	return [...]string{"wrong type", "out of range", "not exact", "malformed text", "NULL in an array", "NULL", "cannot be encoded", "cannot be decoded"}[m]
}

// invalid names model, field and wanted type. It holds no value: a cause, which may, is never printed.
func (f *Field) invalid(why misfit, cause error) error {
	var detail string
	switch why {
	case outOfRange:
		detail = fmt.Sprintf("the number does not fit %s", f.Base)
	case inexact:
		detail = fmt.Sprintf("the number has no exact form as %s", f.Base)
	case badText:
		detail = fmt.Sprintf("the text is not a valid %s", f.Base)
	case nullElement:
		detail = fmt.Sprintf("the array holds a NULL, which %s cannot", f.Type)
	case nullHere:
		detail = fmt.Sprintf("%s cannot hold NULL: make the field *%s or sql.Null[%s]", f.Base, f.Base, f.Base)
	case encodeFault:
		detail = fmt.Sprintf("the %s cannot be encoded", f.Base)
		if text, ok := cause.(textError); ok { //nolint:errorlint // made here, never wrapped
			detail = text.Error()
		}
	default:
		detail = fmt.Sprintf("the value cannot be decoded into %s", f.Base)
	}
	e := fault.New(fault.ErrInvalid, f.modelName(), f.Name, detail)
	if cause != nil {
		return e.WithCause(cause)
	}
	return e
}

// mismatch tells the Go type that was given from the one that is wanted.
func (f *Field) mismatch(got any) error {
	detail := fmt.Sprintf("got %s, want %s", reflect.TypeOf(got), f.Type)
	switch got.(type) {
	case int64, float64:
		if f.Kind == Time { // only the tag can tell the unit
			detail += ": where SQLite keeps numbers, " + timeUnits
		}
	}
	return fault.New(fault.ErrInvalid, f.modelName(), f.Name, detail)
}

// explain turns what an inner function found into the error for callers.
func (f *Field) explain(err error, src any) error {
	switch e := err.(type) { //nolint:errorlint // made here, never wrapped
	case *fault.Error: // it says all already
		return e
	case misfit:
		if e == wrongType {
			return f.mismatch(src)
		}
		return f.invalid(e, nil)
	}
	return f.invalid(decodeFault, err)
}

func (f *Field) modelName() string {
	if f.Model == nil {
		return ""
	}
	return f.Model.Name
}
