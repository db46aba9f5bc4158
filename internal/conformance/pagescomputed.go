package conformance

import (
	"fmt"
	"time"

	"github.com/multi-orm/orm"
)

func pageComputed(e *env) {
	db, n := e.archive()
	must(orm.Repo[Ware](db).CreateMany(e.ctx, []Ware{{ShopID: ptr(int64(2)), Price: 5, Words: []string{"red"}, MadeAt: ptr(time.Date(2024, 5, 1, 0, 0, 0, 0, time.UTC))}, {ShopID: ptr(int64(4)), Name: ptr("y"), Price: 7}, {Price: 9, Words: []string{"a", "b"}}}))
	shop := func(x Shop) int64 { return x.ID }
	ware := func(x Ware) int64 { return x.ID }
	s, w := orm.Repo[Shop](db), orm.Repo[Ware](db)
	for size := range 4 {
		size++
		about := func(what string) string { return fmt.Sprintf("%s, %d a page", what, size) }
		walked(e, s.OrderBy(shops.Wares.Count().Desc()), size, about("count"), shop)
		walked(e, s.OrderBy(shops.Wares.Count(wares.Price.Gt(9)).Asc(), shops.Name.Desc()), size, about("count, name"), shop)
		walked(e, s.OrderBy(shops.Best.By(wares.Price.Desc())), size, about("to-one, NULLs"), shop)
		walked(e, s.OrderBy(shops.Best.By(wares.Name.Fold().Asc().NullsFirst()), shops.Labels.Count().Desc()), size, about("to-one folded, links"), shop)
		walked(e, s.OrderBy(shops.Parent.By(shops.Wares.Count().Desc())), size, about("count of a related row"), shop)
		walked(e, s.OrderBy(shops.Parent.By(shops.Best.By(wares.Price.Asc().NullsFirst())).NullsLast()), size, about("two rows away"), shop)
		walked(e, w.OrderBy(wares.Words.Len().Desc(), wares.MadeAt.Year().Asc()), size, about("length, year"), ware)
		walked(e, w.OrderBy(wares.Shop.By(shops.Name.Asc()), wares.Price.Desc()), size, about("shop, price"), ware)
		walked(e, w.Select(wares.Name).OrderBy(wares.Shop.By(shops.Name.Asc())).Select(wares.ID), size, about("selected"), ware)
	}
	must(n.CreateMany(e.ctx, []Note{{WareID: 1, Title: "rain", Body: ptr("rain rain rain rain")}, {WareID: 1, Title: "one drop of rain in a long text"}, {WareID: 2, Title: "rain"}, {WareID: 2, Title: "rain"}}))
	for size := range 3 {
		walked(e, n.Where(noteSearch.Matches("rain")).OrderBy(noteSearch.Rank("rain").Desc()), size+1, "rank", func(x Note) int64 { return x.ID })
	}
	first := must(n.OrderBy(noteSearch.Rank("rain").Desc()).Take(1).Page(e.ctx, ""))
	e.fails(second(n.OrderBy(noteSearch.Rank("shoes").Desc()).Take(1).Page(e.ctx, first.Next)), orm.ErrBadCursor, "Note", "")
	e.log.reset()
	page := must(orm.Repo[Shop](db).OrderBy(shops.Wares.Count().Desc()).With(shops.Wares.Count().Into(shops.WareCount), shops.Labels).Take(2).Page(e.ctx, "", orm.WithTotal))
	e.ran(3, "the total, the page and its include")
	e.equal(page.Rows[0].WareCount >= page.Rows[1].WareCount && page.Rows[0].WareCount > 0, true, "counted beside the key")
	e.equal(page.Total > 2, true, "total")
}
