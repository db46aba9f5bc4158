package rest

import (
	"fmt"
	"slices"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/rls/guard"
)

// createOrUpdate writes rows one by one: one whose key is given and there is changed, others are made.
func (t *typed[T]) createOrUpdate(c *call, data *guard.Node) error {
	repo, r := orm.Repo[T](c.op.DB), c.op.Result
	items := []guard.Node{*data}
	items[0].At = "data"
	if data.Kind == guard.List {
		items = slices.Clone(data.Items)
		for i := range items {
			items[i].At = fmt.Sprintf("data[%d]", i)
		}
	}
	if len(items) > guard.MaxItems {
		return tooLarge("a list holds too many rows")
	}
	written := make([]*guard.Row[T], 0, len(items))
	for i := range items {
		row, err := t.upsert(c, repo, &items[i])
		if err != nil {
			return err
		}
		written = append(written, row)
	}
	rows := each(r, written)
	if err := t.admitted(c, rows); err != nil {
		return err
	}
	return t.totals(c)
}

func (t *typed[T]) upsert(c *call, repo orm.Repo[T], item *guard.Node) (*guard.Row[T], error) {
	ask := part(c.op.Request, "select", "include")
	over := orm.Refuse
	if repo.SoftDeletes() && repo.Transactional() {
		over = orm.Replace
	}
	add := func(name string, n guard.Node) {
		ask.Root.Members = append(ask.Root.Members, guard.Member{Name: name, Value: n})
	}
	key := guard.Node{Kind: guard.Object, At: item.At}
	if len(c.caller.outline.Unique) > 0 {
		for _, column := range c.caller.outline.Unique[0] {
			if v := item.Member(column.Name); v != nil && v.Kind != guard.Null {
				key.Members = append(key.Members, guard.Member{Name: column.Name, Value: *v})
			}
		}
	}
	if len(key.Members) == 0 || len(key.Members) < len(c.caller.outline.Unique[0]) {
		add("data", *item)
		return t.shape.Ask(ask).OnExisting(over).Create(c.ctx, repo)
	}
	change := guard.Node{Kind: guard.Object, At: item.At}
	for i := range item.Members {
		if m := &item.Members[i]; c.caller.changes(m.Name) {
			change.Members = append(change.Members, *m)
		}
	}
	add("where", key)
	add("create", *item)
	add("update", change)
	return t.shape.Ask(ask).OnExisting(over).Upsert(c.ctx, repo)
}

// changes reports whether an update may give a column.
func (c *caller) changes(name string) bool {
	if c.outline.Update == nil {
		return false
	}
	for i := range c.outline.Update.Columns {
		if c.outline.Update.Columns[i].Name == name {
			return true
		}
	}
	return false
}
