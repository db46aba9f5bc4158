package guard_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/rls"
	"github.com/multi-orm/orm/rls/guard"
)

// An upsert of a related row never writes what its struct says for want of an update: a request whose update names no column
// that the shape accepts is refused, and so is a shape that accepts none.
func TestANestedUpsertNeedsAnUpdate(t *testing.T) {
	upserts := func(change guard.Data[Crate]) guard.Shape[Depot] {
		return guard.Shape[Depot]{Select: guard.Only(Depots.ID), Unique: guard.Uniques[Depot]{guard.By(Depots.ID)}, Update: guard.Data[Depot]{
			guard.Nest(Depots.Crates, guard.Ops[Crate]{Upsert: guard.Upsert[Crate]{Where: guard.By(Crates.ID), Create: guard.Data[Crate]{guard.Accept(Crates.Label)}, Update: change}})}}
	}
	for what, change := range map[string]guard.Data[Crate]{"nil": nil, "empty": {}} {
		if _, err := guard.Compile(upserts(change)); !errors.Is(err, orm.ErrInvalid) || !strings.Contains(err.Error(), "Update.Crates.upsert: it gives no columns") {
			t.Errorf("an update that is %s: %v", what, err)
		}
	}
	inner := orm.Bind[Inner, struct{ Outers orm.Many[Inner, Outer] }]()
	outer := orm.Bind[Outer, struct {
		ID     orm.Col[Outer, int64]
		Name   orm.Text[Outer]
		Inners orm.Many[Outer, Inner]
	}]()
	if _, err := guard.Compile(guard.Shape[Outer]{Select: guard.Only(outer.ID), Unique: guard.Uniques[Outer]{guard.By(outer.ID)}, Update: guard.Data[Outer]{
		guard.Nest(outer.Inners, guard.Ops[Inner]{Upsert: guard.Upsert[Inner]{Where: guard.By(orm.Bind[Inner, struct{ ID orm.Col[Inner, int64] }]().ID),
			Create: guard.Data[Inner]{guard.Accept(orm.Bind[Inner, struct{ Name orm.Text[Inner] }]().Name)},
			Update: guard.Data[Inner]{guard.Nest(inner.Outers, guard.Ops[Outer]{Create: guard.Data[Outer]{guard.Accept(outer.Name)}})}}})}}); !errors.Is(err, orm.ErrInvalid) || !strings.Contains(err.Error(), "a nested write has no nested writes of its own") {
		t.Errorf("an update of related rows only: %v", err)
	}

	db := depotDB(t)
	must(t, db.Use(rls.Scope("region", value("region")), rls.Scope("company", value("company"))))
	ctx := orm.WithActor(t.Context(), orm.Actor{ID: int64(1), Values: map[string]any{"region": "north", "company": 7}})
	repo := orm.Repo[Depot](db)
	_, err := depots.Create(ctx, repo, []byte(`{"data": {"name": "a", "crates": {"create": {"label": "as it was"}}}}`))
	must(t, err)
	for shape, c := range map[string]*guard.Compiled[Depot]{
		"a column accepted": guard.MustCompile(upserts(guard.Data[Crate]{guard.Accept(Crates.Label)})),
		"a column fixed":    guard.MustCompile(upserts(guard.Data[Crate]{guard.Fix(Crates.Label.Set("fixed"))})), // which a request may give, unheeded
	} {
		for _, update := range []string{``, `, "update": {}`, `, "update": null`, `, "update": []`, `, "update": {"id": 9}`, `, "update": {"region": "south"}`, `, "update": {"depot_id": 2}`} {
			_, err := c.Update(ctx, repo, fmt.Appendf(nil, `{"where": {"id": 1}, "data": {"crates": {"upsert": {"where": {"id": 1}, "create": {"label": "from the struct"}%s}}}}`, update))
			var e *guard.Error
			if !errors.As(err, &e) || e.Code != guard.CodeShape || !strings.HasPrefix(e.Path, "data.crates.upsert.update") {
				t.Errorf("%s%s: %v", shape, update, err)
			}
		}
	}
	_, err = guard.MustCompile(upserts(guard.Data[Crate]{guard.Fix(Crates.Label.Set("fixed"))})).Update(ctx, repo,
		[]byte(`{"where": {"id": 1}, "data": {"crates": {"upsert": {"where": {"id": 1}, "create": {"label": "x"}, "update": {"label": "unheeded"}}}}}`))
	refused(t, err, guard.CodeShape, "data.crates.upsert.update")
	if all, err := orm.Repo[Crate](db).All(ctx); err != nil || len(all) != 1 || all[0].Label != "as it was" {
		t.Errorf("%+v, %v", all, err)
	}
}

type Outer struct {
	ID     int64   `orm:"id,auto"`
	Name   string  `orm:"name"`
	Inners []Inner `orm:"relation=id:outer_id"`
}

type Inner struct {
	ID      int64   `orm:"id,auto"`
	Name    string  `orm:"name"`
	OuterID *int64  `orm:"outer_id"`
	Outers  []Outer `orm:"relation=id:id,through=outer_inners(inner_id:outer_id)"`
}
