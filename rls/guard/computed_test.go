package guard_test

import (
	"context"
	"strings"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/rls"
	"github.com/multi-orm/orm/rls/guard"
	"github.com/multi-orm/orm/source/sqlite"
)

// Badge shows a column that is computed of another, which the shape does not show.
type Badge struct {
	ID     int64  `orm:"id,auto" json:"id"`
	Holder string `orm:"holder" json:"holder"`
	Label  string `orm:"label,computed" json:"label"`
	Marks  []Mark `orm:"relation=id:badge_id" json:"marks"`
	Place  Place  `orm:"prefix=at_" json:"-"`
	Room   Room   `orm:"prefix=room_"`
	Serial int64  `orm:"serial" json:"serial,string"`
}

// Mark is a row that only a tenant scope completes.
type Mark struct {
	ID       int64  `orm:"id,auto" json:"id"`
	TenantID int64  `orm:"tenant_id,tenant" json:"-"`
	BadgeID  int64  `orm:"badge_id" json:"badgeId"`
	Text     string `orm:"text" json:"text"`
}

type Place struct {
	City string `orm:"city" json:"city"`
}

type Room struct {
	Door string `orm:"door" json:"-"`
	Name string `orm:"name"`
}

var Badges = orm.Bind[Badge, struct {
	ID     orm.Col[Badge, int64]
	Holder orm.Text[Badge]
	Label  orm.Text[Badge]
	Serial orm.Col[Badge, int64]
	Marks  orm.Many[Badge, Mark]
}]()

var Marks = orm.Bind[Mark, struct{ Text orm.Text[Mark] }]()

func badges(t *testing.T, more ...hook.Extension) (orm.Repo[Badge], *guard.Compiled[Badge]) {
	t.Helper()
	ctx := actor(1)
	db, err := orm.Open(ctx, sqlite.Source("main", ":memory:"), orm.Models(Badge{}, Mark{}))
	must(t, err)
	t.Cleanup(func() { _ = db.Close() })
	must(t, orm.CreateTables(ctx, db))
	must(t, db.Use(append(more, hook.Computed("Label", []string{"Holder"}, func(_ context.Context, rows []*Badge) error {
		for _, b := range rows {
			b.Label = strings.ToUpper(b.Holder)
		}
		return nil
	}))...))
	mark := guard.Nest(Badges.Marks, guard.Ops[Mark]{Create: guard.Data[Mark]{guard.Accept(Marks.Text)}})
	city := orm.F(func(b *Badge) *string { return &b.Place.City })
	door := orm.F(func(b *Badge) *string { return &b.Room.Door })
	name := orm.F(func(b *Badge) *string { return &b.Room.Name })
	c := guard.MustCompile(guard.Shape[Badge]{
		Select: guard.Only[Badge](Badges.Label),
		Unique: guard.Uniques[Badge]{guard.By(Badges.ID)},
		Create: guard.Data[Badge]{guard.Accept(Badges.Holder), guard.Accept(Badges.Serial), guard.Fix(city.Set("")), guard.Fix(door.Set("")), guard.Fix(name.Set(""))},
		Update: guard.Data[Badge]{guard.Accept(Badges.Holder), mark},
		Groups: guard.Groups[Badge]{By: guard.Only[Badge](Badges.Serial), Aggregates: guard.Aggregates(guard.CountAll)},
	})
	return orm.Repo[Badge](db), c
}

// A computed column comes with rows that are read and with those that are written.
func TestComputedColumns(t *testing.T) {
	ctx := actor(1)
	repo, c := badges(t, rls.Tenant(), rls.Global(Badge{}))
	row, err := c.Create(ctx, repo, []byte(`{"data": {"holder": "ada", "serial": "7"}}`))
	shows(t, row, err, `{"label":"ADA"}`)
	row, err = c.Update(ctx, repo, []byte(`{"where": {"id": 1}, "data": {"holder": "bob"}}`))
	shows(t, row, err, `{"label":"BOB"}`)
	row, err = c.Upsert(ctx, repo, []byte(`{"where": {"id": 1}, "create": {"holder": "x", "serial": 1}, "update": {"holder": "eve"}}`))
	shows(t, row, err, `{"label":"EVE"}`)
	rows, err := c.FindMany(ctx, repo, []byte(`{}`))
	shows(t, rows, err, `[{"label":"EVE"}]`)
	row, err = c.Delete(ctx, repo, []byte(`{"where": {"id": 1}}`))
	shows(t, row, err, `{"label":"EVE"}`)
}
