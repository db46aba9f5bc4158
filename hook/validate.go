package hook

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/go-playground/validator/v10"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// ValidateCreator is a model with a check of its own for new rows.
type ValidateCreator interface {
	ValidateCreate(ctx context.Context) error
}

// ValidateUpdater is a model with a check of its own for updates. changed holds the assigned values by Go field
// name; an assignment that adds to a column is not among them. The row it is called on is empty.
type ValidateUpdater interface {
	ValidateUpdate(ctx context.Context, changed map[string]any) error
}

// validation checks rows by their validate tags.
type validation struct{ v *validator.Validate }

// Validate checks rows by their `validate` tags (validator/v10) before they are written: whole rows on create,
// save and upsert, only the assigned fields on updates. A row with a ValidateCreate
// method, or a model with a ValidateUpdate method, is asked too. The
// failure is ErrInvalid and lists every field and rule, never a value; errors.As finds
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
	_ = x.v.StructPartial(reflect.New(m.Type).Interface())
	for i := range m.Type.NumField() {
		f := m.Type.Field(i)
		if tag := f.Tag.Get("validate"); tag != "" && tag != "-" && f.IsExported() {
			_ = x.v.Var(reflect.Zero(f.Type).Interface(), withoutCrossField(tag))
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
	case op.Update != nil && op.Kind == Update:
		return x.assigned(ctx, op)
	}
	return nil
}

func (x *validation) row(ctx context.Context, op *Op, row any, i int) error {
	if err := x.v.StructCtx(ctx, row); err != nil {
		return invalid(op, i, err)
	}
	if c, ok := row.(ValidateCreator); ok {
		if err := c.ValidateCreate(ctx); err != nil {
			return fmt.Errorf("%w: %w", fault.New(fault.ErrInvalid, op.Model.Name, "", "ValidateCreate refused the row"), err)
		}
	}
	return nil
}

// assigned checks each value alone; rules that look at other fields need the whole row and are left to Save.
func (x *validation) assigned(ctx context.Context, op *Op) error {
	for _, s := range op.Update.Set {
		sf, ok := op.Model.Type.FieldByName(s.Field.Name)
		tag := sf.Tag.Get("validate")
		if !ok || tag == "" || tag == "-" || s.Op != builder.SetValue {
			continue
		}
		if tag = withoutCrossField(tag); tag == "" {
			continue
		}
		row := reflect.New(op.Model.Type)
		if err := s.Field.Store(row.UnsafePointer(), s.Value); err != nil {
			return err
		}
		if err := x.v.VarCtx(ctx, row.Elem().FieldByIndex(sf.Index).Interface(), tag); err != nil {
			e := fault.New(fault.ErrInvalid, op.Model.Name, s.Field.Name, "")
			var fields validator.ValidationErrors
			if errors.As(err, &fields) && len(fields) > 0 {
				e.Detail = "breaks the rule " + fields[0].Tag()
			}
			return e.WithCause(err)
		}
	}
	return ownUpdateCheck(ctx, op)
}

func ownUpdateCheck(ctx context.Context, op *Op) error {
	u, ok := reflect.New(op.Model.Type).Interface().(ValidateUpdater)
	if !ok {
		return nil
	}
	changed := make(map[string]any, len(op.Update.Set))
	for _, s := range op.Update.Set {
		if s.Op == builder.SetValue {
			changed[s.Field.Name] = s.Value.Any()
		}
	}
	if err := u.ValidateUpdate(ctx, changed); err != nil {
		return fmt.Errorf("%w: %w", fault.New(fault.ErrInvalid, op.Model.Name, "", "ValidateUpdate refused the change"), err)
	}
	return nil
}

// withoutCrossField drops the rules that name other fields.
func withoutCrossField(tag string) string {
	var kept []string
	for _, rule := range strings.Split(tag, ",") {
		name, _, _ := strings.Cut(rule, "=")
		if strings.Contains(name, "field") || strings.HasPrefix(name, "required_") || strings.HasPrefix(name, "excluded_") {
			continue
		}
		kept = append(kept, rule)
	}
	return strings.Join(kept, ",")
}

func invalid(op *Op, i int, err error) error {
	e := fault.New(fault.ErrInvalid, op.Model.Name, "", "")
	var fields validator.ValidationErrors
	if errors.As(err, &fields) {
		var parts []string
		for _, f := range fields {
			rule := f.Tag()
			if f.Param() != "" {
				rule += "=" + f.Param()
			}
			parts = append(parts, f.StructField()+" breaks the rule "+rule)
		}
		if len(fields) == 1 {
			e.Field = fields[0].StructField()
		}
		e.Detail = strings.Join(parts, "; ")
		if op.Rows.Len() > 1 {
			e.Detail = fmt.Sprintf("row %d: %s", i, e.Detail)
		}
	}
	return e.WithCause(err)
}
