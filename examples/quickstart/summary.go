package main

import (
	"context"
	"fmt"

	"github.com/multi-orm/orm"
)

// Region is a row of an aggregate: the plain field groups, the others are computed for each group.
type Region struct {
	Region    string
	Countries int64   `orm:"agg=count(*)"`
	Largest   float64 `orm:"agg=max(Area)"`
	Area      float64 `orm:"agg=sum(Area)"`
}

// Regions are the columns of Region.
var Regions = orm.Bind[Region, struct {
	Countries orm.Col[Region, int64]
	Area      orm.Col[Region, float64]
}]()

// regions sums up in the database.
func regions(ctx context.Context, db orm.DB, out *printer) error {
	out.title("Land by region, where there are twenty countries or more")
	all, err := orm.Aggregate[Region](ctx, orm.Repo[Country](db).Where(Countries.Independent.Eq(true)),
		orm.Having(Regions.Countries.Gte(20)), orm.GroupOrder(Regions.Area.Desc()))
	if err != nil {
		return err
	}
	var rows [][]string
	for _, r := range all {
		rows = append(rows, []string{r.Region, fmt.Sprint(r.Countries), grouped(int64(r.Area)), grouped(int64(r.Largest))})
	}
	out.table("region|countries|km²|largest", rows)
	return nil
}

// pages walks forward through pages of cities and one back: a cursor holds the place, not a number of rows to skip.
func pages(ctx context.Context, db orm.DB, out *printer) error {
	out.title("Page by page through the cities")
	q := orm.Repo[City](db).OrderBy(Cities.Population.Desc()).Take(4)
	show := func(p orm.Page[City], err error) (orm.Page[City], error) {
		out.printf("%s\n", names(p.Rows, func(c City) string { return c.Name }))
		return p, err
	}
	first, err := show(q.Page(ctx, ""))
	if err != nil {
		return err
	}
	second, err := show(q.Page(ctx, first.Next))
	if err != nil {
		return err
	}
	_, err = show(q.Page(ctx, second.Prev))
	return err
}

// citySearch looks for words in the names of cities.
var citySearch = orm.FullText("simple", Cities.Name)

// search asks for words as one does on the web.
func search(ctx context.Context, db orm.DB, out *printer) error {
	out.title(`A search: santa -cruz or "saint petersburg"`)
	if err := orm.CreateFullTextIndex(ctx, db, citySearch); err != nil {
		return err
	}
	cities, err := orm.Repo[City](db).
		Where(citySearch.Matches(`santa -cruz or "saint petersburg"`)).
		With(Cities.Country).
		OrderBy(Cities.Name.Asc()).
		All(ctx)
	if err != nil {
		return err
	}
	var rows [][]string
	for _, c := range cities {
		rows = append(rows, []string{c.Name, c.Country.Name})
	}
	out.table("city|country", rows)
	return nil
}

// money stitches two sources: currencies from the database, their rates from the HTTP API in one request, and a filter
// that reaches from one into the other.
func money(ctx context.Context, db orm.DB, out *printer) error {
	out.title("Where a euro buys most, by the rates of an HTTP API")
	countries, err := orm.Repo[Country](db).
		Where(Countries.Currencies.Some(Currencies.Rate.Is(Rates.PerEuro.Gt(1000)))).
		With(Countries.Currencies.With(Currencies.Rate)).
		OrderBy(Countries.Name.Asc()).
		All(ctx)
	if err != nil {
		return err
	}
	var rows [][]string
	for _, c := range countries {
		for _, m := range c.Currencies {
			if m.Rate != nil {
				rows = append(rows, []string{c.Name, m.Name, grouped(int64(m.Rate.PerEuro))})
			}
		}
	}
	out.table("country|currency|for a euro", rows)

	cheap, err := orm.Repo[Rate](db).Where(Rates.PerEuro.Lt(1)).OrderBy(Rates.Code.Asc()).All(ctx)
	if err != nil {
		return err
	}
	out.printf("dearer than the euro: %s\n", names(cheap, func(r Rate) string { return r.Code }))
	return nil
}
