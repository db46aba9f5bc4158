package rest

import (
	"net/http"

	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/rls/guard"
	"github.com/multi-orm/orm/rls/rest/rjson"
)

// request makes the request of package guard from the path, the query and the body.
func (c *call) request(verb string) (err error) {
	n := guard.Node{Kind: guard.Object}
	switch {
	case c.asked.hasSelect:
		v, err := rjson.ParseMost([]byte(c.asked.selects), guard.MaxTotal)
		if err != nil {
			return notRJSON("select", err)
		}
		c.renamed = true
		if n, c.rowless, err = selection(&v, c.caller.outline, "", true); err != nil {
			return err
		}
	case c.asked.hasQuery:
		if n, err = guard.ParseNode([]byte(c.asked.query)); err != nil {
			return err
		}
		if n.Kind != guard.Object {
			return refuse("query", "it is an object")
		}
	}
	if err := c.flags(verb, &n); err != nil {
		return err
	}
	if err := c.res.flat.read(c, &n); err != nil {
		return err
	}
	if err := c.forbidden(&n); err != nil {
		return err
	}
	if c.exact {
		if err := heeded(&n, c.caller.outline, ""); err != nil {
			return err
		}
	}
	if c.res.over == Clamp && !c.exact {
		clamp(&n, c.caller.outline)
	}
	if c.key != nil {
		if err := c.nameRow(&n); err != nil {
			return err
		}
	}
	if verb == http.MethodPost || verb == http.MethodPatch {
		if n.Member("data") != nil {
			return refuse("data", "what is written stands in the body")
		}
		data, err := c.readBody()
		if err != nil {
			return err
		}
		if c.exact && verb == http.MethodPatch {
			if err := heededData(&data, c.caller.outline.Update); err != nil {
				return err
			}
		}
		n.Members = append(n.Members, guard.Member{Name: "data", Value: data})
	}
	c.op.Request = guard.Request{Root: n}
	return nil
}

// flags reads what a request says beside what package guard knows: select:false, cursor and total.
func (c *call) flags(verb string, n *guard.Node) error {
	reads := verb == http.MethodGet
	if s := n.Member("select"); s != nil && s.Kind == guard.False {
		c.rowless = true
		drop(n, "select")
	}
	if t := n.Member("total"); t != nil && reads {
		if t.Kind != guard.True && t.Kind != guard.False {
			return refuse("total", "it is true or false")
		}
		c.asked.countTotal = c.asked.countTotal || t.Kind == guard.True
		drop(n, "total")
	}
	if t := n.Member("cursor"); t != nil && reads {
		if t.Kind != guard.String {
			return refuse("cursor", "it is the next or prev of a page, or an empty text for the first page")
		}
		c.paged = true
	}
	list := reads && c.key == nil
	switch {
	case c.asked.countTotal && !c.res.countTotal:
		return &Error{Status: http.StatusForbidden, Path: "countTotal", Detail: "the resource does not count"}
	case c.asked.findFirst && !list:
		return refuse("findFirst", "it is of lists")
	case c.asked.findFirst && c.res.single == Never:
		return &Error{Status: http.StatusForbidden, Path: "findFirst", Detail: "the resource gives lists only"}
	case c.rowless && c.key != nil && reads:
		return refuse("columns", "one row is read with its columns")
	case c.paged && (c.key != nil || c.single() || c.rowless):
		return refuse("cursor", "pages are of lists")
	}
	return nil
}

// single reports whether a list is asked for its first row.
func (c *call) single() bool { return c.asked.findFirst || c.res.single == Always }

func drop(n *guard.Node, name string) {
	kept := n.Members[:0]
	for _, m := range n.Members {
		if m.Name != name {
			kept = append(kept, m)
		}
	}
	n.Members = kept
}

// forbidden refuses the parts of a request that the resource's rules take away.
func (c *call) forbidden(n *guard.Node) error {
	if c.res.forbid == 0 {
		return nil
	}
	for i := range n.Members {
		m := &n.Members[i]
		var part Part
		switch m.Name {
		case "select":
			part = ForbidColumns
			if c.res.forbid&ForbidWith != 0 {
				for k := range m.Value.Members {
					if m.Value.Members[k].Value.Kind == guard.Object {
						part |= ForbidWith
					}
				}
				if m.Value.Member("_count") != nil {
					part |= ForbidWith
				}
				for k := range c.caller.outline.Relations {
					if m.Value.Member(c.caller.outline.Relations[k].Name) != nil {
						part |= ForbidWith
					}
				}
			}
		case "include":
			part = ForbidWith
		case "where":
			part = ForbidWhere
		case "orderBy":
			part = ForbidOrderBy
		case "take":
			part = ForbidLimit
		case "skip", "cursor":
			part = ForbidOffset
		}
		if c.res.forbid&part != 0 {
			return refuse(m.Name, "the resource does not allow it")
		}
	}
	if c.rowless && c.res.forbid&ForbidColumns != 0 {
		return refuse("columns", "the resource does not allow it")
	}
	return nil
}

// clamp puts the shape's limit in place of one that is larger, at every depth.
func clamp(n *guard.Node, o *guard.Outline) {
	for i := range n.Members {
		m := &n.Members[i]
		switch m.Name {
		case "take":
			if most := int64(o.Take.Max); most > 0 && beyond(&m.Value, most) {
				m.Value = number(most)
			}
		case "select", "include":
			for k := range m.Value.Members {
				for x := range o.Relations {
					if o.Relations[x].Name == m.Value.Members[k].Name {
						clamp(&m.Value.Members[k].Value, o.Relations[x].Shape)
					}
				}
			}
		}
	}
}

// nameRow makes the path's key the condition of the request.
func (c *call) nameRow(n *guard.Node) error {
	for _, word := range []string{"where", "orderBy", "take", "skip"} {
		if n.Member(word) != nil {
			return refuse(word, "the path names the row")
		}
	}
	columns := c.caller.outline.Unique[0]
	where := guard.Node{Kind: guard.Object}
	for i, part := range c.key {
		value := guard.Node{Kind: guard.String, Text: part}
		if k := columns[i].Field.Kind; k == model.Int || k == model.Uint {
			if plainNumber(part) {
				value.Kind = guard.Number
			}
		}
		where.Members = append(where.Members, guard.Member{Name: columns[i].Name, Value: value})
	}
	n.Members = append(n.Members, guard.Member{Name: "where", Value: where})
	return nil
}
