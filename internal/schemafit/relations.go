package schemafit

import (
	"slices"
	"strings"

	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source/catalogue"
)

// relation compares a relation with foreign keys and indexes. A target in another source, a view or a table that is not
// there has none.
func (c *comparison) relation(r *model.Relation) {
	target := c.here[r.Target]
	if target == nil || !c.solid(target) {
		return
	}
	local, remote := columnsOf(r.Local), columnsOf(r.Remote)
	if th := r.Through; th != nil {
		link := c.Table(th.Schema, th.Table)
		if link == nil {
			c.linkless(r)
			return
		}
		if !c.solid(link) || !c.linked(r, link) {
			return
		}
		c.refers(r, link, th.Local, c.t, local)
		c.refers(r, link, th.Remote, target, remote)
		c.searched(r, link, th.Local, nil)
		return
	}
	c.searched(r, target, remote, r.Target)
	if r.Model.IsKey(r.Local) && !r.Target.IsKey(r.Remote) || r.Many {
		c.refers(r, target, remote, c.t, local)
		return
	}
	c.refers(r, c.t, local, target, remote)
}

// solid reports whether a table may have foreign keys and indexes of its own.
func (c *comparison) solid(t *catalogue.Table) bool {
	return t.Kind == catalogue.BaseTable
}

func (c *comparison) linkless(r *model.Relation) {
	name := catalogue.FullName(r.Through.Schema, r.Through.Table)
	if !c.Untold(r.Through.Schema, r.Through.Table) {
		c.fault(r.Name, "the link table %s does not exist%s", name, c.unseen())
	}
}

// linked looks whether the link table has the columns that the tag names, and takes a link that gives those alone.
func (c *comparison) linked(r *model.Relation, link *catalogue.Table) bool {
	used, all := slices.Concat(r.Through.Local, r.Through.Remote), true
	for _, name := range used {
		if c.Column(link, name) == nil {
			c.fault(r.Name, "the link table %s has no column %q", link.FullName(), name)
			all = false
		}
	}
	for m, t := range c.here {
		if t == link && m != nil { // links that need more are made through the model
			return all
		}
	}
	for i := range link.Columns {
		if col := &link.Columns[i]; !col.Nullable && !c.Defaulted(col) && !c.has(used, col.Name) {
			c.fault(r.Name, "the column %s.%s is NOT NULL without a default: rows cannot be linked through the relation", link.FullName(), col.Name)
		}
	}
	return all
}

// refers looks for the foreign key from columns of one table to those of another.
func (c *comparison) refers(r *model.Relation, from *catalogue.Table, columns []string, to *catalogue.Table, references []string) {
	var other *catalogue.ForeignKey
	for i := range from.ForeignKeys {
		k := &from.ForeignKeys[i]
		if c.covers(k, columns, to, references) {
			c.actions(r, from, k)
			return
		}
		if c.sameSet(k.Columns, columns) {
			other = k
		}
	}
	for i := range to.ForeignKeys { // the other way round: a relation by columns that both ends might hold
		if c.covers(&to.ForeignKeys[i], references, from, columns) {
			return
		}
	}
	pair := from.FullName() + list(columns) + " to " + to.FullName() + list(references)
	if c.told[pair] { // by the relation of the other end
		return
	}
	c.told[pair] = true
	if other != nil && !c.shared(other, to, references) && !c.chained(other, to, references) {
		c.fault(r.Name, "the relation leads from %s and the foreign key of those columns to %s%s%s", pair, other.Target(), list(other.References), c.there(r))
		return
	}
	switch {
	case other != nil:
	case r.ForeignKey.Wanted:
		c.fault(r.Name, "the tag wants a foreign key and none leads from %s: rows may refer to what is not there%s", pair, c.there(r))
	default:
		c.advise(r.Name, "no foreign key leads from %s: rows may refer to what is not there%s", pair, c.there(r))
	}
}

// there lists the foreign keys that could have been meant.
func (c *comparison) there(r *model.Relation) string {
	var ties []string
	for _, t := range c.Ties(c.t, c.here[r.Target]) {
		if !t.Many || r.Many {
			ties = append(ties, t.String())
		}
	}
	if len(ties) == 0 {
		return ""
	}
	return "; foreign keys between the two would be " + strings.Join(ties, " or ")
}

// covers reports whether a key leads from columns to references in step. Columns of the relation beyond it, as a shard key
// that relations add, are no matter; nor are those of the key that both ends have under a scope.
func (c *comparison) covers(k *catalogue.ForeignKey, columns []string, to *catalogue.Table, references []string) bool {
	if t := c.target(k); t == nil || t != to && !c.inherits(t, to) && !c.inherits(to, t) {
		return false
	}
	for i, name := range k.Columns {
		at := slices.IndexFunc(columns, func(x string) bool { return c.Same(x, name) })
		if at < 0 && c.Same(name, k.References[i]) { // (tenant_id, user_id) to (tenant_id, id)
			continue
		}
		if at < 0 || at >= len(references) || !c.Same(references[at], k.References[i]) {
			return false
		}
	}
	return slices.ContainsFunc(k.Columns, func(name string) bool { return c.has(columns, name) })
}

func (c *comparison) inherits(t, parent *catalogue.Table) bool {
	return t != nil && parent != nil && slices.Contains(t.Inherits, parent.FullName())
}

// shared reports whether two tables refer to the same row of a third by these columns, as orders and profiles that both
// have the id of their user.
func (c *comparison) shared(k *catalogue.ForeignKey, to *catalogue.Table, references []string) bool {
	return slices.ContainsFunc(to.ForeignKeys, func(o catalogue.ForeignKey) bool {
		return o.Schema == k.Schema && o.Table == k.Table && c.sameSet(o.Columns, references)
	})
}

// chained reports whether what a key leads to has the other table's rows for its own, by a key over the same columns: the managers, who
// are users.
func (c *comparison) chained(k *catalogue.ForeignKey, to *catalogue.Table, references []string) bool {
	between := c.target(k)
	return between != nil && slices.ContainsFunc(between.ForeignKeys, func(o catalogue.ForeignKey) bool {
		return c.target(&o) == to && c.sameSet(o.Columns, k.References) && c.sameSet(o.References, references)
	})
}

// actions looks for what the database does to rows behind the model's back.
func (c *comparison) actions(r *model.Relation, from *catalogue.Table, k *catalogue.ForeignKey) {
	pair := from.FullName() + list(k.Columns)
	if c.told[pair] {
		return
	}
	c.told[pair] = true
	for _, e := range []struct {
		word string
		says model.Action
		is   catalogue.Action
	}{{"ondelete", r.ForeignKey.OnDelete, k.OnDelete}, {"onupdate", r.ForeignKey.OnUpdate, k.OnUpdate}} {
		if e.says != "" && !c.sameAction(e.says, e.is) {
			c.fault(r.Name, "the tag says %s=%s and the foreign key of %s says %s", e.word, e.says, pair, e.is)
		}
	}
	if k.OnDelete == catalogue.SetNull {
		for _, name := range k.Columns {
			if col := c.Column(from, name); col != nil && !col.Nullable {
				c.fault(r.Name, "the foreign key of %s sets NULL on delete and %s is NOT NULL: a row that is referred to cannot be deleted", pair, name)
				return
			}
		}
	}
	if k.OnDelete != catalogue.Cascade {
		return
	}
	for m, t := range c.here {
		if t == from && m.SoftDelete != nil {
			to := c.ofTable(c.target(k))
			if to != nil && to.SoftDelete == nil {
				c.advise(r.Name, "the foreign key of %s deletes rows of %s, which keeps deleted ones, together with the row that they refer to", pair, m.Name)
			}
		}
	}
}

// sameAction compares what a tag says with what a key does. To SQL Server the two actions that refuse are one.
func (c *comparison) sameAction(says model.Action, is catalogue.Action) bool {
	if says == model.Restrict && c.Schema.Dialect == "sqlserver" {
		says = model.NoAction
	}
	return string(says) == strings.ReplaceAll(string(is), " ", "") || is == "" && says == model.NoAction
}

func (c *comparison) ofTable(t *catalogue.Table) *model.Model {
	for m, x := range c.here {
		if x != nil && x == t {
			return m
		}
	}
	return nil
}

// searched looks for an index by which a relation finds its rows. The columns of scopes may stand before them.
func (c *comparison) searched(r *model.Relation, t *catalogue.Table, columns []string, m *model.Model) {
	var before []string
	if m != nil {
		before = columnsOf(keptApart(m))
	}
	for _, s := range c.sorted(t) {
		for len(s) > 0 && c.has(before, s[0]) && !c.has(columns, s[0]) {
			s = s[1:]
		}
		if len(s) > 0 && c.has(columns, s[0]) && (len(columns) == 1 || !c.has(before, s[0]) || len(s) > 1 && c.has(columns, s[1])) {
			return
		}
	}
	c.advise(r.Name, "no index of the table %s begins with %s, which the relation goes by: each load reads the whole table", t.FullName(), strings.Join(columns, ", "))
}
