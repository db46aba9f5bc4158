package model

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Action is what a database does with the rows that refer to a row which is deleted, or whose key changes.
type Action string

// The actions of ondelete= and onupdate=. NoAction is that of a key which says none: the change is refused.
const (
	NoAction   Action = "noaction"
	Restrict   Action = "restrict"
	Cascade    Action = "cascade"
	SetNull    Action = "setnull"
	SetDefault Action = "setdefault"
)

func actions() []string {
	return []string{string(Cascade), string(Restrict), string(SetNull), string(SetDefault), string(NoAction)}
}

// ForeignKey is what a relation says of the foreign key that CreateTables writes for it.
type ForeignKey struct {
	Wanted   bool   // the tag says foreignkey, ondelete= or onupdate=
	OnDelete Action // "" where the tag says none
	OnUpdate Action
}

// foreignKey reads foreignkey, ondelete= and onupdate=.
func (r *Relation) foreignKey(tg tag) error {
	r.ForeignKey.Wanted = tg.has("foreignkey")
	for _, w := range []struct {
		word string
		to   *Action
	}{{"ondelete", &r.ForeignKey.OnDelete}, {"onupdate", &r.ForeignKey.OnUpdate}} {
		v, ok := tg.find(w.word)
		if !ok {
			continue
		}
		if !slices.Contains(actions(), v) {
			return fmt.Errorf("unknown action %q%s: use %s", w.word+"="+v, suggest(v, actions()), strings.Join(actions(), ", "))
		}
		*w.to, r.ForeignKey.Wanted = Action(v), true
	}
	return nil
}

// Holder gives the model whose rows hold the columns of a foreign key that follows the relation, these columns, and those that they refer to
// in the other model. The model is nil for a relation through a link table, whose rows hold the keys, and where the columns are not decided.
func (r *Relation) Holder() (holder *Model, columns []*Field, other *Model, references []*Field) {
	switch {
	case r.Through != nil || r.Undecided() != nil:
		return nil, nil, nil, nil
	case r.Many || r.Model.IsKey(r.Local) && !r.Target.IsKey(r.Remote):
		return r.Target, r.Remote, r.Model, r.Local
	}
	return r.Model, r.Local, r.Target, r.Remote
}

// Referable reports whether a foreign key may lead to the columns: they are the key of the model, or a unique set of all of its rows.
func (m *Model) Referable(columns []*Field) bool {
	same := func(set []*Field) bool {
		return len(set) == len(columns) && !slices.ContainsFunc(set, func(f *Field) bool { return !slices.Contains(columns, f) })
	}
	return same(m.Key) || m.SoftDelete == nil && slices.ContainsFunc(m.Uniques, func(x Index) bool { return same(x.Fields) })
}

// keyed checks that a foreign key can be what the tag wants.
func (r *Relation) keyed() error {
	k := &r.ForeignKey
	if !k.Wanted {
		return nil
	}
	if r.Model.Source != "" && r.Target.Source != "" && r.Model.Source != r.Target.Source {
		return fmt.Errorf("a foreign key needs one source, but %s lives in %q and %s in %q", r.Model.Name, r.Model.Source, r.Target.Name, r.Target.Source)
	}
	if r.Through != nil {
		if k.OnDelete == SetNull || k.OnDelete == SetDefault || k.OnUpdate == SetNull || k.OnUpdate == SetDefault {
			return errors.New("a link without one of its ends is none: use cascade or restrict")
		}
		for _, end := range []struct {
			m  *Model
			fs []*Field
		}{{r.Model, r.Local}, {r.Target, r.Remote}} {
			if !end.m.Referable(end.fs) {
				return unreferable(end.m, end.fs)
			}
		}
		return nil
	}
	holder, columns, other, references := r.Holder()
	if !other.Referable(references) {
		return unreferable(other, references)
	}
	for i, a := range []Action{k.OnDelete, k.OnUpdate} {
		for _, f := range columns { // the databases set all of them
			switch {
			case a == SetNull && !f.Nullable:
				return fmt.Errorf("the action setnull needs a column that may be NULL, and %s.%s may not", holder.Name, f.Name)
			case a == SetDefault && !f.Nullable && f.Default != FillLiteral && f.Default != FillDatabase && !strings.Contains(strings.ToLower(f.DBType), " default "):
				return fmt.Errorf("the action setdefault needs a column that has a default (dbdefault, default=) or may be NULL, and %s.%s has none", holder.Name, f.Name)
			case f.Generated && (a == SetNull || a == SetDefault || a == Cascade && i == 1):
				return fmt.Errorf("the database makes the values of %s.%s (generated), and the action %s would set it", holder.Name, f.Name, a)
			}
		}
	}
	if k.OnDelete == Cascade && holder.SoftDelete != nil {
		return fmt.Errorf("ondelete=cascade deletes rows of %s, which keeps deleted ones (softdelete): use restrict", holder.Name)
	}
	return nil
}

// keyUnsaid refuses a foreign key whose columns the keys of a database are to tell.
func (r *Relation) keyUnsaid() error {
	if r.ForeignKey.Wanted {
		return errors.New("a foreign key to be written needs its columns: write relation=local:remote")
	}
	return nil
}

func unreferable(m *Model, fs []*Field) error {
	names := make([]string, len(fs))
	for i, f := range fs {
		names[i] = f.Name
	}
	detail := fmt.Sprintf("a foreign key leads to the key of %s or to a unique set of it, and %s is neither", m.Name, strings.Join(names, " and "))
	if m.SoftDelete != nil {
		detail += " (sets of a model with softdelete are of its living rows alone)"
	}
	return errors.New(detail)
}

// keysAgree refuses relations that say different actions for one foreign key, as its two ends may.
func (g *graph) keysAgree() (errs []error) {
	var said []*relationDraft
	for _, d := range g.order {
		for _, rd := range d.relations {
			if !rd.relation.ForeignKey.Wanted {
				continue
			}
			for _, o := range said {
				a, b := o.relation, rd.relation
				if sameKey(a, b) && (differ(a.ForeignKey.OnDelete, b.ForeignKey.OnDelete) || differ(a.ForeignKey.OnUpdate, b.ForeignKey.OnUpdate)) {
					errs = append(errs, rd.fail(fmt.Errorf("%s.%s says another action for the same foreign key: say it at one of them", a.Model.Name, a.Name)))
				}
			}
			said = append(said, rd)
		}
	}
	return errs
}

func differ(a, b Action) bool { return a != "" && b != "" && a != b }

// sameKey reports whether two relations go by one foreign key, or by the keys of one link table.
func sameKey(a, b *Relation) bool {
	if s, t := a.Through, b.Through; s != nil && t != nil {
		return s.Schema == t.Schema && s.Table == t.Table && (slices.Equal(s.Local, t.Local) && slices.Equal(s.Remote, t.Remote) || slices.Equal(s.Local, t.Remote) && slices.Equal(s.Remote, t.Local))
	}
	h, c, o, r := a.Holder()
	h2, c2, o2, r2 := b.Holder()
	return h != nil && h == h2 && o == o2 && slices.Equal(c, c2) && slices.Equal(r, r2)
}
