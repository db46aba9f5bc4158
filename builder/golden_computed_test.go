package builder_test

import (
	"strings"
	"testing"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/model"
)

// computed marks terms and sub-selects as the scoping step does, and gives the related rows scopes.
func computed(t *builder.Term, scopes ...builder.Scope) *builder.Term {
	if t == nil || t.Rel == nil {
		return t
	}
	x := *t
	x.Scoped, x.Kids = true, nil
	for _, k := range t.Kids {
		x.Kids = append(x.Kids, scoped(k, scopes...))
	}
	for _, s := range scopes {
		if s.Expr.Field.Model == t.Rel.Target {
			x.Scope = append(x.Scope, s)
		}
	}
	if t.Inner != nil {
		k := *t.Inner
		k.Term = computed(k.Term, scopes...)
		x.Inner = &k
	}
	return &x
}

func computedExpr(e builder.Expr, scopes ...builder.Scope) builder.Expr {
	if e.Ext == nil {
		return e
	}
	x := *e.Ext
	x.Term = computed(x.Term, scopes...)
	if x.Query != nil {
		q := *x.Query
		q.Scoped = true
		for _, s := range scopes {
			if s.Expr.Field.Model == q.Model {
				q.Scopes = append(q.Scopes, s)
			}
		}
		x.Query = &q
	}
	e.Ext = &x
	return e
}

func lookFor[T any](ps ...builder.Pred[T]) *builder.Select {
	s := &builder.Select{Model: of[T](), Columns: of[T]().Key}
	for _, p := range ps {
		s.Where.Add(computedExpr(p.Expr(), tenant(3), living()))
	}
	return s
}

func sortBy[T any](s *builder.Select, keys ...builder.Order[T]) *builder.Select {
	for _, k := range keys {
		key := k.Key()
		key.Term = computed(key.Term, tenant(3), living())
		s.Order.Add(key)
	}
	return s
}

func paged(s *builder.Select) *builder.Select {
	s.Take, s.HasTake, s.Skip = 10, true, 20
	return s
}

func TestGoldenComputed(t *testing.T) {
	p, o := people, orders
	count := builder.Many[Person, Order].Count
	extra := func(ps ...builder.Pred[Order]) *builder.Extra {
		return &builder.Extra{Field: field[Ranked]("Count"), Term: computed(ranked.Orders.Count(ps...).Gt(0).Expr().Ext.Term)}
	}
	read := func(s *builder.Select) *builder.Select { s.Extra = extra(o.Total.Gt(10)); return s }
	group := func(take bool) *builder.Select {
		s := &builder.Select{Model: of[Ranked](), Columns: fields[Ranked]("ID"), Group: &builder.Group{Columns: fields[Ranked]("Boss"), Keys: []model.List{{model.IntOf(1)}}}}
		s.Group.Take, s.Group.HasTake = 5, take
		return sortBy(read(s), ranked.Orders.Count(o.Total.Lt(9)).Desc())
	}
	check(t, "computed", []golden{
		{"by", sortBy(lookFor[Order](), o.Buyer.By(p.Email.Asc()), o.Total.Desc())},
		{"by_page", paged(sortBy(lookFor[Order](), o.Buyer.By(p.Score.Desc().NullsLast())))},
		{"by_fold", sortBy(lookFor[Person](), p.Boss.By(p.Boss.By(p.Email.Fold().Desc())))},
		{"count", sortBy(lookFor[Person](p.Role.Eq("user")), count(p.Orders, o.Total.Gt(10)).Desc())},
		{"count_m2m", sortBy(lookFor[Person](), p.Teams.Count().Asc())},
		{"count_where", lookFor[Person](count(p.Orders, o.Total.Gt(10)).Gte(2), p.Reports.Count().In(1, 2), p.Reports.Count().Between(1, 2), p.Role.Eq("user"))},
		{"count_into", paged(sortBy(read(lookFor[Ranked](ranked.Name.Eq("x"))), ranked.Orders.Count(o.Total.Lt(9)).Desc()))},
		{"count_into_take", func() *builder.Select { s := read(lookFor[Ranked]()); s.Take, s.HasTake = 3, true; return s }()},
		{"count_into_group", group(false)},
		{"count_into_page", group(true)},
	})
	sub := func(q *builder.Select) builder.Values[int64] {
		return builder.ValuesOf(*q, builder.F(func(o *Order) *int64 { return &o.BuyerID }))
	}
	dear := &builder.Select{Model: of[Order](), Where: where(o.Total.Gt(100))}
	boss := &builder.Select{Model: of[Person]()}
	upd := &builder.Update{Model: of[Person](), Set: []builder.Set{p.Hits.Set(1).Set()}, Where: lookFor[Person](p.ID.InQuery(sub(dear))).Where}
	check(t, "subselect", []golden{
		{"in", lookFor[Person](p.ID.InQuery(sub(dear)), p.Role.Eq("user"))},
		{"not_in", lookFor[Person](p.ID.NotInQuery(sub(dear)))},
		{"page", lookFor[Person](p.ID.InQuery(sub(paged(sortBy(&builder.Select{Model: of[Order](), Where: where(o.Total.Gt(100))}, o.Total.Desc())))), p.Hits.Gt(1))},
		{"self_scoped", lookFor[Person](p.BossID.InQuery(builder.ValuesOf(*boss, p.ID)))},
		{"nullable", lookFor[Person](p.ID.NotInQuery(builder.ValuesOf(*boss, p.BossID)))},
		{"update", upd},
		{"unscoped", &builder.Select{Model: of[Person](), Columns: fields[Person]("ID"), Where: func() (c builder.Conjunction) { c.Add(p.ID.InQuery(sub(dear)).Expr()); return c }()}},
		{"unscoped_count", &builder.Select{Model: of[Person](), Columns: fields[Person]("ID"), Where: func() (c builder.Conjunction) { c.Add(p.Orders.Count().Gt(1).Expr()); return c }()}},
	})
}

// Ranked reads a count beside its columns.
type Ranked struct {
	ID     int64  `orm:"ranked_no,id,table=ranked"`
	Boss   int64  `orm:"boss_no"`
	Name   string `orm:"name"`
	Body   *string
	Orders []Order `orm:"relation=ranked_no:buyer_no"`
	Count  int64   `orm:",computed"`
}

var ranked = builder.Bind[Ranked, struct {
	Name   builder.Text[Ranked]
	Body   builder.Text[Ranked]
	Orders builder.Many[Ranked, Order]
}]()

var insides = builder.Bind[Mixed, struct {
	Doc  builder.JSON[Mixed, map[string]any]
	Tags builder.Array[Mixed, string]
	At   builder.Time[Mixed]
	Key  builder.Col[Mixed, int64]
}]()

func TestGoldenInside(t *testing.T) {
	doc, tags, at := insides.Doc, insides.Tags, insides.At
	upd := func(a builder.Assign[Mixed]) builder.Statement {
		u := &builder.Update{Model: of[Mixed](), Set: []builder.Set{a.Set(), insides.Key.Set(1).Set()}}
		u.Where.Add(doc.Path("a").Eq(1).Expr())
		return u
	}
	search := builder.SearchOf("english", builder.Selectable[Ranked](ranked.Name), ranked.Body)
	check(t, "inside", []golden{
		{"json_text", lookFor[Mixed](doc.Path("a", 0, `b"c`).Eq("x"), doc.Path("a").Contains("50%"), insides.Key.Gt(1))},
		{"json_number", lookFor[Mixed](doc.Path("n").Gt(1), doc.Path("n").Number().In(1, 2.5))},
		{"json_bool", lookFor[Mixed](doc.Path("b").Eq(true), doc.Path("b").DistinctFrom(false))},
		{"json_null", lookFor[Mixed](doc.Path("a").IsNull(), doc.Path("a").IsNotNull(), doc.Path("a").Exists())},
		{"json_order", sortBy(lookFor[Mixed](), doc.Path("n").Number().Desc(), doc.Path("s").Text().Asc().NullsFirst())},
		{"json_contains", lookFor[Mixed](builder.ContainsJSON[Mixed](doc, map[string]any{"a": []int{1}}))},
		{"json_set", upd(doc.SetPath("x", "a", "b"))},
		{"json_set_several", &builder.Update{Model: of[Mixed](), Where: where(insides.Key.Eq(7)), Set: builder.JoinEdits([]builder.Set{doc.SetPath(1, "a").Set(), insides.Key.Set(8).Set(), doc.RemovePath("b", 0).Set(), doc.SetPath(2, 3).Set()})}},
		{"json_set_element", upd(doc.SetPath(nil, "a", 3))},
		{"json_remove", upd(doc.RemovePath("a", `b-c`))},
		{"array_append", upd(tags.Append("a", "b"))},
		{"array_append_nothing", upd(tags.Append())},
		{"array", lookFor[Mixed](tags.Has("a"), tags.HasAny("a", "b"), tags.HasAll("a", "b"))},
		{"array_length", sortBy(lookFor[Mixed](tags.IsEmpty()), tags.Len().Desc())},
		{"date", lookFor[Mixed](at.Year().Eq(2024), at.Month().In(1, 2), at.Day().Lt(3), at.Hour().Gt(4), at.Minute().Ne(5), at.Weekday().Eq(0))},
		{"search", lookFor[Ranked](search.Matches(`red "big shoes" -blue or hat`), ranked.Name.Ne("x"))},
		{"search_rank", paged(sortBy(lookFor[Ranked](search.Matches("red")), search.Rank("red").Desc()))},
	})
	var b strings.Builder
	for _, d := range dialects {
		list, err := search.Index(d)
		if err != nil {
			list = []string{"error: " + err.Error()}
		}
		b.WriteString("== " + d.Name() + "\n" + strings.Join(list, "\n") + "\n")
	}
	compare(t, "inside_search_index", b.String())
}

// Statements that differ in one structural part never share a text.
func TestComputedShapesDiffer(t *testing.T) {
	doc, at, tags := insides.Doc, insides.At, insides.Tags
	p, o := people, orders
	sub := func(ps ...builder.Pred[Order]) builder.Values[int64] {
		return builder.ValuesOf(builder.Select{Model: of[Order](), Where: where(ps...)}, builder.F(func(o *Order) *int64 { return &o.BuyerID }))
	}
	sts := []builder.Statement{
		lookFor[Mixed](doc.Path("a").Eq("x")), lookFor[Mixed](doc.Path("a").Ne("x")), lookFor[Mixed](doc.Path("a").Eq(1)), lookFor[Mixed](doc.Path("a").Eq(true)),
		lookFor[Mixed](doc.Path("a").IsNull()), lookFor[Mixed](doc.Path("a").Exists()), lookFor[Mixed](doc.Path("a").Text().In("x")), lookFor[Mixed](doc.Path("a").Text().NotIn("x")),
		lookFor[Mixed](at.Year().Eq(1)), lookFor[Mixed](at.Month().Eq(1)), lookFor[Mixed](at.Weekday().Eq(1)), lookFor[Mixed](tags.Has("a")), lookFor[Mixed](tags.HasAny("a")), lookFor[Mixed](tags.Len().Eq(1)),
		sortBy(lookFor[Mixed](), at.Year().Asc()), sortBy(lookFor[Mixed](), at.Year().Desc()), sortBy(lookFor[Mixed](), at.Asc()), sortBy(lookFor[Mixed](), doc.Path("n").Number().Asc()), sortBy(lookFor[Mixed](), doc.Path("n").Number().Asc().NullsFirst()),
		lookFor[Person](p.ID.InQuery(sub())), lookFor[Person](p.ID.NotInQuery(sub())), lookFor[Person](p.ID.InQuery(sub(o.Total.Gt(1)))), lookFor[Person](p.ID.InQuery(sub(o.Total.Lt(1)))),
		lookFor[Person](p.Orders.Count().Gt(1)), lookFor[Person](p.Orders.Count(o.Total.Gt(1)).Gt(1)), lookFor[Person](p.Reports.Count().Gt(1)), lookFor[Person](p.Teams.Count().Gt(1)),
		sortBy(lookFor[Person](), p.Orders.Count().Asc()), sortBy(lookFor[Person](), p.Boss.By(p.Email.Asc())), sortBy(lookFor[Person](), p.Boss.By(p.Email.Fold().Asc())), sortBy(lookFor[Person](), p.Boss.By(p.Name.Asc())),
		sortBy(lookFor[Person](), p.Boss.By(p.Boss.By(p.Email.Asc()))),
	}
	for _, d := range []dialect.Dialect{dialect.Postgres{}, dialect.SQLite{}} {
		c := builder.Cache{Dialect: d}
		seen := map[string]int{}
		for i, st := range sts {
			got, _, err := c.Compile(st, new(builder.Args))
			if err != nil {
				t.Fatalf("%d: %v", i, err)
			}
			if j, dup := seen[got.SQL]; dup {
				t.Errorf("%s: statements %d and %d have one text: %s", d.Name(), j, i, got.SQL)
			}
			seen[got.SQL] = i
		}
		if c.Len() != len(sts) {
			t.Errorf("%s: %d shapes for %d statements", d.Name(), c.Len(), len(sts))
		}
	}
}
