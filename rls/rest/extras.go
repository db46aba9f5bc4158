package rest

import (
	"context"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/rls/guard"
)

// extra is a value computed of all rows that pass, and how package guard is asked for it.
type extra struct {
	name   string
	word   string // _count, _sum, …
	column string // "" for _count
}

// extrasOf finds out how a shape's groups call the aggregates of a resource.
func extrasOf[T any](s guard.Shape[T], aggregates map[string]guard.Aggregate, names []string) ([]extra, error) {
	var out []extra
	for _, name := range names {
		s.Groups = guard.Groups[T]{Aggregates: []guard.Aggregate{aggregates[name]}}
		shape, err := guard.Compile(s)
		if err != nil {
			return nil, err
		}
		o, err := shape.Outline(context.Background())
		if err != nil {
			return nil, err
		}
		a := o.Groups.Aggregates[0]
		out = append(out, extra{name, a.Word, a.Name})
	}
	return out, nil
}

// extra computes the extras of a list.
func (t *typed[T]) extra(c *call) error {
	extras := c.caller.extras
	if len(extras) == 0 {
		return nil
	}
	ask := part(c.op.Request, "where")
	yes := guard.Node{Kind: guard.True}
	for _, x := range extras {
		n := ask.Root.Member(x.word)
		switch {
		case n == nil && x.column == "":
			ask.Root.Members = append(ask.Root.Members, guard.Member{Name: x.word, Value: yes})
		case n == nil:
			ask.Root.Members = append(ask.Root.Members, guard.Member{Name: x.word, Value: guard.Node{Kind: guard.Object, Members: []guard.Member{{Name: x.column, Value: yes}}}})
		case x.column != "" && n.Member(x.column) == nil:
			n.Members = append(n.Members, guard.Member{Name: x.column, Value: yes})
		}
	}
	groups, err := t.shape.Ask(ask).GroupBy(c.ctx, orm.Repo[T](c.op.DB))
	if err != nil {
		return err
	}
	text, err := groups.MarshalJSON()
	if err != nil {
		return err
	}
	list, err := guard.ParseNode(text)
	if err != nil {
		return err
	}
	out := guard.Node{Kind: guard.Object}
	for _, x := range extras {
		value := guard.Node{Kind: guard.Null}
		if len(list.Items) == 1 {
			if n := list.Items[0].Member(x.word); n != nil {
				value = *n
				if x.column != "" {
					if value = (guard.Node{Kind: guard.Null}); n.Member(x.column) != nil {
						value = *n.Member(x.column)
					}
				}
			}
		}
		out.Members = append(out.Members, guard.Member{Name: x.name, Value: value})
	}
	c.op.Result.extras, err = out.MarshalJSON()
	return err
}
