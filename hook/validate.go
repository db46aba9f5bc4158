package hook

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unsafe"

	"github.com/go-playground/validator/v10"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/once"
	"github.com/multi-orm/orm/internal/rules"
	"github.com/multi-orm/orm/model"
)

// ValidateCreator is a model with a check of its own for new rows.
type ValidateCreator interface {
	ValidateCreate(ctx context.Context) error
}

// ValidateUpdater is a model with a check of its own for updates. changed holds the assigned values by Go field
// name, each of the field's type without its pointer or sql.Null, or nil for NULL; an assignment that adds to a column is not among them. The row it is called on holds the same and no more.
type ValidateUpdater interface {
	ValidateUpdate(ctx context.Context, changed map[string]any) error
}

// validation checks rows by their validate tags.
type validation struct{ v *validator.Validate }

// Validate checks rows by their `validate` tags (validator/v10) before they are written: whole rows on create and
// upsert, on updates and Save the fields that are assigned. Rules that name another field hold where that field
// is given too: not in an update of some fields. A row with a ValidateCreate or ValidateUpdate method is asked as
// well; what that returns is found by errors.Is and errors.As. The failure is ErrInvalid and lists every field and rule, never a value; errors.As finds
// validator.ValidationErrors. A tag that does not parse makes Use fail.
func Validate() Extension {
	return &validation{validator.New(validator.WithRequiredStructEnabled())}
}

// Extend tries the tags of every model and adds the hook.
func (x *validation) Extend(r *Registrar) error {
	for _, m := range r.Models() {
		if err := x.try(m); err != nil {
			return err
		}
	}
	r.Event(Hook{Name: "validate", Before: x.before})
	return nil
}

func (x *validation) try(m *model.Model) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fault.New(fault.ErrInvalid, m.Name, "", fmt.Sprintf("a validate tag is wrong: %v", p))
		}
	}()
	_ = x.v.StructPartial(m.NewRow().Interface())
	for i := range m.Type.NumField() {
		f := m.Type.Field(i)
		if tag := f.Tag.Get("validate"); tag != "" && tag != "-" && f.IsExported() {
			_ = x.v.Var(reflect.Zero(f.Type).Interface(), rules.WithoutCrossField(tag))
		}
	}
	return nil
}

func (x *validation) before(ctx context.Context, op *Op) error {
	switch {
	case op.Insert != nil && op.Rows.IsValid():
		for i := range op.Rows.Len() {
			if err := x.row(ctx, op, op.Rows.Index(i).Addr().Interface(), i); err != nil {
				return err
			}
		}
		if k := op.Insert.Conflict; k != nil {
			return x.assigned(ctx, op, k.Set, false)
		}
	case op.Update != nil && op.Kind == Update:
		return x.assigned(ctx, op, op.Update.Set, op.saves())
	}
	return nil
}

func (x *validation) row(ctx context.Context, op *Op, row any, i int) error {
	// related rows are not written with this one, so they are not its fault
	related := func(ns []byte) bool {
		_, name, _ := bytes.Cut(ns, []byte{'.'})
		return slices.ContainsFunc(op.Model.Relations, func(r *model.Relation) bool { return r.Name == string(name) })
	}
	if err := x.v.StructFilteredCtx(ctx, row, related); err != nil {
		return invalid(op, i, err)
	}
	if c, ok := row.(ValidateCreator); ok {
		check := func() error { return c.ValidateCreate(ctx) }
		if err := once.Do(ctx, reflect.ValueOf(row).UnsafePointer(), check); err != nil {
			return fault.New(fault.ErrInvalid, op.Model.Name, "", "ValidateCreate refused the row").WithCause(err)
		}
	}
	return nil
}

// assigned checks the values that are assigned. Rules that look at other fields hold for a Save, which gives them
// all; an update of some fields is checked field by field.
func (x *validation) assigned(ctx context.Context, op *Op, sets []builder.Set, whole bool) error {
	row := op.Model.NewRow()
	given := make(map[string]any, len(sets))
	var paths []string
	var found validator.ValidationErrors
	for _, s := range sets {
		if s.Op != builder.SetValue || s.Field == nil {
			continue
		}
		if err := s.Field.Store(row.UnsafePointer(), s.Value); err != nil {
			return err
		}
		given[s.Field.Name] = own(s.Field, row.UnsafePointer(), s.Value)
		sf, path, ok := locate(op.Model.Type, s.Field.Name)
		if !ok {
			continue
		}
		paths = append(paths, path)
		tag := rules.WithoutCrossField(sf.Tag.Get("validate"))
		if whole || tag == "" || tag == "-" {
			continue
		}
		err := x.v.VarCtx(ctx, row.Elem().FieldByIndex(sf.Index).Interface(), tag)
		if err != nil && !errors.As(err, &found) {
			return fault.New(fault.ErrInvalid, op.Model.Name, s.Field.Name, "").WithCause(err)
		}
		if err != nil {
			e := fault.New(fault.ErrInvalid, op.Model.Name, s.Field.Name, "")
			e.Detail = s.Field.Name + " breaks the rule " + rule(found[0])
			return e.WithCause(err)
		}
	}
	if whole {
		if err := x.v.StructPartialCtx(ctx, row.Interface(), paths...); err != nil {
			return invalid(op, 0, err)
		}
	}
	if c, ok := row.Interface().(ValidateUpdater); ok {
		if err := c.ValidateUpdate(ctx, given); err != nil {
			return fault.New(fault.ErrInvalid, op.Model.Name, "", "ValidateUpdate refused the change").WithCause(err)
		}
	}
	return nil
}

// own gives the value that f was assigned in the row at p, of the field's own type; nil for NULL.
func own(f *model.Field, p unsafe.Pointer, v model.Value) any {
	switch {
	case v.IsNull():
		return nil
	case f.Nulls == model.SQLNull:
		return reflect.NewAt(f.Base, unsafe.Add(f.Peek(p), f.ValueOffset)).Elem().Interface()
	}
	return reflect.Indirect(reflect.NewAt(f.Type, f.Peek(p)).Elem()).Interface()
}

// locate finds a field of a model in its struct: the field, with its index from the top, and the path that
// validator knows it by, names of embedded structs included.
func locate(t reflect.Type, name string) (sf reflect.StructField, path string, ok bool) {
	var index []int
	var names []string
	for part := range strings.SplitSeq(name, ".") {
		if t = pointed(t); t.Kind() != reflect.Struct {
			return sf, "", false
		}
		if sf, ok = t.FieldByName(part); !ok {
			return sf, "", false
		}
		at := t
		for _, i := range sf.Index {
			f := pointed(at).Field(i)
			names = append(names, f.Name)
			at = f.Type
		}
		index = append(index, sf.Index...)
		t = sf.Type
	}
	sf.Index = index
	return sf, strings.Join(names, "."), true
}

// pointed gives what a pointer points at: structs are embedded by pointer too.
func pointed(t reflect.Type) reflect.Type {
	if t.Kind() == reflect.Pointer {
		return t.Elem()
	}
	return t
}

func rule(f validator.FieldError) string {
	if f.Param() == "" {
		return f.Tag()
	}
	return f.Tag() + "=" + f.Param()
}

func invalid(op *Op, i int, err error) error {
	e := fault.New(fault.ErrInvalid, op.Model.Name, "", "")
	var fields validator.ValidationErrors
	if errors.As(err, &fields) {
		var parts []string
		for _, f := range fields {
			_, name, _ := strings.Cut(f.StructNamespace(), ".")
			parts = append(parts, name+" breaks the rule "+rule(f))
			e.Field = name
		}
		if len(fields) > 1 {
			e.Field = ""
		}
		e.Detail = strings.Join(parts, "; ")
		if op.Rows.IsValid() && op.Rows.Len() > 1 {
			e.Detail = fmt.Sprintf("row %d: %s", i, e.Detail)
		}
	}
	return e.WithCause(err)
}
