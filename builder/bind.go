package builder

import (
	"fmt"
	"reflect"
	"unsafe"

	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

type binder interface {
	bind(m *model.Model, name string) error
}

// Bind fills C, a struct of Col, Text, Many and One fields, with the columns and relations of T that
// have the same names. It is meant for package variables: a name or a type that does not fit panics
// with an error that says which, so the program stops at start-up.
func Bind[T, C any]() C {
	c, err := bindStruct[T, C]()
	if err != nil {
		panic(err)
	}
	return c
}

func bindStruct[T, C any]() (C, error) {
	var c C
	m, err := model.For[T]()
	if err != nil {
		return c, err
	}
	v := reflect.ValueOf(&c).Elem()
	if v.Kind() != reflect.Struct {
		return c, fault.New(fault.ErrInvalid, m.Name, "", "Bind needs a struct of columns, not "+v.Type().String())
	}
	for i := range v.NumField() {
		f := v.Type().Field(i)
		var b binder
		if f.IsExported() { // reflection refuses to hand out the others
			b, _ = v.Field(i).Addr().Interface().(binder)
		}
		if b == nil {
			return c, fault.New(fault.ErrInvalid, m.Name, f.Name, fmt.Sprintf("Bind cannot fill a %s: use exported fields of orm.Col, orm.Text, orm.Many or orm.One", f.Type))
		}
		if err := b.bind(m, f.Name); err != nil {
			return c, err
		}
	}
	return c, nil
}

// F names a column of T by the address of its field, checked by the compiler:
//
//	orm.F(func(u *User) *string { return &u.Role })
//
// A field that is not a column makes the statement fail with ErrInvalid.
func F[T, V any](field func(*T) *V) (col Col[T, V]) {
	m, err := model.For[T]()
	if err != nil {
		return Col[T, V]{err: err}
	}
	defer func() {
		if recover() != nil { // field walked through a nil pointer of the row
			col = Col[T, V]{err: fault.New(fault.ErrInvalid, m.Name, "", "the function given to F panics on an empty row")}
		}
	}()
	row := m.NewRow() // a column may lie in a struct embedded by pointer
	at := unsafe.Pointer(field(row.Interface().(*T)))
	for _, f := range m.Fields {
		if f.Peek(row.UnsafePointer()) == at && (f.Type == reflect.TypeFor[V]() || f.Base == reflect.TypeFor[V]()) {
			c, err := colOf[T, V](f)
			c.err = err
			return c
		}
	}
	return Col[T, V]{err: fault.New(fault.ErrInvalid, m.Name, "", "the function given to F returns no column of the model")}
}
