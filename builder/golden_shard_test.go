package builder_test

import (
	"testing"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/model"
)

// Garden, Bed and Herb are spread over machines by their tenant.
type Garden struct {
	ID     int64  `orm:"id,auto"`
	Tenant int64  `orm:"tenant_id,tenant,shardkey"`
	Name   string `orm:"name"`
	BestID *int64 `orm:"best_id"`
	Beds   []Bed  `orm:"relation=id:garden_id"`
	Best   *Bed   `orm:"relation=best_id:id"`
	Herbs  []Herb `orm:"through=garden_herbs(garden_id:herb_id)"`
}

type Bed struct {
	ID       int64 `orm:"id,auto"`
	Tenant   int64 `orm:"tenant,tenant,shardkey"`
	GardenID int64 `orm:"garden_id"`
	Size     int64 `orm:"size"`
}

type Herb struct {
	ID     int64  `orm:"id,auto"`
	Tenant int64  `orm:"tenant_id,tenant,shardkey"`
	Name   string `orm:"name"`
}

var gardens = builder.Bind[Garden, struct {
	ID    builder.Col[Garden, int64]
	Name  builder.Text[Garden]
	Beds  builder.Many[Garden, Bed]
	Best  builder.One[Garden, Bed]
	Herbs builder.Many[Garden, Herb]
}]()

var beds = builder.Bind[Bed, struct{ Size builder.Col[Bed, int64] }]()

// What follows a relation stays on one shard, though nothing here is scoped by a tenant.
func TestGoldenShard(t *testing.T) {
	g := gardens
	load := func(name string) *builder.Select {
		r := relation[Garden](name)
		group := &builder.Group{Columns: r.Remote, Keys: []model.List{ints(1, 2), ints(7, 7)}}
		if r.Through != nil {
			group.Link = r
		}
		return &builder.Select{Model: r.Target, Scoped: true, Group: group}
	}
	joined := func(name string) *builder.Select {
		r := relation[Garden](name)
		q := &builder.Select{Model: r.Target, Scoped: true, Group: &builder.Group{Columns: r.Remote}}
		if r.Through != nil {
			q.Group.Link = r
		}
		return &builder.Select{Model: of[Garden](), Joins: []builder.Join{{Relation: r, Rows: q}}}
	}
	name := fields[Garden]("ID")
	rows := func() *builder.RowSet {
		return &builder.RowSet{Match: fields[Garden]("ID", "Tenant"), Set: fields[Garden]("Name"), Values: values(1, 7, "a", 2, 8, "b"), Rows: 2}
	}
	within := builder.Scope{Name: "tenant", Expr: builder.Compare(builder.OpEq, field[Garden]("Tenant"), model.IntOf(7))}
	check(t, "shard", []golden{
		{"some", &builder.Select{Model: of[Garden](), Columns: name, Where: where(g.Beds.Some(beds.Size.Gt(3)))}},
		{"is", &builder.Select{Model: of[Garden](), Columns: name, Where: where(g.Best.Is())}},
		{"every", &builder.Select{Model: of[Garden](), Columns: name, Where: where(g.Beds.Every(beds.Size.Gt(3)))}},
		{"links", &builder.Select{Model: of[Garden](), Columns: name, Where: where(g.Herbs.None())}},
		{"count", sortBy(&builder.Select{Model: of[Garden](), Columns: name}, g.Beds.Count().Desc())},
		{"load", load("Beds")},
		{"load_links", load("Herbs")},
		{"join", joined("Best")},
		{"join_links", joined("Herbs")},
		{"update_rows", &builder.Update{Model: of[Garden](), From: rows()}},
		{"update_rows_scoped", &builder.Update{Model: of[Garden](), From: rows(), Scopes: []builder.Scope{within}}},
		{"insert", &builder.Insert{Model: of[Garden](), Fields: fields[Garden]("Tenant", "Name"), Values: values(7, "a", 7, "b"), Rows: 2, Returning: name}},
		{"insert_ignore", &builder.Insert{Model: of[Garden](), Fields: fields[Garden]("Tenant", "Name"), Values: values(7, "a", 7, "b"), Rows: 2, Returning: name, Conflict: &builder.Conflict{DoNothing: true}}},
	})
}

// Many rows go as lists again, and a list of two rows is another shape than two lists.
func TestShardInsertShapes(t *testing.T) {
	c := builder.Cache{Dialect: dialect.Postgres{}}
	texts := map[string]int{}
	for _, n := range []int{1, 2, 3, 500, 501, 900, 2} {
		st := &builder.Insert{Model: of[Garden](), Fields: fields[Garden]("Tenant", "Name"), Rows: n}
		for range n {
			st.Values = append(st.Values, values(7, "a")...)
		}
		p, args, err := c.Compile(st, new(builder.Args))
		if want := 2 * n; err != nil || n <= 500 && len(args) != want || n > 500 && len(args) != 2 {
			t.Fatal(n, len(args), err)
		}
		texts[p.SQL]++
	}
	if len(texts) != 5 {
		t.Errorf("%d texts, want 5", len(texts))
	}
}
