package filter

import (
	"unsafe"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/model"
)

// tuples prepares a list of keys over several columns. A key that holds NULL equals no row.
func (c *compiler) tuples(n node, e *builder.Expr) (node, error) {
	if e.Ext == nil || len(e.Ext.Columns) == 0 || len(e.Ext.Columns) != len(e.Ext.Args) {
		return n, c.malformed()
	}
	lists := make([]model.List, len(e.Ext.Args))
	for i, f := range e.Ext.Columns {
		if f == nil || e.Ext.Args[i].Kind() != model.ListValue {
			return n, c.malformed()
		}
		if err := c.column(f); err != nil {
			return n, err
		}
		if err := c.equatable(f); err != nil {
			return n, err
		}
		if lists[i] = e.Ext.Args[i].List(); len(lists[i]) != len(lists[0]) {
			return n, c.malformed()
		}
	}
	n.keys = e.Ext.Columns
	n.set = make(map[string]struct{}, len(lists[0]))
	values := make([]model.Value, len(lists))
	var b []byte
	for at := range lists[0] {
		for i := range lists {
			values[i] = lists[i][at]
		}
		key, whole, err := Key(b[:0], n.keys, values)
		if err != nil {
			return n, err
		}
		if whole {
			n.set[string(key)] = struct{}{}
		}
		b = key
	}
	return n, nil
}

// among is (columns) IN (keys): unknown where a column is NULL, unless there is no key at all.
func (n *node) among(row unsafe.Pointer) (Truth, error) {
	if len(n.set) == 0 {
		return False, nil
	}
	var buf [64]byte
	b := buf[:0]
	for _, f := range n.keys {
		v, err := Load(f, row)
		if err != nil {
			return False, err
		}
		if v.IsNull() {
			return Unknown, nil
		}
		b = model.AppendKey(b, v)
	}
	_, found := n.set[string(b)]
	return truthOf(found), nil
}

// untrue holds unless every kid is true: one that is unknown makes it true.
func (n *node) untrue(row unsafe.Pointer) (Truth, error) {
	for i := range n.kids {
		t, err := n.kids[i].test(row)
		if err != nil {
			return False, err
		}
		if t != True {
			return True, nil
		}
	}
	return False, nil
}
