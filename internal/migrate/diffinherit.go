package migrate

import (
	"slices"

	"github.com/multi-orm/orm/internal/ddl"
	"github.com/multi-orm/orm/source/catalogue"
)

// above are the tables that one inherits from, at every depth. What is done to them is done to it.
func (w *differ) above(t *catalogue.Table) (out []*catalogue.Table) {
	out = []*catalogue.Table{t}
	for i := 0; i < len(out); i++ {
		for j := range w.live.Tables {
			if o := &w.live.Tables[j]; w.inherits(out[i], o) && !slices.Contains(out, o) {
				out = append(out, o)
			}
		}
	}
	return out[1:]
}

// fromAbove finds the column of the name that a model wants of a table which the one under way inherits from, nil where none does.
func (w *differ) fromAbove(name string) (*ddl.Column, *catalogue.Table) {
	for _, t := range w.above(w.on.live) {
		want := w.wants[t]
		if want == nil {
			continue
		}
		for i := range want.Columns {
			if c := &want.Columns[i]; w.same(c.Name, name) {
				return c, t
			}
		}
	}
	return nil, nil
}

// addedAbove reports whether a table above gets a column that the one under way then has too.
func (w *differ) addedAbove(c *ddl.Column) bool {
	up, t := w.fromAbove(c.Name)
	if up == nil || t.Column(up.Name) != nil {
		return false
	}
	if up.Type != c.Type || up.NotNull != c.NotNull {
		w.note(c.Name, "comes with the column of "+t.FullName()+", which the table inherits from, as "+up.Type+": the model says otherwise")
	}
	return true
}

// doneAbove reports whether a column is what a table above says of it, by a step of that table or already.
func (w *differ) doneAbove(c *ddl.Column, l *catalogue.Column) bool {
	if !slices.ContainsFunc(w.on.live.Holders, func(h catalogue.Holder) bool { return h.Kind == "parent" && h.Column == l.Name }) {
		return false
	}
	up, _ := w.fromAbove(l.Name)
	return up != nil && up.Type == c.Type && up.NotNull == c.NotNull && slices.Equal(up.Enum, c.Enum)
}

// inheritedCheck names the table above that a check comes from, "" where it is the table's own.
func (w *differ) inheritedCheck(k *catalogue.Check) string {
	for _, t := range w.above(w.on.live) {
		if slices.ContainsFunc(t.Checks, func(o catalogue.Check) bool { return o.Name == k.Name }) {
			return t.FullName()
		}
	}
	return ""
}
