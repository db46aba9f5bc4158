package guard_test

import (
	"testing"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/rls"
	"github.com/multi-orm/orm/rls/guard"
	"github.com/multi-orm/orm/source/sqlite"
)

// Shelf has a key of the caller's.
type Shelf struct {
	ID        string     `orm:"id"`
	TenantID  int64      `orm:"tenant_id,tenant"`
	Kind      string     `orm:"kind"`
	Label     string     `orm:"label"`
	DeletedAt *time.Time `orm:"deleted_at,softdelete"`
}

var Shelves = orm.Bind[Shelf, struct {
	ID    orm.Text[Shelf]
	Kind  orm.Text[Shelf]
	Label orm.Text[Shelf]
}]()

// woodenShelves shows shelves of one kind.
var woodenShelves = guard.MustCompile(guard.Shape[Shelf]{
	Select: guard.Only(Shelves.ID, Shelves.Label),
	Where:  guard.Where[Shelf]{guard.Force(Shelves.Kind.Eq("wood"))},
	Unique: guard.Uniques[Shelf]{guard.By(Shelves.ID)},
	Create: guard.Data[Shelf]{guard.Accept(Shelves.ID), guard.Accept(Shelves.Label), guard.Fix(Shelves.Kind.Set("wood"))},
	Update: guard.Data[Shelf]{guard.Accept(Shelves.Label)},
})

func TestAskCreatesOverADeletedRow(t *testing.T) {
	db, err := orm.Open(t.Context(), sqlite.Source("main", ":memory:"), orm.Models(Shelf{}))
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	must(t, orm.CreateTables(t.Context(), db))
	must(t, db.Use(rls.Tenant(), hook.SoftDelete()))
	repo := orm.Repo[Shelf](db)
	ask := func(text string) guard.Ask[Shelf] {
		r, err := guard.ParseJSON([]byte(text))
		must(t, err)
		return woodenShelves.Ask(r)
	}
	remove := func(s Shelf) {
		t.Helper()
		must(t, repo.Create(actor(1), &s))
		_, err := repo.ByID(s.ID).Delete(actor(1))
		must(t, err)
	}
	remove(Shelf{ID: "a", Kind: "wood", Label: "old"})
	remove(Shelf{ID: "b", Kind: "wood", Label: "old"})
	remove(Shelf{ID: "steel", Kind: "steel", Label: "old"})
	create := func(id string) guard.Ask[Shelf] { return ask(`{"data": {"id": "` + id + `", "label": "new"}}`) }

	_, err = create("a").Create(actor(1), repo)
	refused(t, err, guard.CodeConflict, "id")
	for _, mode := range []orm.Existing{orm.Replace, orm.Revive} {
		_, err = create("steel").OnExisting(mode).Create(actor(1), repo) // the shape does not show it
		refused(t, err, guard.CodeConflict, "id")
		_, err = create("a").OnExisting(mode).Create(actor(2), repo) // it is another tenant's
		refused(t, err, guard.CodeConflict, "id")
		_, err = create("a").Where(Shelves.Label.Eq("other")).OnExisting(mode).Create(actor(1), repo)
		refused(t, err, guard.CodeConflict, "id")
	}
	if rows, err := repo.OnlyDeleted().All(actor(1)); len(rows) != 3 || err != nil || rows[0].Label+rows[1].Label+rows[2].Label != "oldoldold" {
		t.Fatalf("a refusal changed something: %+v, %v", rows, err)
	}
	row, err := create("a").OnExisting(orm.Revive).Create(actor(1), repo)
	shows(t, row, err, `{"id":"a","label":"new"}`)

	upsert := `{"where": {"id": "b"}, "create": {"label": "made"}, "update": {"label": "changed"}}`
	row, err = ask(upsert).OnExisting(orm.Replace).Upsert(actor(1), repo)
	shows(t, row, err, `{"id":"b","label":"made"}`)
	row, err = ask(upsert).OnExisting(orm.Replace).Upsert(actor(1), repo)
	shows(t, row, err, `{"id":"b","label":"changed"}`)
}
