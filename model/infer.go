package model

import (
	"fmt"
	"strings"
)

// infer finds the columns of a relation that does not say them.
func (r *Relation) infer() error {
	back := Snake(r.Model.Name) + "_id"
	if r.Many {
		f := r.Target.column(back)
		if f == nil || len(r.Model.Key) != 1 {
			return r.unclear(nil, []string{r.Target.Name + "." + back})
		}
		r.Local, r.Remote = r.Model.Key, []*Field{f}
		return nil
	}
	tried := []string{Snake(r.Name) + "_id", Snake(r.Target.Name) + "_id"}
	if tried[0] == tried[1] {
		tried = tried[:1]
	}
	var found []*Field
	for i, c := range tried {
		if f := r.Model.column(c); f != nil {
			found = append(found, f)
		}
		tried[i] = r.Model.Name + "." + c
	}
	switch {
	case len(found) > 1 || len(found) == 1 && len(r.Target.Key) != 1:
		return r.unclear(found, tried)
	case len(found) == 1:
		r.Local, r.Remote = found, r.Target.Key
		return nil
	}
	tried = append(tried, r.Target.Name+"."+back)
	f := r.Target.column(back)
	if f == nil || len(r.Model.Key) != 1 {
		return r.unclear(nil, tried)
	}
	r.Local, r.Remote = r.Model.Key, []*Field{f}
	return nil
}

// unclear says what was found or looked for.
func (r *Relation) unclear(found []*Field, tried []string) error {
	if len(found) > 1 {
		names := make([]string, len(found))
		for i, f := range found {
			names[i] = f.Model.Name + "." + f.Column
		}
		return fmt.Errorf("more than one column could hold the relation (%s): say relation=local:remote"+AskKeys, strings.Join(names, ", "))
	}
	key := r.Model
	if len(found) == 1 {
		key = r.Target
	}
	if len(key.Key) != 1 {
		return fmt.Errorf("%s has a key of %d columns: say relation=local:remote with + between columns"+AskKeys, key.Name, len(key.Key))
	}
	return fmt.Errorf("no column holds the relation (looked for %s): say relation=local:remote"+AskKeys, strings.Join(tried, ", "))
}

// byNames reports whether the names of columns gave the ends.
func (r *Relation) byNames() bool { return r.Inferred && r.undecided == nil }

// ambiguous refuses two inferred relations over the same columns: one of them was meant otherwise.
func (d *draft) ambiguous() error {
	for i, a := range d.relations {
		for _, b := range d.relations[:i] {
			if !a.relation.byNames() || !b.relation.byNames() || a.relation.Target == nil || a.relation.Target != b.relation.Target || a.relation.Many != b.relation.Many {
				continue
			}
			if a.relation.Local[0] == b.relation.Local[0] && a.relation.Remote[0] == b.relation.Remote[0] {
				return a.fail(fmt.Errorf("relations %s and %s would both go by %s.%s = %s.%s: say relation=local:remote", b.relation.Name, a.relation.Name,
					d.model.Name, a.relation.Local[0].Column, a.relation.Target.Name, a.relation.Remote[0].Column))
			}
		}
	}
	return nil
}
