package conformance

import (
	"github.com/google/go-cmp/cmp"

	"github.com/multi-orm/orm"
)

var computedCases = []testCase{
	{"computed/by", "sort by a column of the related row; rows without it sort as NULL", computedBy},
	{"computed/count-order", "sort and filter by the number of related rows, conditions inside", computedCountOrder},
	{"computed/count-into", "counts are read with the rows, under pages, includes and streams", computedCountInto},
	{"computed/count-bad", "counts that go nowhere are refused", computedCountBad},
	{"computed/subselect", "InQuery and NotInQuery with NULLs on either side, pages, nesting", computedSubselect},
	{"computed/subselect-write", "sub-selects bound writes", computedSubselectWrite},
	{"computed/subselect-bad", "sub-selects that do not fit are refused", computedSubselectBad},
}

func computedBy(e *env) {
	r := orm.Repo[Shop](e.market())
	id := shops.ID.Asc()
	names := func(q orm.Query[Shop]) []string { return shopNames(must(q.All(e.ctx))) }
	e.equal(names(r.OrderBy(shops.Best.By(wares.Price.Asc()), id)), []string{"c", "b", "a", "d"}, "price")
	e.equal(names(r.OrderBy(shops.Best.By(wares.Price.Desc()), id)), []string{"d", "a", "b", "c"}, "price, descending")
	e.equal(names(r.OrderBy(shops.Best.By(wares.Price.Asc().NullsFirst()), id)), []string{"d", "c", "b", "a"}, "NULL first")
	e.equal(names(r.OrderBy(shops.Best.By(wares.Price.Desc().NullsLast()), id)), []string{"a", "b", "c", "d"}, "NULL last")
	e.equal(names(r.OrderBy(shops.Best.By(wares.Price.Asc()).NullsFirst(), id)), []string{"d", "c", "b", "a"}, "NULL first, said outside")
	e.equal(names(r.OrderBy(shops.Best.By(wares.Name.Desc().NullsLast()), id)), []string{"b", "c", "a", "d"}, "text that may be NULL")
	e.equal(names(r.OrderBy(shops.Best.By(wares.Name.Fold().Asc()), id)), []string{"c", "b", "a", "d"}, "case ignored")
	e.equal(names(r.OrderBy(shops.Best.By(wares.Shop.By(shops.Name.Desc())), id)), []string{"d", "c", "a", "b"}, "nested")
	e.equal(names(r.OrderBy(shops.Parent.By(shops.Parent.By(shops.Name.Asc())), id)), []string{"c", "a", "b", "d"}, "a relation to the same table, twice")
	e.equal(names(r.OrderBy(shops.Best.By(wares.Notes.Count().Desc()), id)), []string{"d", "c", "a", "b"}, "the count of the related row's rows")
	e.equal(names(r.OrderBy(shops.Best.By(wares.Price.Asc())).Skip(1).Take(2)), []string{"b", "a"}, "a page")
	e.equal(names(r.Where(shops.Name.Ne("b")).OrderBy(shops.Name.Desc(), shops.Best.By(wares.Price.Asc())).Take(2)), []string{"d", "c"}, "after a column, with a condition")
	got := must(r.With(shops.Kids.OrderBy(shops.Best.By(wares.Price.Desc().NullsLast())).Take(1)).OrderBy(id).All(e.ctx))
	e.equal(pick(got, func(s Shop) []string { return shopNames(s.Kids) }), [][]string{{"b"}, {"c"}, {}, {}}, "inside an include, paged per parent")
	got = must(r.With(shops.Kids.OrderBy(shops.Best.By(wares.Price.Desc()))).OrderBy(id).All(e.ctx))
	e.equal(pick(got, func(s Shop) []string { return shopNames(s.Kids) }), [][]string{{"d", "b"}, {"c"}, {}, {}}, "inside an include")
	var zero orm.One[Shop, Ware]
	e.fails(second(r.OrderBy(zero.By(wares.Price.Asc())).All(e.ctx)), orm.ErrInvalid, "Shop", "")
	e.fails(second(r.OrderBy(shops.Best.By(orm.Col[Ware, int64]{}.Asc())).All(e.ctx)), orm.ErrInvalid, "Shop", "")
	e.fails(second(r.Distinct().OrderBy(shops.Best.By(wares.Price.Asc())).All(e.ctx)), orm.ErrInvalid, "Shop", "")
	deep := wares.Price.Asc()
	key := shops.Best.By(deep)
	for range 30 {
		key = shops.Parent.By(key)
	}
	e.fails(second(r.OrderBy(key).All(e.ctx)), orm.ErrLimit, "", "")
}

func computedCountOrder(e *env) {
	db := e.market()
	r := orm.Repo[Shop](db)
	id := shops.ID.Asc()
	names := func(q orm.Query[Shop]) []string { return shopNames(must(q.All(e.ctx))) }
	e.equal(names(r.OrderBy(shops.Wares.Count().Desc(), id)), []string{"a", "b", "c", "d"}, "descending")
	e.equal(names(r.OrderBy(shops.Wares.Count().Asc(), id)), []string{"c", "d", "b", "a"}, "ascending")
	e.equal(names(r.OrderBy(shops.Wares.Count(wares.Price.Lt(10)).Desc(), id)), []string{"b", "a", "c", "d"}, "with a condition")
	e.equal(names(r.OrderBy(shops.Labels.Count(tags.Name.Eq("t2")).Desc(), shops.Labels.Count().Desc(), id)), []string{"a", "b", "c", "d"}, "many to many")
	e.equal(names(r.OrderBy(shops.Wares.Count(wares.Notes.Some()).Desc(), shops.Wares.Count(wares.Price.Gt(5), wares.Name.Eq("y")).Asc(), id)), []string{"b", "a", "c", "d"}, "two counts with arguments")
	e.equal(names(r.Where(shops.Wares.Count().Gt(1))), []string{"a"}, "more than one")
	e.equal(names(r.Where(shops.Wares.Count().Eq(0)).OrderBy(id)), []string{"c", "d"}, "none")
	e.equal(names(r.Where(shops.Wares.Count(wares.Price.Gte(20)).In(2, 7), shops.Kids.Count().Between(1, 2))), []string{"a"}, "in a list")
	e.equal(names(r.Where(orm.Not(shops.Wares.Count().NotIn(3))).OrderBy(id)), []string{"a"}, "negated")
	e.equal(names(r.Where(shops.Wares.Count().In()).OrderBy(id)), []string{}, "in no list")
	e.equal(must(r.Where(shops.Wares.Count().NotIn()).Count(e.ctx)), int64(4), "in no list, negated")
	e.equal(must(r.Where(shops.Wares.Count().Lte(1)).Count(e.ctx)), int64(3), "counted")
	e.equal(must(r.Where(shops.Kids.Some(shops.Wares.Count().Eq(1))).Count(e.ctx)), int64(1), "inside a relation filter")
	e.equal(must(r.Where(shops.Wares.Count().Eq(0)).UpdateMany(e.ctx, shops.Name.Set("empty"))), int64(2), "an update")
	e.equal(must(r.Where(shops.Wares.Count().Eq(0)).DeleteMany(e.ctx)), int64(2), "a delete")
}

func computedCountInto(e *env) {
	db := e.market()
	r := orm.Repo[Shop](db)
	id := shops.ID.Asc()
	counts := func(xs []Shop) [][3]int64 {
		return pick(xs, func(s Shop) [3]int64 {
			dear := int64(-1)
			if s.DearCount != nil {
				dear = int64(*s.DearCount)
			}
			return [3]int64{s.WareCount, dear, int64(s.LabelCount)}
		})
	}
	all := r.With(shops.Wares.Count().Into(shops.WareCount), shops.Wares.Count(wares.Price.Gt(10)).Into(shops.DearCount), shops.Labels.Count().Into(shops.LabelCount))
	want := [][3]int64{{3, 2, 2}, {1, 0, 1}, {0, 0, 0}, {0, 0, 0}}
	e.equal(counts(must(all.OrderBy(id).All(e.ctx))), want, "three counts")
	e.ran(1, "three counts")
	e.equal(counts(must(all.OrderBy(shops.Wares.Count(wares.Price.Gte(5)).Desc(), id).Where(shops.Name.In("a", "b", "c")).Skip(1).Take(1).All(e.ctx))), want[1:2], "a page, a condition and an order with arguments")
	e.equal(counts([]Shop{must(all.ByID(1).One(e.ctx))}), want[:1], "by key")
	e.equal(counts([]Shop{must(all.OrderBy(id).First(e.ctx))}), want[:1], "First")
	one := must(all.Select(shops.Name).OrderBy(id).All(e.ctx))
	e.equal(counts(one), want, "with one column")
	e.equal(one[0].ID, int64(0), "the others stay out")
	e.equal(must(all.Count(e.ctx)), int64(4), "Count")
	var streamed []Shop
	for s, err := range all.OrderBy(id).Rows(e.ctx) {
		ok(err)
		streamed = append(streamed, s)
	}
	e.equal(counts(streamed), want, "a stream")
	e.log.reset()
	nested := r.With(shops.Wares.With(wares.Notes.Count().Into(wares.NoteCount)).OrderBy(wares.ID.Asc()), shops.Wares.Count().Into(shops.WareCount),
		shops.Kids.With(shops.Wares.Count(wares.Price.Lt(100)).Into(shops.WareCount), shops.Wares).OrderBy(id)).OrderBy(id)
	got := must(nested.All(e.ctx))
	e.ran(4, "counts inside includes take no statement")
	e.equal(pick(got[0].Wares, func(w Ware) int64 { return w.NoteCount }), []int64{2, 0, 0}, "inside an include")
	e.equal(pick(got[0].Kids, func(s Shop) int64 { return s.WareCount }), []int64{1, 0}, "inside an include of its own model")
	e.equal(len(got[0].Kids[0].Wares), 1, "beside what is included there")
	paged := must(r.With(shops.Wares.With(wares.Notes.Count(notes.Title.StartsWith("Red")).Into(wares.NoteCount)).OrderBy(wares.Notes.Count(notes.Title.Contains("s")).Desc(), wares.ID.Asc()).Skip(0).Take(2)).OrderBy(id).All(e.ctx))
	e.equal(pick(paged[0].Wares, func(w Ware) [2]int64 { return [2]int64{w.ID, w.NoteCount} }), [][2]int64{{1, 1}, {2, 0}}, "inside an include with a page")
	people := must(r.With(shops.Kids.With(shops.Labels.With(), shops.Labels.Count().Into(shops.LabelCount))).OrderBy(id).All(e.ctx))
	e.equal(pick(people[0].Kids, func(s Shop) int { return s.LabelCount }), []int{1, 0}, "many to many inside an include")
	plain := must(r.OrderBy(id).All(e.ctx))
	e.equal(counts(plain), [][3]int64{{0, -1, 0}, {0, -1, 0}, {0, -1, 0}, {0, -1, 0}}, "the query before is as it was")
	text, args, err := all.SQL()
	ok(err)
	e.says(plan{text}, "COUNT(*)")
	e.equal(len(args), 1, "arguments")
	p := must(all.Include("Wares").Explain(e.ctx))
	e.says(plan{p.String()}, "COUNT(*)", "Wares")
}

// plan lets says look at text.
type plan struct{ text string }

func (p plan) Error() string { return p.text }

func computedCountBad(e *env) {
	r := orm.Repo[Shop](e.market())
	e.fails(second(r.With(shops.Wares.Count().Into(shops.Name)).All(e.ctx)), orm.ErrInvalid, "Shop", "Name")
	e.fails(second(r.With(shops.Wares.Count().Into(shops.Short)).All(e.ctx)), orm.ErrInvalid, "Shop", "Short")
	e.fails(second(r.With(shops.Wares.Count().Into(shops.WareCount)).Distinct().All(e.ctx)), orm.ErrInvalid, "Shop", "")
	var zero orm.Many[Shop, Ware]
	e.fails(second(r.With(zero.Count().Into(shops.WareCount)).All(e.ctx)), orm.ErrInvalid, "", "")
	e.fails(second(r.Where(zero.Count().Gt(1)).All(e.ctx)), orm.ErrInvalid, "", "")
	e.fails(second(r.OrderBy(zero.Count().Asc()).All(e.ctx)), orm.ErrInvalid, "", "")
	e.fails(second(r.With(shops.Wares.Count(orm.Pred[Ware]{}, orm.Repo[Ware](r.DB()).F("Nmae").Eq(1)).Into(shops.WareCount)).All(e.ctx)), orm.ErrInvalid, "", "")
}

func computedSubselect(e *env) {
	db := e.market()
	r, w := orm.Repo[Shop](db), orm.Repo[Ware](db)
	names := func(ps ...orm.Pred[Shop]) []string {
		return shopNames(must(r.Where(ps...).OrderBy(shops.ID.Asc()).All(e.ctx)))
	}
	e.equal(names(shops.ID.InQuery(orm.Values(w.Query(), wares.ShopID))), []string{"a", "b"}, "in")
	e.equal(names(shops.ID.NotInQuery(orm.Values(w.Query(), wares.ShopID))), []string{"c", "d"}, "not in, though one is NULL")
	e.equal(names(orm.Not(shops.ID.InQuery(orm.Values(w.Query(), wares.ShopID)))), []string{"c", "d"}, "negated")
	e.equal(names(shops.OwnID.NotInQuery(orm.Values(w.Where(wares.Price.Lt(10)), wares.ShopID))), []string{"b", "d"}, "NULL outside does not pass")
	none := orm.Values(w.Where(wares.Price.Gt(1000)), wares.ShopID)
	e.equal(names(shops.OwnID.NotInQuery(none)), []string{"a", "b", "c", "d"}, "no values: everything, NULL too")
	e.equal(names(shops.OwnID.InQuery(none)), []string{}, "no values: nothing")
	e.equal(names(shops.ID.InQuery(orm.Values(w.OrderBy(wares.Price.Desc()).Take(2), wares.ShopID))), []string{"a"}, "the two dearest that are in a shop")
	e.equal(names(shops.ID.InQuery(orm.Values(w.OrderBy(wares.Price.Asc()).Skip(1).Take(1), wares.ShopID))), []string{"a"}, "a page")
	e.equal(names(shops.ID.InQuery(orm.Values(w.OrderBy(wares.Price.Asc()).Take(0), wares.ShopID))), []string{}, "an empty page")
	e.equal(names(shops.ID.InQuery(orm.Values(w.OrderBy(wares.Price.Asc()), wares.ShopID)), shops.Name.Ne("a")), []string{"b"}, "an order alone, and an argument after")
	e.equal(names(shops.ID.InQuery(orm.Values(w.Where(wares.Price.Gt(5)).Distinct(), wares.ShopID))), []string{"a"}, "distinct")
	e.equal(names(shops.OwnID.InQuery(orm.Values(r.Where(shops.OwnID.IsNull()), shops.ID))), []string{"b", "d"}, "the same table inside")
	e.equal(names(shops.ID.InQuery(orm.Values(w.Where(wares.Shop.Is(shops.Name.Eq("b")), wares.Price.Gt(1)), wares.ShopID)), shops.Wares.Count(wares.Price.Gt(4)).Eq(1)), []string{"b"}, "with a relation filter inside and more after")
	e.equal(names(shops.ID.InQuery(orm.Values(w.Where(wares.ID.InQuery(orm.Values(orm.Repo[Note](db).Where(notes.Title.Contains("hat")), notes.WareID))), wares.ShopID))), []string{"b"}, "nested")
	e.equal(names(shops.Wares.Some(wares.ID.InQuery(orm.Values(orm.Repo[Note](db).Query(), notes.WareID)))), []string{"a", "b"}, "inside a relation filter")
	e.equal(names(shops.Name.InQuery(orm.Values(w.Query(), wares.Name))), []string{}, "text")
	e.equal(names(shops.ID.InQuery(orm.Values(w.OrderBy(wares.Notes.Count().Desc()).Take(1), wares.ShopID))), []string{"a"}, "sorted by a count")
	e.equal(must(r.Where(shops.ID.InQuery(orm.Values(w.Query(), wares.ShopID))).Count(e.ctx)), int64(2), "counted")
	e.equal(must(r.Where(r.F("ID").InQuery(orm.Values(w.Query(), wares.ShopID)), r.F("ID").NotInQuery(orm.Values(w.Where(wares.Price.Eq(5)), wares.ShopID))).Count(e.ctx)), int64(1), "by name")
	got := must(r.With(shops.Wares.Where(wares.ID.InQuery(orm.Values(orm.Repo[Note](db).Query(), notes.WareID)))).OrderBy(shops.ID.Asc()).All(e.ctx))
	e.equal(pick(got, func(s Shop) []int64 { return wareIDs(s.Wares) }), [][]int64{{1}, {4}, {}, {}}, "inside an include", cmp.Options{})
}

func computedSubselectWrite(e *env) {
	db := e.market()
	w := orm.Repo[Ware](db)
	dear := orm.Values(orm.Repo[Shop](db).Where(shops.Name.Eq("a")), shops.ID)
	e.equal(must(w.Where(wares.ShopID.InQuery(dear), wares.Price.Lt(25)).UpdateMany(e.ctx, wares.Price.Set(7))), int64(2), "update")
	e.equal(must(w.Where(wares.ShopID.NotInQuery(dear)).DeleteMany(e.ctx)), int64(1), "delete")
	e.equal(must(w.Where(wares.Price.Eq(7)).Count(e.ctx)), int64(2), "updated")
	e.equal(must(w.Count(e.ctx)), int64(4), "left")
}

func computedSubselectBad(e *env) {
	db := e.market()
	r, w := orm.Repo[Shop](db), orm.Repo[Ware](db)
	var zero orm.ColumnValues[int64]
	e.fails(second(r.Where(shops.ID.InQuery(zero)).All(e.ctx)), orm.ErrInvalid, "", "")
	e.fails(second(r.Where(shops.ID.InQuery(orm.Values(w.With(wares.Shop), wares.ShopID))).All(e.ctx)), orm.ErrInvalid, "", "")
	e.fails(second(r.Where(shops.ID.InQuery(orm.Values(w.Take(-1), wares.ShopID))).All(e.ctx)), orm.ErrInvalid, "", "")
	e.fails(second(r.Where(shops.ID.InQuery(orm.Values(w.Query(), wares.NoteCount))).All(e.ctx)), orm.ErrInvalid, "", "NoteCount")
	e.fails(second(r.Where(r.F("Name").InQuery(orm.Values(w.Query(), wares.ShopID))).All(e.ctx)), orm.ErrInvalid, "Shop", "Name")
	e.fails(second(r.Where(shops.Name.Fold().InQuery(orm.Values(w.Query(), wares.Name))).All(e.ctx)), orm.ErrInvalid, "Shop", "Name")
	e.fails(second(r.Where(shops.ID.InQuery(orm.Values(orm.Repo[Plain](db).Query(), plains.N))).All(e.ctx)), orm.ErrInvalid, "", "")
	q := orm.Values(w.Query(), wares.ShopID)
	for range 40 {
		q = orm.Values(w.Where(wares.ShopID.InQuery(q)), wares.ShopID)
	}
	e.fails(second(r.Where(shops.ID.InQuery(q)).All(e.ctx)), orm.ErrLimit, "", "")
	e.fails(second(r.Where(shops.ID.InQuery(orm.Values(w.Query(), wares.ShopID))).EveryRow().Distinct().OrderBy(shops.Wares.Count().Asc()).All(e.ctx)), orm.ErrInvalid, "Shop", "")
	for _, sub := range []orm.Query[Ware]{w.Take(0), w.Where(wares.ID.In()), w.Where(orm.Or[Ware]())} {
		e.fails(second(r.Where(shops.ID.NotInQuery(orm.Values(sub, wares.ShopID))).DeleteMany(e.ctx)), orm.ErrUnboundedWrite, "Shop", "")
		e.fails(second(r.Where(orm.Not(shops.ID.InQuery(orm.Values(sub, wares.ShopID)))).DeleteMany(e.ctx)), orm.ErrUnboundedWrite, "Shop", "")
	}
}
