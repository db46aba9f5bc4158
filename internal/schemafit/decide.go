package schemafit

import (
	"fmt"
	"slices"
	"strings"

	faults "github.com/multi-orm/orm/internal/fault" // fault is a kind of misfit here
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source/catalogue"
)

// Decide gives the columns of the relations that leave them to foreign keys, of models whose tables are in the catalogue. It
// decides nothing where one of them has no key or several, or where the names of columns tell otherwise than the keys do.
func (l *Live) Decide(models []*model.Model) (map[*model.Relation]model.Ends, error) {
	d := decision{l, models, map[*model.Relation]model.Ends{}}
	var errs []error
	for _, m := range models {
		for _, r := range m.Relations {
			switch {
			case r.Unsaid() != nil:
				if !slices.Contains(models, r.Target) {
					errs = append(errs, d.fail(r, "the two models are in two sources, and no foreign key leads from one to the other: say relation=local:remote"))
				} else if err := d.decide(r); err != nil {
					errs = append(errs, err)
				}
			case r.Inferred && slices.Contains(models, r.Target):
				errs = append(errs, d.confirm(r))
			}
		}
		errs = append(errs, d.twice(m))
	}
	if err := faults.Join(errs); err != nil {
		return nil, err
	}
	return d.ends, nil
}

type decision struct {
	*Live
	models []*model.Model
	ends   map[*model.Relation]model.Ends
}

func (d *decision) fail(r *model.Relation, detail string) error {
	return faults.New(faults.ErrInvalid, r.Model.Name, r.Name, fmt.Sprintf("tag %q: %s", r.Tag, detail))
}

func (d *decision) decide(r *model.Relation) error {
	from, to, err := d.tables(r)
	if err != nil {
		return err
	}
	found, unfit := d.candidates(r, from, to)
	by := ""
	if named := r.KeyColumns(); named != nil {
		by = " of " + strings.Join(named, ", ")
	}
	switch {
	case len(found) == 1:
		d.ends[r] = found[0]
		return nil
	case len(found) > 1:
		return d.fail(r, "more than one foreign key"+by+" gives the relation: say "+wordsOf(found)+", or the key's own column as relation=column where that tells them apart")
	case len(unfit) > 0:
		return d.fail(r, "the foreign key"+by+" cannot give the relation: "+strings.Join(unfit, "; "))
	}
	var others []string
	for _, t := range d.Ties(from, to) {
		others = append(others, t.String())
	}
	detail := fmt.Sprintf("no foreign key%s between %s and %s gives the relation: say relation=local:remote", by, from.FullName(), to.FullName())
	if len(others) > 0 {
		detail += "; foreign keys between the two would be " + strings.Join(others, " or ")
	}
	return d.fail(r, detail)
}

// confirm holds what the names of columns say against the keys. Where there are none, the names tell.
func (d *decision) confirm(r *model.Relation) error {
	from, to := d.Table(r.Model.Schema, r.Model.Table), d.Table(r.Target.Schema, r.Target.Table)
	if from == nil || to == nil {
		return nil
	}
	found, _ := d.candidates(r, from, to)
	if len(found) == 0 || slices.ContainsFunc(found, func(e model.Ends) bool { return part(r, e) }) {
		return nil
	}
	byNames := model.Ends{Local: r.Local, Remote: r.Remote}
	return d.fail(r, fmt.Sprintf("by the names of columns it would be %s, and by the foreign keys %s: say one of them", byNames, wordsOf(found)))
}

// part reports whether the pairs of columns of a relation are among those of a key, which may hold a tenant too.
func part(r *model.Relation, e model.Ends) bool {
	if e.Through != nil {
		return false
	}
	for i, f := range r.Local {
		if at := slices.Index(e.Local, f); at < 0 || e.Remote[at] != r.Remote[i] {
			return false
		}
	}
	return true
}

func (d *decision) tables(r *model.Relation) (from, to *catalogue.Table, err error) {
	find := func(m *model.Model) (*catalogue.Table, error) {
		t := d.Table(m.Schema, m.Table)
		if t == nil {
			return nil, d.fail(r, fmt.Sprintf("the table %s of %s is not there, so no foreign key tells: say relation=local:remote", catalogue.FullName(m.Schema, m.Table), m.Name))
		}
		return t, nil
	}
	if from, err = find(r.Model); err != nil {
		return nil, nil, err
	}
	to, err = find(r.Target)
	return from, to, err
}

// candidates are the ends that the keys between two tables give a relation of its kind, and why others do not.
func (d *decision) candidates(r *model.Relation, from, to *catalogue.Table) (found []model.Ends, unfit []string) {
	for _, t := range d.Ties(from, to) {
		if !d.named(r, &t) || !holds(r, &t) {
			continue
		}
		local, missing := d.mapped(r.Model, t.Local)
		remote, beyond := d.mapped(r.Target, t.Remote)
		if missing = append(missing, beyond...); len(missing) > 0 {
			unfit = append(unfit, fmt.Sprintf("%s needs a field for %s", t, strings.Join(missing, ", ")))
			continue
		}
		var through *model.Through
		if t.Link != nil {
			var beyond []string
			if through, beyond = d.through(&t); len(beyond) > 0 {
				unfit = append(unfit, fmt.Sprintf("%s needs a field for %s", t, strings.Join(beyond, ", ")))
				continue
			}
		}
		e, err := r.Resolve(local, remote, through)
		if err != nil {
			unfit = append(unfit, fmt.Sprintf("%s: %s", t, err))
			continue
		}
		if !slices.ContainsFunc(found, func(o model.Ends) bool { return o.String() == e.String() }) {
			found = append(found, e)
		}
	}
	return found, unfit
}

// through gives the link table as its model writes it, whose scopes hold for links then; where it has none, as the database does.
func (d *decision) through(t *Tie) (_ *model.Through, missing []string) {
	at := slices.IndexFunc(d.models, func(m *model.Model) bool { return d.Table(m.Schema, m.Table) == t.Link })
	if at < 0 {
		return &model.Through{Schema: t.Link.Schema, Table: t.Link.Name, Local: t.LinkLocal, Remote: t.LinkRemote}, nil
	}
	m := d.models[at]
	local, missing := d.mapped(m, t.LinkLocal)
	remote, beyond := d.mapped(m, t.LinkRemote)
	return &model.Through{Schema: m.Schema, Table: m.Table, Local: local, Remote: remote}, append(missing, beyond...)
}

// holds reports whether a relation of this kind, a slice or a pointer, can hold the rows that a key ties.
func holds(r *model.Relation, t *Tie) bool {
	if r.Many {
		return t.Backward || t.Link != nil
	}
	return !t.Many
}

// named reports whether the key is one that the tag may mean: that of the columns it names, if any.
func (d *decision) named(r *model.Relation, t *Tie) bool {
	key, holder := t.Local, r.Model
	switch {
	case t.Link != nil:
		key, holder = t.LinkLocal, nil
	case t.Backward:
		key, holder = t.Remote, r.Target
	}
	for _, name := range r.KeyColumns() {
		if holder != nil {
			if f, err := holder.Field(name); err == nil {
				name = f.Column
			}
		}
		if !d.has(key, name) {
			return false
		}
	}
	return true
}

// mapped gives the columns as the model writes them, and those that it has no field for.
func (d *decision) mapped(m *model.Model, columns []string) (out, missing []string) {
	for _, c := range columns {
		at := slices.IndexFunc(m.Fields, func(f *model.Field) bool { return d.Same(f.Column, c) })
		if at < 0 {
			missing = append(missing, m.Name+"."+c)
			continue
		}
		out = append(out, m.Fields[at].Column)
	}
	return out, missing
}

// twice refuses two relations by one key that do not both name it: one of them was meant otherwise.
func (d *decision) twice(m *model.Model) error {
	of := func(r *model.Relation) (string, bool) {
		if e, ok := d.ends[r]; ok {
			return e.String(), r.KeyColumns() == nil
		}
		if r.Unsaid() != nil {
			return "", false
		}
		return model.Ends{Local: r.Local, Remote: r.Remote, Through: r.Through}.String(), false
	}
	for i, a := range m.Relations {
		for _, b := range m.Relations[:i] {
			x, guessed := of(a)
			y, other := of(b)
			if x != y || x == "" || !guessed && !other || a.Target != b.Target || a.Many != b.Many {
				continue
			}
			if !guessed {
				a, b = b, a
			}
			return d.fail(a, fmt.Sprintf("relations %s and %s would both go by %s: say relation=local:remote", b.Name, a.Name, x))
		}
	}
	return nil
}

func wordsOf(es []model.Ends) string {
	out := make([]string, len(es))
	for i, e := range es {
		out[i] = e.String()
	}
	return strings.Join(out, " or ")
}
