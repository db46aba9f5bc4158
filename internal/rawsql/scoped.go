package rawsql

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/engine"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/scoping"
	"github.com/multi-orm/orm/internal/sqltokens"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// permitted gives the text as it may run, with its arguments: each placeholder {{Model}} is a sub-select of the rows and the columns that
// the caller may read. A text that reads nothing beside them needs no leave of the scopes; every other one does.
func permitted(ctx context.Context, s *engine.Session, src source.SQL, text string, args []model.Value, reads bool) (string, []model.Value, error) {
	d := src.Dialect()
	t, why := sqltokens.ParseTemplate(text, d.Name())
	bad := func(detail string) error { return fault.New(fault.ErrInvalid, "", "", "SQL text: "+detail) }
	switch {
	case why != "":
		return "", nil, bad(why)
	case t == nil:
		return text, args, mayRaw(ctx, s, src)
	case !reads:
		return "", nil, bad("a placeholder stands for rows that are read: run it with Raw or RawRows")
	case t.Last != len(args): // one too few would take an argument of a sub-select
		return "", nil, bad(fmt.Sprintf("it has %d arguments, and %d are given", t.Last, len(args)))
	}
	x := expansion{d: d, t: t, s: s, scope: scoping.For(ctx, s, s.Registry(), builder.LivingRows), args: slices.Clone(args), done: map[*model.Model]string{}}
	for i := range t.Places {
		if _, err := x.model(src, t.Places[i].Name); err != nil {
			return "", nil, err
		}
	}
	for _, m := range s.ModelsOf(src) {
		for _, name := range t.Given {
			if strings.EqualFold(name, m.Table) {
				return "", nil, fault.New(fault.ErrInvalid, m.Name, "", "SQL text: WITH gives the name of the model's table, which hides what is meant: use another")
			}
		}
	}
	if t.Outside != "" {
		if err := mayRaw(ctx, s, src); err != nil {
			return "", nil, fmt.Errorf("%w: beside its placeholders the text names %s, which no scope reaches", err, t.Outside)
		}
	}
	out, err := x.text(src)
	return out, x.args, err
}

// expansion writes a text whose placeholders are sub-selects.
type expansion struct {
	d     dialect.Dialect
	t     *sqltokens.Template
	s     *engine.Session
	scope scoping.Scoper
	args  []model.Value
	done  map[*model.Model]string // the sub-select of each model, which serves in every place
}

// model finds a model of src by its name or by that of its table.
func (x *expansion) model(src source.SQL, name string) (*model.Model, error) {
	var found []*model.Model
	var names []string
	for _, m := range x.s.ModelsOf(src) {
		if m.Name == name {
			return m, nil
		}
		if m.Table == name {
			found = append(found, m)
		}
		names = append(names, m.Name, m.Table)
	}
	if len(found) == 1 {
		return found[0], nil
	}
	detail := "SQL text: {{" + name + "}} is no model of the source, by its name or its table"
	if len(found) > 1 {
		detail = "SQL text: {{" + name + "}} is the table of several models: name the model"
	} else if near := model.Nearest(name, names); near != "" {
		detail += fmt.Sprintf(" (did you mean %q?)", near)
	}
	return nil, fault.New(fault.ErrInvalid, "", "", detail)
}

// subselect gives the rows of m that the caller may read.
func (x *expansion) subselect(m *model.Model) (string, error) {
	if text, ok := x.done[m]; ok {
		return text, nil
	}
	q := &builder.Select{Model: m, Columns: []*model.Field{}}
	for _, f := range m.Fields {
		if !x.s.Registry().Empties(f) {
			q.Columns = append(q.Columns, f)
		}
	}
	if len(q.Columns) == 0 {
		return "", fault.New(fault.ErrDenied, m.Name, "", "every column of it is emptied in results")
	}
	if err := x.scope.Reads(q, true, nil, nil); err != nil {
		return "", err
	}
	text, args, err := builder.Inline(x.d, q, len(x.args))
	if err != nil {
		return "", err
	}
	x.args = append(x.args, args...)
	if most := x.d.Limits().Params; len(x.args) > most {
		return "", fault.New(fault.ErrLimit, m.Name, "", fmt.Sprintf("the statement has %d arguments and %s takes %d", len(x.args), x.d.Name(), most))
	}
	x.done[m] = "(" + text + ")"
	return x.done[m], nil
}

// text puts the sub-selects in their places, and numbers behind the arguments of SQLite that have none: the arguments of the sub-selects
// come after those of the caller.
func (x *expansion) text(src source.SQL) (string, error) {
	var b strings.Builder
	at, next := 0, x.t.Numbers
	marks := x.t.Marks
	plain := func(to int) {
		for len(marks) > 0 && marks[0] < to {
			next++
			b.WriteString(x.t.Text[at:marks[0]] + x.d.Placeholder(next))
			at, marks = marks[0]+1, marks[1:]
		}
		b.WriteString(x.t.Text[at:to])
	}
	for i := range x.t.Places {
		p := &x.t.Places[i]
		m, err := x.model(src, p.Name)
		if err != nil {
			return "", err
		}
		sub, err := x.subselect(m)
		if err != nil {
			return "", err
		}
		plain(p.Start)
		b.WriteString(sub)
		if !p.Named {
			b.WriteString(" AS " + x.d.Quote(m.Table))
		}
		at = p.End
	}
	plain(len(x.t.Text))
	return b.String(), nil
}
