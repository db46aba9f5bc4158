package guard_test

import (
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/rls/guard"
)

// A tree that another grammar made is bounded like one of JSON, also where its parts are shared or hold themselves.
func TestTreesAreBounded(t *testing.T) {
	repo := orm.Repo[Project](frozen(t))
	object := func(name string, v guard.Node) guard.Node {
		return guard.Node{Kind: guard.Object, Members: []guard.Member{{Name: name, Value: v}}}
	}
	list := func(items ...guard.Node) guard.Node { return guard.Node{Kind: guard.List, Items: items} }
	shared := object("archived", guard.Node{Kind: guard.True})
	for range 28 { // 2^28 values to whom visits each
		shared = list(shared, shared)
	}
	cycle := make([]guard.Node, 2)
	cycle[0], cycle[1] = list(cycle...), list()
	cycle[0].Items = cycle
	wide := make([]guard.Node, guard.MaxItems+1)
	for i := range wide {
		wide[i] = guard.Node{Kind: guard.Object}
	}
	for _, c := range []struct {
		tree guard.Node
		path string
	}{
		{object("where", object("archived", shared)), ""},
		{object("where", object("archived", list(cycle...))), "where.archived[0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0]"},
		{object("where", object("OR", list(wide...))), "where.OR"},
	} {
		_, err := published.Ask(guard.Request{Root: c.tree}).FindMany(actor(1), repo)
		refused(t, err, guard.CodeLimit, c.path)
	}
}
