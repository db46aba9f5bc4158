package guard

import (
	"errors"
	"reflect"
	"strings"
	"unsafe"

	"github.com/go-playground/validator/v10"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/model"
)

// written is what a request gives of one row.
type written struct {
	sets   []builder.Set // columns
	nested []builder.Set // related rows
}

func (w *written) all() []builder.Set { return append(w.sets[:len(w.sets):len(w.sets)], w.nested...) }

func (w *written) value(f *model.Field) (model.Value, bool) {
	for i := range w.sets {
		if w.sets[i].Field == f && w.sets[i].Op == builder.SetValue {
			return w.sets[i].Value, true
		}
	}
	return model.Value{}, false
}

// gives reports whether there are values of all of fields, and of one at least.
func (w *written) gives(fields []*model.Field) bool {
	for _, f := range fields {
		if _, ok := w.value(f); !ok {
			return false
		}
	}
	return len(fields) > 0
}

// data reads what a request gives of one row and adds what the server fixes. A new row also gets what its name says: the
// comparisons that an upsert, or a link of a row that is not there, looked for it by.
func (q *asking) data(w *writing, n *Node, at *place, name ...builder.Expr) (out written, err error) {
	switch {
	case w == nil:
		return out, refusal(at.String(), "the shape does not allow the write")
	case n == nil || n.Kind != Object:
		return out, refusal(at.String(), "it is an object of columns")
	}
	tied := map[*model.Field]bool{}
	for i := range n.Members {
		m := &n.Members[i]
		at := at.of(m)
		switch a, x := w.accepts[m.Name], w.nests[m.Name]; {
		case a != nil:
			v, err := q.given(w, a, &m.Value, at)
			if err != nil {
				return out, err
			}
			out.sets = append(out.sets, builder.Set{Field: a.field, Value: v})
		case x != nil:
			sets, err := q.nest(w, x, &m.Value, at)
			if err != nil {
				return out, err
			}
			out.nested = append(out.nested, sets...)
			if holdsKey(x.r) && len(sets) > 0 {
				for _, f := range x.r.Local {
					tied[f] = true
				}
			}
		case w.echoes[m.Name]:
		default:
			return out, unknown(at, m.Name, w.names)
		}
	}
	if err := w.fill(&out, name, at); err != nil {
		return out, err
	}
	if w.purpose == updating && len(out.sets)+len(out.nested) == 0 {
		return out, refusal(at.String(), "it changes nothing")
	}
	if err := q.fix(w, &out); err != nil {
		return out, err
	}
	if w.purpose == creating {
		if err := w.lacking(&out, tied, at); err != nil {
			return out, err
		}
	}
	return out, w.validate(&out, at)
}

func (q *asking) given(w *writing, a *accepted, n *Node, at *place) (model.Value, error) {
	if n.Kind == Null {
		if !a.field.Nullable {
			return model.Value{}, unfit(at.String(), "it must not be null", nil)
		}
		return model.Null(), nil
	}
	v, err := reading{w.strict}.value(a.field, n, at)
	if err != nil {
		return v, valueRefused(err)
	}
	return v, nil
}

// valueRefused gives a value that does not fit its column the code of values.
func valueRefused(err error) error {
	var e *Error
	if errors.As(err, &e) && e.Code == CodeShape {
		e.Code, e.Status, e.Fields = CodeValidation, 422, []FieldFault{{e.Path, e.Detail()}}
	}
	return err
}

func (q *asking) fix(w *writing, out *written) error {
	out.sets = append(out.sets, w.fixed...)
	if len(w.fix) == 0 {
		return nil
	}
	a, err := q.actor()
	if err != nil {
		return err
	}
	for _, fn := range w.fix {
		s, err := called(func() (builder.Set, error) { return fn(q.ctx, a) })
		if err == nil {
			err = s.Err
		}
		if err == nil && (s.Field == nil || s.Field.Model != w.m || s.Op == builder.SetNested || w.purpose == creating && s.Op != builder.SetValue) {
			err = &orm.Error{Op: "guard", Model: w.m.Name, Err: orm.ErrInvalid, Detail: "FixFor gave no assignment of a column of the row"}
		}
		if err == nil {
			if _, twice := out.value(s.Field); twice {
				err = &orm.Error{Op: "guard", Model: w.m.Name, Field: s.Field.Name, Err: orm.ErrInvalid, Detail: "FixFor gives a column that the request or another Fix gives too"}
			}
		}
		if err != nil {
			return denied(err)
		}
		out.sets = append(out.sets, s)
	}
	return nil
}

// fill gives a new row what its name says of columns that the request may give, and refuses data that says otherwise.
func (w *writing) fill(out *written, name []builder.Expr, at *place) error {
	for i := range name {
		for _, a := range w.accepts {
			if a.field != name[i].Field {
				continue
			}
			v, given := out.value(a.field)
			switch {
			case !given:
				out.sets = append(out.sets, builder.Set{Field: a.field, Value: name[i].Value})
			case string(model.AppendKey(nil, v)) != string(model.AppendKey(nil, name[i].Value)):
				return refusal(at.at(a.wire).String(), "it says another value than where")
			}
		}
	}
	return nil
}

// lacking refuses a new row without what its table needs.
func (w *writing) lacking(out *written, tied map[*model.Field]bool, at *place) error {
	for _, a := range w.required {
		if _, ok := out.value(a.field); !ok && !tied[a.field] {
			return unfit(at.at(a.wire).String(), "it is missing", nil)
		}
	}
	for _, f := range w.open {
		if _, ok := out.value(f); ok || tied[f] {
			continue
		}
		for _, x := range w.nests {
			if holdsKey(x.r) && has(x.r.Local, f) {
				return unfit(at.at(x.wire).String(), "it is missing", nil)
			}
		}
		return &Error{Status: 500, Code: CodeInternal, Err: &orm.Error{Op: "guard", Model: w.m.Name, Field: f.Name, Err: orm.ErrInvalid, Detail: "a new row needs the column and neither the shape nor its FixFor gives it"}}
	}
	return nil
}

// validate holds the values against the rules of their columns, all of them at once.
func (w *writing) validate(out *written, at *place) error {
	if w.rules == nil {
		return nil
	}
	row := w.m.NewRow()
	p := row.UnsafePointer()
	for i := range out.sets {
		if s := &out.sets[i]; s.Op == builder.SetValue {
			if err := s.Field.Store(p, s.Value); err != nil {
				return outside(err, func(string) string { return "" })
			}
		}
	}
	var all validator.ValidationErrors
	var texts []string
	var faults []FieldFault
	note := func(a *accepted, found validator.ValidationErrors, why string) {
		all = append(all, found...)
		texts = append(texts, a.wire+": "+why)
		faults = append(faults, FieldFault{at.at(a.wire).String(), why})
	}
	var whole []string
	for _, wire := range w.names {
		a := w.accepts[wire]
		if a == nil {
			continue
		}
		_, given := out.value(a.field)
		if !given && (w.purpose == updating || a.field.Default != model.NoFill || a.field.Update != model.NoFill) {
			continue
		}
		if given && a.field.Nullable && a.field.IsZero(p) && !strings.Contains(a.rule, "required") {
			continue
		}
		if found, why := a.broken(w.rules, p); why != "" {
			note(a, found, why)
		} else if a.whole && (w.purpose == creating || given && out.gives(a.refs)) {
			whole = append(whole, a.field.Name)
		}
	}
	if len(whole) > 0 {
		var found validator.ValidationErrors
		if errors.As(w.rules.StructPartial(row.Interface(), whole...), &found) {
			for i := range found {
				for _, a := range w.accepts {
					if a.field.Name == found[i].StructField() {
						_, why := brokenRule(found[i : i+1])
						note(a, found[i:i+1], why)
					}
				}
			}
		}
	}
	switch len(texts) {
	case 0:
		return nil
	case 1:
		return unfit(faults[0].Path, faults[0].Detail, all)
	}
	e := unfit(at.String(), strings.Join(texts, "; "), all)
	e.Fields = faults
	return e
}

// row makes a struct of what was given, and tells the columns whose zero was meant.
func (w *writing) row(out *written) (p unsafe.Pointer, said []*model.Field, err error) {
	p = reflect.New(w.m.Type).UnsafePointer()
	for i := range out.sets {
		s := &out.sets[i]
		if err := s.Field.Store(p, s.Value); err != nil {
			return nil, nil, err
		}
		if s.Field.IsZero(p) && (s.Field.Default != model.NoFill || s.Field.Update != model.NoFill) {
			said = append(said, s.Field)
		}
	}
	return p, said, nil
}
