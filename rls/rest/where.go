package rest

import (
	"strings"

	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/rls/guard"
	"github.com/multi-orm/orm/rls/rest/rjson"
)

// operators are what may stand behind a column's name and a dot, with the operator of package guard that they mean. Those that
// begin with a ! are negated, those that end with ~ heed no letter case.
var operators = map[string]string{
	"eq": "equals", "ne": "not", "gt": "gt", "gte": "gte", "lt": "lt", "lte": "lte",
	"like": "like", "notLike": "!like", "ilike": "like~", "notIlike": "!like~",
	"inArray": "in", "notInArray": "notIn", "in": "in", "notIn": "notIn",
	"between": "between", "notBetween": "!between", "isNull": "isNull", "isNotNull": "-isNull",
	"contains": "contains", "startsWith": "startsWith", "endsWith": "endsWith",
	"has": "has", "hasEvery": "hasEvery", "hasSome": "hasSome", "isEmpty": "isEmpty",
}

// conditions gathers the conditions of one object.
type conditions struct {
	members []guard.Member
	not     []guard.Node // negated ones
	and     []guard.Node // what has no place in members, since its name or its mode is taken
}

// where turns the conditions of ?select= into those of package guard: an object holds when all of its members do, a list when one
// of its objects does.
func where(v *rjson.Value, o *guard.OutlineWhere, at string) (guard.Node, error) {
	switch v.Kind {
	case rjson.Array:
		any := guard.Node{Kind: guard.List, Items: make([]guard.Node, 0, len(v.Items))}
		for i := range v.Items {
			n, err := where(&v.Items[i], o, at)
			if err != nil {
				return n, err
			}
			any.Items = append(any.Items, n)
		}
		if len(any.Items) == 1 {
			return any.Items[0], nil
		}
		return guard.Node{Kind: guard.Object, Members: []guard.Member{{Name: "OR", Value: any}}}, nil
	case rjson.Object:
	default:
		return guard.Node{}, refuse(at, "it is an object of conditions, or a list of alternatives")
	}
	var c conditions
	for i := range v.Members {
		if err := c.member(&v.Members[i], o, at); err != nil {
			return guard.Node{}, err
		}
	}
	return c.node(), nil
}

func (c *conditions) node() guard.Node {
	if len(c.not) > 0 {
		c.members = append(c.members, guard.Member{Name: "NOT", Value: guard.Node{Kind: guard.List, Items: c.not}})
	}
	if len(c.and) > 0 {
		c.members = append(c.members, guard.Member{Name: "AND", Value: guard.Node{Kind: guard.List, Items: c.and}})
	}
	return guard.Node{Kind: guard.Object, Members: c.members}
}

func (c *conditions) member(m *rjson.Member, o *guard.OutlineWhere, at string) error {
	switch m.Name {
	case "AND", "OR", "NOT":
		list := m.Value.Items
		if m.Value.Kind != rjson.Array {
			list = []rjson.Value{m.Value}
		}
		nodes := make([]guard.Node, 0, len(list))
		for i := range list {
			n, err := where(&list[i], o, join(at, m.Name))
			if err != nil {
				return err
			}
			nodes = append(nodes, n)
		}
		switch m.Name {
		case "NOT":
			c.not = append(c.not, nodes...)
		case "AND":
			c.and = append(c.and, nodes...)
		default:
			c.members = append(c.members, guard.Member{Name: m.Name, Value: guard.Node{Kind: guard.List, Items: nodes}})
		}
		return nil
	}
	name, op := m.Name, ""
	if !known(o, name) {
		if i := strings.LastIndexByte(name, '.'); i > 0 {
			name, op = name[:i], name[i+1:]
		}
	}
	if r := relationOf(o, name); r != nil {
		return c.relation(r, name, op, &m.Value, join(at, plain(name)))
	}
	f := columnOf(o, name)
	if op == "" {
		return c.column(name, f, &m.Value, join(at, plain(name)))
	}
	means, ok := operators[op]
	if !ok {
		return refuse(join(at, plain(m.Name)), "the operator is unknown: it is one of eq, ne, gt, gte, lt, lte, like, notLike, ilike, notIlike, inArray, notInArray, between, notBetween, isNull, isNotNull, contains, startsWith, endsWith, has, hasEvery, hasSome and isEmpty")
	}
	return c.operator(name, f, means, &m.Value, join(at, plain(name)), join(at, plain(m.Name)))
}

// column reads a column without an operator: a value that it equals, or an object in the words of package guard.
func (c *conditions) column(name string, f *model.Field, v *rjson.Value, at string) error {
	if v.Kind != rjson.Object {
		value := literal(v, f)
		value.At = at
		return c.add(name, "equals", value, at)
	}
	n := guard.Node{Kind: guard.Object, At: at}
	for i := range v.Members {
		n.Members = append(n.Members, guard.Member{Name: v.Members[i].Name, Value: literal(&v.Members[i].Value, f)})
	}
	if c.has(name) {
		c.and = append(c.and, guard.Node{Kind: guard.Object, Members: []guard.Member{{Name: name, Value: n}}})
		return nil
	}
	c.members = append(c.members, guard.Member{Name: name, Value: n})
	return nil
}

func (c *conditions) has(name string) bool {
	for i := range c.members {
		if c.members[i].Name == name {
			return true
		}
	}
	return false
}

// operator adds one condition; of is the place of the column.
func (c *conditions) operator(name string, f *model.Field, means string, v *rjson.Value, of, at string) error {
	means, negated := strings.CutPrefix(means, "!")
	means, inverted := strings.CutPrefix(means, "-")
	means, fold := strings.CutSuffix(means, "~")
	value := literal(v, f)
	if inverted {
		switch value.Kind {
		case guard.True:
			value.Kind = guard.False
		case guard.False:
			value.Kind = guard.True
		}
	}
	if means == "like" {
		if value.Kind != guard.String {
			return refuse(at, "it is a text: % stands for any text")
		}
		means, value.Text = pattern(value.Text)
	}
	value.At = at
	if !negated && !fold {
		return c.add(name, means, value, of)
	}
	ops := []guard.Member{{Name: means, Value: value}}
	if fold {
		ops = append(ops, guard.Member{Name: "mode", Value: guard.Node{Kind: guard.String, Text: "insensitive", At: at}})
	}
	one := guard.Member{Name: name, Value: guard.Node{Kind: guard.Object, Members: ops, At: of}}
	switch object := (guard.Node{Kind: guard.Object, Members: []guard.Member{one}}); {
	case negated:
		c.not = append(c.not, object)
	case c.has(name):
		c.and = append(c.and, object)
	default:
		c.members = append(c.members, one)
	}
	return nil
}

// add joins a condition with the others of its column. What the column's object cannot take, since the operator is there already
// or the letter case counts otherwise, stands by itself.
func (c *conditions) add(name, op string, value guard.Node, at string) error {
	member := guard.Member{Name: op, Value: value}
	for i := range c.members {
		if c.members[i].Name != name {
			continue
		}
		of := &c.members[i].Value
		for k := range of.Members {
			if of.Members[k].Name == op || of.Members[k].Name == "mode" || of.Members[k].Name == "path" {
				c.and = append(c.and, guard.Node{Kind: guard.Object, Members: []guard.Member{{Name: name, Value: guard.Node{Kind: guard.Object, Members: []guard.Member{member}, At: at}}}})
				return nil
			}
		}
		of.Members = append(of.Members, member)
		return nil
	}
	c.members = append(c.members, guard.Member{Name: name, Value: guard.Node{Kind: guard.Object, Members: []guard.Member{member}, At: at}})
	return nil
}

// relation reads a filter by related rows: (some:(…)), or some behind a dot.
func (c *conditions) relation(r *guard.OutlineRelated, name, op string, v *rjson.Value, at string) error {
	quantified := []rjson.Member{{Name: op, Value: *v}}
	if op == "" {
		if v.Kind != rjson.Object {
			return refuse(at, "it is an object such as (some:(…))")
		}
		quantified = v.Members
	}
	n := guard.Node{Kind: guard.Object}
	for i := range quantified {
		q := &quantified[i]
		value := guard.Node{Kind: guard.Null}
		if q.Value.Kind != rjson.Null {
			var err error
			if value, err = where(&q.Value, r.Where, join(at, plain(q.Name))); err != nil {
				return err
			}
		}
		n.Members = append(n.Members, guard.Member{Name: q.Name, Value: value})
	}
	if c.has(name) {
		c.and = append(c.and, guard.Node{Kind: guard.Object, Members: []guard.Member{{Name: name, Value: n}}})
		return nil
	}
	c.members = append(c.members, guard.Member{Name: name, Value: n})
	return nil
}

func known(o *guard.OutlineWhere, name string) bool {
	return columnOf(o, name) != nil || relationOf(o, name) != nil
}

func columnOf(o *guard.OutlineWhere, name string) *model.Field {
	for i := range o.Columns {
		if o.Columns[i].Name == name {
			return o.Columns[i].Field
		}
	}
	return nil
}

func relationOf(o *guard.OutlineWhere, name string) *guard.OutlineRelated {
	for i := range o.Related {
		if o.Related[i].Name == name {
			return &o.Related[i]
		}
	}
	return nil
}

// pattern gives the operator that a pattern of like means: a text with % at one end or both begins, ends with or contains the
// rest; one without wildcards equals. Other patterns stay like, which only shapes that name it allow.
func pattern(s string) (op, text string) {
	var b strings.Builder
	front, back, inner := false, false, false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '%' && b.Len() == 0 && !back:
			front = true
		case c == '%':
			back = true
		case c == '_', back, c == '\\' && i+1 == len(s):
			inner = true
		case c == '\\':
			i++
			b.WriteByte(s[i])
		default:
			b.WriteByte(c)
		}
		if inner {
			return "like", s
		}
	}
	switch {
	case front && (back || b.Len() == 0):
		return "contains", b.String()
	case front:
		return "endsWith", b.String()
	case back:
		return "startsWith", b.String()
	}
	return "equals", b.String()
}
