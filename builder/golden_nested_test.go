package builder_test

import (
	"testing"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/model"
)

// A nested write through a link table reaches the rows that have a link of the row above, by a way back from the related
// row to its links that no model names.
func TestGoldenRelatedThroughLinks(t *testing.T) {
	back := &model.Relation{Model: of[Team](), Name: "Teams", Index: 99, Target: of[Membership](), Many: true, Local: fields[Team]("ID"), Remote: fields[Membership]("Team")}
	e := builder.Related(builder.OpSome, back, builder.Compare(builder.OpEq, field[Membership]("Member"), model.IntOf(7)))
	x := *e.Ext
	x.Scoped, x.Scope = true, []builder.Scope{{Name: "tenant", Expr: builder.Compare(builder.OpEq, field[Membership]("TenantID"), model.IntOf(3))}}
	e.Ext = &x
	var related builder.Conjunction
	related.Add(e)
	named := related
	named.Add(teams.Name.Eq("x").Expr())
	check(t, "nested", []golden{
		{"update", &builder.Update{Model: of[Team](), Where: named, Set: []builder.Set{teams.Name.Set("y").Set()}}},
		{"delete", &builder.Delete{Model: of[Team](), Where: related}},
		{"lock", &builder.Select{Model: of[Team](), Columns: fields[Team]("ID"), Where: named, Lock: builder.ForUpdate}},
	})
}
