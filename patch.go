package orm

import (
	"bytes"
	"encoding/json"
	"reflect"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
)

// Opt is a value of a patch that tells absent from null from a value. The zero Opt is absent. From JSON a key
// that is missing stays absent and null is null; to JSON an absent Opt needs the option omitzero, as in
// `json:"name,omitzero"`, or it is written as null.
type Opt[V any] struct {
	v     V
	state optState
}

type optState uint8

const (
	optAbsent optState = iota
	optNull
	optValue
)

// Value is an Opt that holds v.
func Value[V any](v V) Opt[V] { return Opt[V]{v, optValue} }

// Null is an Opt that says null.
func Null[V any]() Opt[V] { return Opt[V]{state: optNull} }

// Get gives the value; ok is false where there is none.
func (o Opt[V]) Get() (v V, ok bool) { return o.v, o.state == optValue }

// Or gives the value, or v where there is none.
func (o Opt[V]) Or(v V) V {
	if o.state == optValue {
		return o.v
	}
	return v
}

// IsZero reports whether o is absent; encoding/json asks it for omitzero.
func (o Opt[V]) IsZero() bool { return o.state == optAbsent }

// IsNull reports whether o says null.
func (o Opt[V]) IsNull() bool { return o.state == optNull }

// MarshalJSON gives the value, or null.
func (o Opt[V]) MarshalJSON() ([]byte, error) {
	if o.state != optValue {
		return []byte("null"), nil
	}
	return json.Marshal(o.v)
}

// UnmarshalJSON reads null as null and anything else as a value.
func (o *Opt[V]) UnmarshalJSON(text []byte) error {
	if bytes.Equal(bytes.TrimSpace(text), []byte("null")) {
		*o = Null[V]()
		return nil
	}
	var v V
	if err := json.Unmarshal(text, &v); err != nil {
		return err
	}
	*o = Value(v)
	return nil
}

func (o Opt[V]) content() (any, optState) { return o.v, o.state }

type optional interface{ content() (any, optState) }

// PatchOf turns a struct of Opt fields into assignments on T: what is absent is left alone, null assigns NULL, a
// value assigns it. Fields are matched by name to those of T; a tag `orm:"Name"` says another name, and `orm:"-"`
// leaves a field out. A name that T does not have, a field that is no Opt, a value that does not fit, null
// for a column that is not nullable and a read-only field make the update fail with ErrInvalid. A patch in which
// everything is absent gives no assignment.
//
//	var p UserPatch
//	err := json.Unmarshal(body, &p)
//	u, err := users.ByID(7).Update(ctx, orm.PatchOf[User](p)...)
func PatchOf[T any](patch any) []Assign[T] {
	rv := reflect.ValueOf(patch)
	for rv.Kind() == reflect.Pointer && !rv.IsNil() {
		rv = rv.Elem()
	}
	if rv.Kind() != reflect.Struct {
		return []Assign[T]{wrongAssign[T]("", "a patch is a struct of orm.Opt fields")}
	}
	return patchStruct[T](rv, nil)
}

func wrongAssign[T any](field, detail string) Assign[T] {
	return builder.AssignOf[T](builder.Set{Err: fault.New(ErrInvalid, reflect.TypeFor[T]().Name(), field, detail)})
}

func patchStruct[T any](rv reflect.Value, out []Assign[T]) []Assign[T] {
	for i := range rv.NumField() {
		sf := rv.Type().Field(i)
		name := sf.Tag.Get("orm")
		if name == "-" {
			continue
		}
		if sf.Anonymous && sf.Type.Kind() == reflect.Struct && !sf.Type.Implements(reflect.TypeFor[optional]()) {
			out = patchStruct(rv.Field(i), out)
			continue
		}
		if name == "" {
			name = sf.Name
		}
		if !sf.IsExported() {
			out = append(out, wrongAssign[T](name, "the field of the patch is not exported"))
			continue
		}
		o, ok := rv.Field(i).Interface().(optional)
		if !ok {
			out = append(out, wrongAssign[T](name, "the field of the patch is a "+sf.Type.String()+": make it an orm.Opt, or leave it out with orm:\"-\""))
			continue
		}
		out = patchField(out, name, o)
	}
	return out
}

func patchField[T any](out []Assign[T], name string, o optional) []Assign[T] {
	col := builder.Named[T](name)
	if _, err := builder.FieldOf[T](col); err != nil { // a name that does not fit is wrong even where it is absent
		return append(out, builder.AssignOf[T](builder.Set{Err: err}))
	}
	switch v, state := o.content(); state {
	case optValue:
		return append(out, col.Set(v))
	case optNull:
		return append(out, col.SetNull())
	}
	return out
}
