package client

import (
	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/rls/rest/rjson"
)

// wireOf gives the resource that a relation leads to.
type wireOf func(m *model.Model) (*resource, error)

// wording writes conditions in the words of requests.
type wording struct{ of wireOf }

// conditions is an object under way: all of its members hold.
type conditions struct {
	members []rjson.Member
	not     []rjson.Value
	and     []rjson.Value // what has no place in members, since its name is taken
}

func (c *conditions) add(name string, v rjson.Value) {
	for i := range c.members {
		if c.members[i].Name == name {
			c.and = append(c.and, object(rjson.Member{Name: name, Value: v}))
			return
		}
	}
	c.members = append(c.members, rjson.Member{Name: name, Value: v})
}

func (c *conditions) value() rjson.Value {
	all := c.members
	if len(c.not) > 0 {
		all = append(all, rjson.Member{Name: "NOT", Value: list(c.not...)})
	}
	if len(c.and) > 0 {
		all = append(all, rjson.Member{Name: "AND", Value: list(c.and...)})
	}
	return rjson.Value{Kind: rjson.Object, Members: all}
}

// where writes a condition on rows of r as an object.
func (w wording) where(r *resource, n *node) (rjson.Value, error) {
	var c conditions
	kids := []node{*n}
	if n.kind == both {
		kids = n.kids
	}
	for i := range kids {
		if err := w.put(&c, r, &kids[i]); err != nil {
			return rjson.Value{}, err
		}
	}
	return c.value(), nil
}

func (w wording) put(c *conditions, r *resource, n *node) error {
	switch n.kind {
	case always:
		return nil
	case never: // no alternative holds
		c.add("OR", list())
		return nil
	case either:
		any := make([]rjson.Value, len(n.kids))
		for i := range n.kids {
			var err error
			if any[i], err = w.where(r, &n.kids[i]); err != nil {
				return err
			}
		}
		c.add("OR", list(any...))
		return nil
	case both:
		v, err := w.where(r, n)
		c.and = append(c.and, v)
		return err
	case related:
		return w.related(c, r, n)
	}
	return w.leaf(c, r, n)
}

func (w wording) related(c *conditions, r *resource, n *node) error {
	name, err := r.relation(n.rel)
	if err != nil {
		return err
	}
	to, err := w.of(n.rel.Target)
	if err != nil {
		return err
	}
	asked, err := w.where(to, &n.kids[0])
	if err != nil {
		return err
	}
	for i := range c.members {
		if m := &c.members[i]; m.Name == name && m.Value.Member(n.word) == nil {
			m.Value.Members = append(m.Value.Members, rjson.Member{Name: n.word, Value: asked})
			return nil
		}
	}
	c.add(name, object(rjson.Member{Name: n.word, Value: asked}))
	return nil
}

// word gives the operator behind the column's name, and that of package guard.
func word(op builder.Op) (short, long string) {
	switch op {
	case builder.OpEq:
		return "eq", "equals"
	case builder.OpNe:
		return "ne", "not"
	case builder.OpGt:
		return "gt", "gt"
	case builder.OpGte:
		return "gte", "gte"
	case builder.OpLt:
		return "lt", "lt"
	case builder.OpLte:
		return "lte", "lte"
	case builder.OpIn:
		return "inArray", "in"
	case builder.OpNotIn:
		return "notInArray", "notIn"
	case builder.OpContains:
		return "contains", "contains"
	case builder.OpStartsWith:
		return "startsWith", "startsWith"
	case builder.OpEndsWith:
		return "endsWith", "endsWith"
	case builder.OpHasAny:
		return "hasSome", "hasSome"
	case builder.OpHasAll:
		return "hasEvery", "hasEvery"
	case builder.OpTerm: // the only one that is kept
		return "isEmpty", "isEmpty"
	case builder.OpLike:
		return "like", "like"
	case builder.OpBetween:
		return "between", "between"
	}
	return "isNull", "isNull"
}

func (w wording) leaf(c *conditions, r *resource, n *node) error {
	name, err := r.column(n.field)
	if err != nil {
		return err
	}
	if n.path != nil {
		return w.document(c, name, n)
	}
	var v rjson.Value
	switch n.op {
	case builder.OpIsNull, builder.OpIsNotNull:
		short := "isNull"
		if n.op == builder.OpIsNotNull {
			short = "isNotNull"
		}
		c.add(name+"."+short, boolean(true))
		return nil
	case builder.OpBetween:
		low, err := valueOf(n.field, n.value)
		if err != nil {
			return err
		}
		high, err := valueOf(n.field, n.upper)
		if err != nil {
			return err
		}
		v = list(low, high)
	case builder.OpHasAny, builder.OpHasAll, builder.OpIn, builder.OpNotIn:
		f := n.field
		if f.Elem != nil {
			f = f.Elem
		}
		if v, err = valueOf(f, n.value); err != nil {
			return err
		}
	default:
		if v, err = valueOf(n.field, n.value); err != nil {
			return err
		}
	}
	short, long := word(n.op)
	switch {
	case n.op == builder.OpLike || n.op == builder.OpBetween:
		c.add(name+"."+fixed(short, n.fold, n.negated), v)
		return nil
	case n.fold:
		v = object(rjson.Member{Name: long, Value: v}, rjson.Member{Name: "mode", Value: text("insensitive")})
		if n.negated {
			c.not = append(c.not, object(rjson.Member{Name: name, Value: v}))
			return nil
		}
		c.add(name, v)
		return nil
	case n.negated:
		c.not = append(c.not, object(rjson.Member{Name: name + "." + short, Value: v}))
		return nil
	case n.op == builder.OpEq:
		c.add(name, v)
		return nil
	}
	c.add(name+"."+short, v)
	return nil
}

// fixed gives the words of like and between with what changes them.
func fixed(short string, fold, negated bool) string {
	switch {
	case fold && negated:
		return "notIlike"
	case fold:
		return "ilike"
	case negated && short == "like":
		return "notLike"
	case negated:
		return "notBetween"
	}
	return short
}

// document writes a comparison of a part of a document.
func (w wording) document(c *conditions, name string, n *node) error {
	steps := make([]rjson.Value, len(n.path))
	for i, s := range n.path {
		switch x := s.(type) {
		case string:
			steps[i] = text(x)
		case int:
			steps[i] = number(int64(x))
		}
	}
	_, long := word(n.op)
	v := boolean(n.op == builder.OpIsNull)
	if n.op != builder.OpIsNull && n.op != builder.OpIsNotNull {
		var err error
		if v, err = valueOf(n.field, n.value); err != nil {
			return err
		}
	}
	v = object(rjson.Member{Name: "path", Value: list(steps...)}, rjson.Member{Name: long, Value: v})
	if n.negated {
		c.not = append(c.not, object(rjson.Member{Name: name, Value: v}))
		return nil
	}
	c.add(name, v)
	return nil
}
