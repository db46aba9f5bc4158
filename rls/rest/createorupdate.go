package rest

import (
	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/rls/guard"
)

// createOrUpdate writes rows one by one: one whose key is given and there is changed, others are made.
func (t *typed[T]) createOrUpdate(c *call, data *guard.Node) error {
	repo, r := orm.Repo[T](c.op.DB), c.op.Result
	items := []guard.Node{*data}
	if data.Kind == guard.List {
		items = data.Items
	}
	if len(items) > guard.MaxItems {
		return tooLarge("a list holds too many rows")
	}
	written := make([]*guard.Row[T], 0, len(items))
	rows := make([]T, 0, len(items))
	for i := range items {
		row, err := t.upsert(c, repo, &items[i])
		if err != nil {
			return err
		}
		written, rows = append(written, row), append(rows, row.Value)
	}
	r.Count, r.RowsAffected, r.Rows = int64(len(rows)), int64(len(rows)), rows
	r.append = func(b []byte) (_ []byte, err error) {
		b = append(b, '[')
		for i, row := range written {
			if i > 0 {
				b = append(b, ',')
			}
			if b, err = row.AppendJSON(b); err != nil {
				return b, err
			}
		}
		return append(b, ']'), nil
	}
	if err := t.admitted(c, rows); err != nil {
		return err
	}
	return t.totals(c)
}

func (t *typed[T]) upsert(c *call, repo orm.Repo[T], item *guard.Node) (*guard.Row[T], error) {
	ask := part(c.op.Request, "select", "include")
	add := func(name string, n guard.Node) {
		ask.Root.Members = append(ask.Root.Members, guard.Member{Name: name, Value: n})
	}
	key := guard.Node{Kind: guard.Object}
	if len(c.caller.outline.Unique) > 0 {
		for _, column := range c.caller.outline.Unique[0] {
			if v := item.Member(column.Name); v != nil && v.Kind != guard.Null {
				key.Members = append(key.Members, guard.Member{Name: column.Name, Value: *v})
			}
		}
	}
	if len(key.Members) == 0 || len(key.Members) < len(c.caller.outline.Unique[0]) {
		add("data", *item)
		return t.shape.Ask(ask).Create(c.ctx, repo)
	}
	change := guard.Node{Kind: guard.Object}
	for i := range item.Members {
		if m := &item.Members[i]; c.caller.changes(m.Name) {
			change.Members = append(change.Members, *m)
		}
	}
	add("where", key)
	add("create", *item)
	add("update", change)
	return t.shape.Ask(ask).Upsert(c.ctx, repo)
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
