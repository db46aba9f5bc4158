package model

import (
	"reflect"
	"strings"

	"github.com/multi-orm/orm/internal/fault"
)

// Row is the shape of a result that is no model: a struct read by column names, or one scalar.
type Row struct {
	Scalar *Field // set when the type is a column by itself
	model  *Model
}

// RowOf reads the shape of t. A struct follows the rules of models but needs no key.
func RowOf(t reflect.Type) (*Row, error) {
	f := &Field{Model: &Model{Name: t.String()}, Name: "value"}
	if f.classify(t, false) == nil {
		f.Nullable = f.Nulls != NotNull
		return &Row{Scalar: f}, nil
	}
	if t.Kind() != reflect.Struct {
		return nil, fault.New(fault.ErrInvalid, t.String(), "", "a result row is a struct or a scalar")
	}
	d := &draft{
		model: &Model{Name: typeName(t.Name()), Type: t, fields: map[string]*Field{}, relations: map[string]*Relation{}},
		said:  map[string]string{},
	}
	d.walk(t, place{})
	if err := fault.Join(d.errs); err != nil {
		return nil, err
	}
	if err := d.nameColumns(); err != nil {
		return nil, err
	}
	return &Row{model: d.model}, nil
}

// Field finds a field by column or Go name.
func (r *Row) Field(name string) (*Field, error) { return r.model.Field(name) }

// Covered refuses a result that lacks the column of a field: the field would be zero without a word.
func (r *Row) Covered(has func(*Field) bool) error {
	var missing []string
	for _, f := range r.model.Fields {
		if !has(f) {
			missing = append(missing, f.Name)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return fault.New(fault.ErrInvalid, r.model.Name, missing[0], "the result has no column for "+strings.Join(missing, ", ")+": select it, or say orm.SomeColumns")
}

// Nearest gives the candidate that word most likely meant, or "".
func Nearest(word string, candidates []string) string {
	best, at := "", farthest(word)+1
	for _, c := range candidates {
		if d := distance(word, c); d < at {
			best, at = c, d
		}
	}
	return best
}
