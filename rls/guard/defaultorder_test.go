package guard_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/internal/testkit"
	"github.com/multi-orm/orm/rls/guard"
	"github.com/multi-orm/orm/source/postgres"
	"github.com/multi-orm/orm/source/sqlite"
)

// Lane holds cards. Both are listed in an order of their model's.
type Lane struct {
	ID    int64  `orm:"id,auto"`
	Name  string `orm:"name,order=1 desc"`
	Cards []Card `orm:"relation=id:lane_id"`
}

// Card has a rank that no request of these tests may name.
type Card struct {
	ID     int64 `orm:"id,auto"`
	LaneID int64 `orm:"lane_id"`
	Rank   *int  `orm:"rank,order=1"`
	Text   string
}

var Lanes = orm.Bind[Lane, struct {
	ID    orm.Col[Lane, int64]
	Name  orm.Text[Lane]
	Cards orm.Many[Lane, Card]
}]()

var Cards = orm.Bind[Card, struct {
	ID   orm.Col[Card, int64]
	Rank orm.Col[Card, int]
	Text orm.Text[Card]
}]()

// A default order is the model's own: it holds behind what a caller or a shape asks for, also where the caller may not sort.
func TestDefaultOrder(t *testing.T) {
	for name, source := range map[string]func() orm.Option{
		"sqlite":   func() orm.Option { return sqlite.Source("main", ":memory:") },
		"postgres": func() orm.Option { return postgres.Source("main", testkit.Postgres(t)) },
	} {
		t.Run(name, func(t *testing.T) {
			ctx := context.Background()
			db, err := orm.Open(ctx, source(), orm.Models(Lane{}, Card{}))
			must(t, err)
			defer db.Close()
			must(t, orm.CreateTables(ctx, db))
			_, err = orm.Repo[Lane](db).CreateMany(ctx, []Lane{{Name: "a"}, {Name: "b"}})
			must(t, err)
			_, err = orm.Repo[Card](db).CreateMany(ctx, []Card{
				{LaneID: 1, Text: "x"}, {LaneID: 1, Rank: new(2), Text: "y"}, {LaneID: 1, Rank: new(1), Text: "z"}, {LaneID: 2, Rank: new(1), Text: "x"}})
			must(t, err)
			testDefaultOrder(t, ctx, db)
		})
	}
}

func testDefaultOrder(t *testing.T, ctx context.Context, db orm.DB) {
	lanes, cards := orm.Repo[Lane](db), orm.Repo[Card](db)
	plain := guard.Shape[Card]{Select: guard.Only(Cards.ID)}
	sorting := guard.Shape[Card]{Select: guard.Only(Cards.ID), OrderBy: guard.Only(Cards.Text, Cards.ID)}
	shaped := guard.Shape[Card]{Select: guard.Only(Cards.ID), Default: guard.Order(Cards.Text.Desc())}
	for _, c := range []struct {
		about string
		shape guard.Shape[Card]
		body  string
		want  string
	}{
		{"no order is asked", plain, `{}`, `[{"id":3},{"id":4},{"id":2},{"id":1}]`},
		{"a page of it", plain, `{"take": 2}`, `[{"id":3},{"id":4}]`},
		{"the caller's order", sorting, `{"orderBy": {"text": "asc"}}`, `[{"id":4},{"id":1},{"id":2},{"id":3}]`},
		{"the caller's order by key", sorting, `{"orderBy": {"id": "desc"}}`, `[{"id":4},{"id":3},{"id":2},{"id":1}]`},
		{"the shape's order", shaped, `{}`, `[{"id":3},{"id":2},{"id":4},{"id":1}]`},
	} {
		g, err := guard.Compile(c.shape)
		must(t, err)
		rows, err := g.FindMany(ctx, cards, []byte(c.body))
		shows(t, rows, err, c.want)
		if t.Failed() {
			t.Fatal(c.about)
		}
	}
	g, err := guard.Compile(plain)
	must(t, err)
	_, err = g.FindMany(ctx, cards, []byte(`{"orderBy": {"rank": "asc"}}`))
	refused(t, err, guard.CodeShape, "orderBy")
	first, err := g.FindFirst(ctx, cards, []byte(`{}`))
	shows(t, first, err, `{"id":3}`)
	var walked, back string
	for cursor := ""; ; {
		page, err := g.Page(ctx, cards, fmt.Appendf(nil, `{"take": 3, "cursor": %q}`, cursor))
		must(t, err)
		for _, r := range page.Rows {
			walked += fmt.Sprint(r.ID)
		}
		if cursor = page.Next; cursor == "" {
			before, err := g.Page(ctx, cards, fmt.Appendf(nil, `{"take": 3, "cursor": %q}`, page.Prev))
			must(t, err)
			for _, r := range before.Rows {
				back += fmt.Sprint(r.ID)
			}
			break
		}
	}
	if walked != "3421" || back != "342" {
		t.Errorf("pages give %s, and %s backwards", walked, back)
	}
	nested, err := guard.Compile(guard.Shape[Lane]{Select: guard.Only(Lanes.Name), With: guard.With[Lane]{guard.Include(Lanes.Cards, plain)}})
	must(t, err)
	rows, err := nested.FindMany(ctx, lanes, []byte(`{"include": {"cards": {"take": 2}}}`))
	shows(t, rows, err, `[{"name":"b","cards":[{"id":4}]},{"name":"a","cards":[{"id":3},{"id":2}]}]`)
}

// A column that sorts every list and may be written but not read would be told by where a row comes: it is refused.
func TestDefaultOrderIsNoOracle(t *testing.T) {
	shape := guard.Shape[Card]{Select: guard.Only(Cards.ID, Cards.Text), Take: guard.Take{Default: 1, Max: 1}, Update: guard.Data[Card]{guard.Accept(Cards.Rank)}}
	if _, err := guard.Compile(shape); !errors.Is(err, orm.ErrInvalid) || !strings.Contains(err.Error(), "Rank sorts every list") {
		t.Error(err)
	}
	for what, s := range map[string]guard.Shape[Card]{
		"read too":    {Select: guard.Only(Cards.ID, Cards.Rank), Take: shape.Take, Update: shape.Update},
		"not written": {Select: shape.Select, Take: shape.Take},
	} {
		if _, err := guard.Compile(s); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
}
