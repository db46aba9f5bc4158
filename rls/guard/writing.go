package guard

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unsafe"

	"github.com/go-playground/validator/v10"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/rules"
	"github.com/multi-orm/orm/model"
)

// purpose says what a write does with the values of a request.
type purpose uint8

const (
	creating purpose = iota
	updating
)

// writing says what a request may give of a row, compiled.
type writing struct {
	m       *model.Model
	purpose purpose
	strict  bool

	accepts map[string]*accepted
	fixed   []builder.Set
	fix     []fixedFunc
	echoes  map[string]bool // names that are fixed only
	nests   map[string]*nest
	names   []string

	required []*accepted // of a new row: what it must be given
	open     []*model.Field
	scoped   []scopedField
	rules    *validator.Validate
}

// accepted is a column that a request may give.
type accepted struct {
	wire  string
	field *model.Field
	rule  string         // of the value by itself
	whole bool           // the tag has rules that look at other fields
	refs  []*model.Field // those fields
}

// scopedField is a column that a scope fills: without the scope nobody does.
type scopedField struct {
	field *model.Field
	scope string
}

// writing compiles what a write may give. list is nil where the shape does not allow the write.
func (c *compiler) writing(m *model.Model, strict bool, list []datum, kind purpose, where string) *writing {
	if len(list) == 0 {
		return nil
	}
	w := &writing{m: m, purpose: kind, strict: strict, accepts: map[string]*accepted{}, echoes: map[string]bool{}, nests: map[string]*nest{}}
	for i := range list {
		d := &list[i]
		if c.fail(m, where, d.err) {
			continue
		}
		switch {
		case d.field != nil:
			c.accept(w, d, where)
		case d.fixed != nil:
			c.fixed(w, d.fixed, where)
		case d.fix != nil:
			w.fix = append(w.fix, d.fix)
		case d.ops != nil:
			c.nest(w, d, where)
		default:
			c.wrong(m, where, "an entry is empty: use Accept, Fix, FixFor or Nest")
		}
		if d.field == nil && (d.rule != nil || d.also != "") {
			c.wrong(m, where, "a rule is said of what a request gives: of Accept")
		}
	}
	for wire, a := range w.accepts {
		for _, s := range w.fixed {
			if s.Field == a.field {
				c.wrong(m, where, a.field.Name+" is accepted and fixed: one of them must go")
			}
		}
		delete(w.echoes, wire)
		if w.nests[wire] != nil {
			c.wrong(m, where, "a column and a relation are both called "+wire)
		}
		w.names = append(w.names, wire)
	}
	for wire := range w.nests {
		w.names = append(w.names, wire)
	}
	slices.Sort(w.names)
	if kind == creating {
		c.complete(w, where)
	}
	return w
}

func (c *compiler) accept(w *writing, d *datum, where string) {
	f, m := d.field, w.m
	if f.Model != m {
		c.wrong(m, where, "the column "+f.Model.Name+"."+f.Name+" is of another model")
		return
	}
	wire, ok := wireOf(f)
	why := ""
	switch {
	case !ok:
		why = `it has no name on the wire: its tag says json:"-"`
	case f.IsComputed:
		why = "it is computed, not stored"
	case f.Generated, f.Auto:
		why = "the source makes it"
	case f.ReadOnly:
		why = "it is tagged readonly"
	case f.CreateOnly && w.purpose == updating:
		why = "it is tagged createonly"
	case f.UpdateOnly && w.purpose == creating:
		why = "it is tagged updateonly"
	case scopeOf(f) != "":
		why = "it is a scope's column: the scope " + scopeOf(f) + " fills it"
	case f == m.SoftDelete:
		why = "it is what soft delete keeps"
	case f == m.Version:
		why = "it is the version of the row, which every write moves on"
	case !readable(f):
		why = "it holds " + f.Base.String() + ", which a request cannot give: use Fix or FixFor"
	case w.accepts[wire] != nil:
		why = "two columns are called " + wire + ", or one stands twice"
	}
	if why != "" {
		c.wrong(m, where, f.Name+" cannot be accepted: "+why)
		return
	}
	a := &accepted{wire: wire, field: f}
	if d.rule != nil {
		a.rule = *d.rule
	} else if sf, ok := structField(m.Type, f.Name); ok {
		tag := sf.Tag.Get("validate")
		if tag == "-" {
			tag = ""
		}
		a.rule = rules.WithoutCrossField(tag)
		if a.whole = a.rule != tag; a.whole {
			a.refs = referred(m, tag)
		}
	}
	if d.also != "" {
		if a.rule != "" {
			a.rule += ","
		}
		a.rule += d.also
	}
	if a.rule != "" || a.whole {
		if w.rules == nil {
			w.rules = validator.New(validator.WithRequiredStructEnabled())
		}
		if why := tryRule(w.rules, f, a.rule); why != "" {
			c.wrong(m, where, f.Name+": "+why)
		}
	}
	w.accepts[wire] = a
}

// scopeOf names the scope that fills a column, "" where none does.
func scopeOf(f *model.Field) string {
	switch f {
	case f.Model.Tenant:
		return hook.TenantScope
	case f.Model.Owner:
		return hook.OwnerScope
	}
	return f.Scope
}

// referred gives the fields that the rules of a tag name.
func referred(m *model.Model, tag string) (out []*model.Field) {
	for rule := range strings.SplitSeq(tag, ",") {
		if rules.WithoutCrossField(rule) == rule {
			continue
		}
		_, param, _ := strings.Cut(rule, "=")
		for _, word := range strings.Fields(param) {
			if f, err := m.Field(word); err == nil && f.Name == word {
				out = append(out, f)
			}
		}
	}
	return out
}

// tryRule tells what is wrong with a rule, before a request meets it.
func tryRule(v *validator.Validate, f *model.Field, rule string) (why string) {
	if rule == "" {
		return ""
	}
	if rule != rules.WithoutCrossField(rule) {
		return "the rule " + rule + " looks at other fields: leave that to the tag"
	}
	defer func() {
		if p := recover(); p != nil {
			why = fmt.Sprintf("the rule %s is wrong: %v", rule, p)
		}
	}()
	_ = v.Var(reflect.Zero(f.Type).Interface(), rule)
	return ""
}

func (c *compiler) fixed(w *writing, s *builder.Set, where string) {
	f, m := s.Field, w.m
	switch {
	case c.fail(m, where, s.Err):
	case s.Op == builder.SetNested:
		c.wrong(m, where, "Fix assigns a column: related rows are written by Nest")
	case f == nil || f.Model != m:
		c.wrong(m, where, "Fix assigns a column of another model, or none")
	case w.purpose == creating && s.Op != builder.SetValue:
		c.wrong(m, where, f.Name+": a new row has no value yet that it could be made of")
	case slices.ContainsFunc(w.fixed, func(x builder.Set) bool { return x.Field == f }):
		c.wrong(m, where, f.Name+" is fixed twice")
	default:
		w.fixed = append(w.fixed, *s)
		if wire, ok := wireOf(f); ok && !f.Hidden {
			w.echoes[wire] = true
		}
	}
}

// complete checks that every new row gets what its table needs.
func (c *compiler) complete(w *writing, where string) {
	m := w.m
	tied := map[*model.Field]bool{}
	for _, n := range w.nests {
		if holdsKey(n.r) {
			for _, f := range n.r.Local {
				tied[f] = true
			}
		}
	}
	given := map[*model.Field]*accepted{}
	for _, a := range w.accepts {
		given[a.field] = a
	}
	for _, f := range m.Fields {
		a := given[f]
		switch {
		case slices.ContainsFunc(w.fixed, func(s builder.Set) bool { return s.Field == f }):
		case !needed(f) || slices.Contains(c.tied, f):
		case scopeOf(f) != "":
			w.scoped = append(w.scoped, scopedField{f, scopeOf(f)})
		case tied[f]: // the request gives it, or the related row
			w.open = append(w.open, f)
		case a != nil:
			w.required = append(w.required, a)
		default:
			w.open = append(w.open, f)
		}
	}
	missing := make([]string, 0, len(w.open))
	for _, f := range w.open {
		if !tied[f] {
			missing = append(missing, f.Name)
		}
	}
	if len(missing) > len(w.fix) { // FixFor may give one column each
		c.wrong(m, where, "a new row needs "+strings.Join(missing, ", ")+": Accept or Fix it, or give the field a default")
	}
}

// needed reports whether a new row must be given the column.
func needed(f *model.Field) bool {
	return !f.Auto && !f.Generated && !f.Nullable && f.Default == model.NoFill && f.Update == model.NoFill &&
		!f.ReadOnly && !f.UpdateOnly && f != f.Model.Version && f != f.Model.SoftDelete
}

// holdsKey reports whether the model of r holds the key of the related row.
func holdsKey(r *model.Relation) bool {
	return r.Through == nil && !r.Many && !sameSet(r.Local, r.Model.Key)
}

// broken holds a value against its rule; "" is right.
func (a *accepted) broken(v *validator.Validate, row unsafe.Pointer) (validator.ValidationErrors, string) {
	if a.rule == "" {
		return nil, ""
	}
	err := v.Var(reflect.NewAt(a.field.Type, a.field.Peek(row)).Elem().Interface(), a.rule)
	return brokenRule(err)
}

func brokenRule(err error) (validator.ValidationErrors, string) {
	if err == nil {
		return nil, ""
	}
	found, ok := err.(validator.ValidationErrors) //nolint:errorlint // validator gives it as it is
	if !ok || len(found) == 0 {
		return nil, "it breaks a rule"
	}
	rule := found[0].Tag()
	if p := found[0].Param(); p != "" && rules.WithoutCrossField(rule) == rule {
		rule += "=" + p
	}
	return found, "it breaks the rule " + rule
}
