package rls

import (
	"context"
	"fmt"
	"math"
	"strings"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// column keeps the rows of one model apart by a column that holds the same in all rows of a caller.
type column struct {
	field *model.Field
	what  string // it is called in errors
	value func(ctx context.Context) (any, error)
}

func (c *column) rule() *hook.Rule {
	return &hook.Rule{
		Filter: func(ctx context.Context, _ hook.Touch) (builder.Expr, error) {
			v, out, err := c.of(ctx)
			if err != nil || out {
				return builder.True(), err
			}
			return builder.Compare(builder.OpEq, c.field, v), nil
		},
		Insert: c.stamp,
		Assign: c.keep,
		Holds:  c.field,
	}
}

// of gives what the caller's rows hold; out is true under a bypass.
func (c *column) of(ctx context.Context) (v model.Value, out bool, err error) {
	if out, err = bypassed(ctx); out || err != nil {
		return v, out, err
	}
	id, err := c.value(ctx)
	if err != nil {
		return v, false, fault.Fill(err, "", c.field.Model.Name, "")
	}
	v, err = identity(c.field, id, c.what)
	return v, false, err
}

// identity turns an actor's id into a value of f. Empty and misfit ids are ErrNoActor: nobody is asking.
func identity(f *model.Field, id any, what string) (model.Value, error) {
	v, err := f.ValueOf(id)
	if err != nil {
		return v, fault.New(fault.ErrNoActor, f.Model.Name, "", fmt.Sprintf("the actor's %s is a %T, which the column does not hold", what, id)).WithCause(err)
	}
	if blank(v) || v.Kind() == model.StringValue && strings.TrimSpace(v.Str()) == "" {
		return v, fault.New(fault.ErrNoActor, f.Model.Name, "", "the actor's "+what+" is empty")
	}
	switch v.Kind() {
	case model.ListValue, model.AnyValue:
		return v, fault.New(fault.ErrNoActor, f.Model.Name, "", "the actor's "+what+" is not a plain value")
	}
	return v, nil
}

// blank reports whether v is the zero of its kind, which stands for nobody.
func blank(v model.Value) bool {
	switch v.Kind() {
	case model.NullValue:
		return true
	case model.IntValue, model.UintValue, model.BoolValue:
		return v.Uint() == 0
	case model.FloatValue:
		return v.Float() == 0 || math.IsNaN(v.Float())
	case model.StringValue:
		return v.Str() == ""
	case model.BytesValue:
		return len(v.Bytes()) == 0
	case model.UUIDValue:
		return *v.UUID() == [16]byte{}
	}
	return false
}

// equal compares two values of one column byte by byte, so that neither case nor trailing space blurs them.
func equal(a, b model.Value) bool {
	var x, y [64]byte
	return string(model.AppendKey(x[:0], a)) == string(model.AppendKey(y[:0], b))
}

// stamp gives new rows the caller's value, and refuses those that name another.
func (c *column) stamp(ctx context.Context, rows hook.NewRows) error {
	mine, out, err := c.of(ctx)
	if err != nil {
		return err
	}
	f := c.field
	root := f.Primary && len(f.Model.Key) == 1 // the model is the table of what keeps rows apart
	for i := range rows.Len() {
		switch v := rows.Get(i, f); {
		case blank(v) && out && root && f.Auto: // the source numbers them
		case blank(v) && out:
			return fault.New(fault.ErrInvalid, f.Model.Name, f.Name, "under a bypass a new row must say its "+c.what)
		case out:
		case root && blank(v):
			return fault.New(fault.ErrDenied, f.Model.Name, f.Name, "a new "+c.what+" is made under a bypass")
		case blank(v):
			if err := rows.Set(i, f, mine); err != nil {
				return err
			}
		case !equal(v, mine):
			return fault.New(fault.ErrDenied, f.Model.Name, f.Name, "the row belongs to another "+c.what)
		}
	}
	return nil
}

// keep lets an assignment of the column pass only where it changes nothing.
func (c *column) keep(ctx context.Context, s *builder.Set) error {
	if s.Field != c.field {
		return nil
	}
	mine, out, err := c.of(ctx)
	if err != nil {
		return err
	}
	if out || s.Op != builder.SetValue || !equal(s.Value, mine) {
		return fault.New(fault.ErrDenied, c.field.Model.Name, c.field.Name, "the "+c.what+" of a row never changes")
	}
	return nil
}
