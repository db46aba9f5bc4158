package main

import (
	"context"
	"fmt"

	"github.com/multi-orm/orm"
)

// questions are what the program asks, in this order.
var questions = []func(context.Context, orm.DB, *printer) error{
	list, topCities, sharedBorders, peopleAndMoney, counts, tropics, regions, pages, search, money, change, stream,
	tenants, // last: what it registers holds for every call after it
}

// list filters, sorts and takes the first rows.
func list(ctx context.Context, db orm.DB, out *printer) error {
	out.title("The largest landlocked countries")
	countries, err := orm.Repo[Country](db).
		Where(Countries.Landlocked.Eq(true), Countries.Area.Gt(500_000)).
		OrderBy(Countries.Area.Desc(), Countries.Name.Asc()).
		Take(6).
		All(ctx)
	if err != nil {
		return err
	}
	var rows [][]string
	for _, c := range countries {
		rows = append(rows, []string{c.Code, c.Name, or(c.Capital), or(c.Area)})
	}
	out.table("code|country|capital|km²", rows)
	return nil
}

// topCities includes a relation, three rows for each parent.
func topCities(ctx context.Context, db orm.DB, out *printer) error {
	out.title("The three largest cities of the largest countries")
	countries, err := orm.Repo[Country](db).
		With(Countries.Cities.OrderBy(Cities.Population.Desc()).Take(3)).
		OrderBy(Countries.Area.Desc().NullsLast()).
		Take(6).
		All(ctx)
	if err != nil {
		return err
	}
	var rows [][]string
	for _, c := range countries {
		for i, city := range c.Cities {
			name := ""
			if i == 0 {
				name = c.Name
			}
			rows = append(rows, []string{name, city.Name, grouped(city.Population)})
		}
		if len(c.Cities) == 0 {
			rows = append(rows, []string{c.Name, "–", "–"})
		}
	}
	out.table("country|city|people", rows)
	return nil
}

// sharedBorders filters by related rows, and includes the same relation.
func sharedBorders(ctx context.Context, db orm.DB, out *printer) error {
	out.title("Between France and Germany: who borders both?")
	countries, err := orm.Repo[Country](db).
		Where(Countries.Neighbours.Some(Countries.Code.Eq("FRA")), Countries.Neighbours.Some(Countries.Code.Eq("DEU"))).
		With(Countries.Neighbours.OrderBy(Countries.Name.Asc()).Select(Countries.Name)).
		OrderBy(Countries.Name.Asc()).
		All(ctx)
	if err != nil {
		return err
	}
	var rows [][]string
	for _, c := range countries {
		rows = append(rows, []string{c.Name, names(c.Neighbours, func(n Country) string { return n.Name })})
	}
	out.table("country|neighbours", rows)
	return nil
}

// peopleAndMoney follows two many-to-many relations, one by column and one by name.
func peopleAndMoney(ctx context.Context, db orm.DB, out *printer) error {
	out.title("Languages and currencies")
	countries, err := orm.Repo[Country](db).
		Where(Countries.Code.In("CHE", "SGP", "PAN", "ATA")).
		With(Countries.Languages.OrderBy(Languages.Name.Asc())).
		Include("Currencies").
		Sort("Name").
		All(ctx)
	if err != nil {
		return err
	}
	var rows [][]string
	for _, c := range countries {
		rows = append(rows, []string{
			c.Name,
			names(c.Languages, func(l Language) string { return l.Name }),
			names(c.Currencies, func(m Currency) string { return m.Code }),
		})
	}
	out.table("country|languages|currencies", rows)
	return nil
}

// counts branches from one query value and asks for distinct values.
func counts(ctx context.Context, db orm.DB, out *printer) error {
	out.title("Countries by region")
	all := orm.Repo[Country](db).Query()
	regions, err := all.Select(Countries.Region).Distinct().OrderBy(Countries.Region.Asc()).All(ctx)
	if err != nil {
		return err
	}
	var rows [][]string
	for _, r := range regions {
		region := all.Where(Countries.Region.Eq(r.Region))
		n, err := region.Count(ctx)
		if err != nil {
			return err
		}
		islands, err := region.Where(Countries.Landlocked.Eq(false), Countries.Neighbours.None()).Count(ctx)
		if err != nil {
			return err
		}
		euro, err := region.Where(Countries.Currencies.Some(Currencies.Code.Eq("EUR"))).Exists(ctx)
		if err != nil {
			return err
		}
		rows = append(rows, []string{r.Region, fmt.Sprint(n), fmt.Sprint(islands), fmt.Sprint(euro)})
	}
	out.table("region|countries|without land borders|euro in use", rows)
	return nil
}

// tropics filters cities by their country and by text.
func tropics(ctx context.Context, db orm.DB, out *printer) error {
	out.title("Saints near the equator, in countries that speak Portuguese or Spanish")
	cities, err := orm.Repo[City](db).
		Where(
			orm.Or(Cities.Name.StartsWith("São "), Cities.Name.StartsWith("San "), Cities.Name.StartsWith("Santa ")),
			Cities.Lat.Between(-23.5, 23.5),
			Cities.Country.Is(Countries.Languages.Some(Languages.Code.In("por", "spa"))),
		).
		With(Cities.Country).
		OrderBy(Cities.Population.Desc()).
		Take(6).
		All(ctx)
	if err != nil {
		return err
	}
	var rows [][]string
	for _, c := range cities {
		rows = append(rows, []string{c.Name, c.Country.Name, grouped(c.Population), fmt.Sprintf("%.2f°", c.Lat)})
	}
	out.table("city|country|people|latitude", rows)
	return nil
}

// stream reads every city, one row at a time in memory.
func stream(ctx context.Context, db orm.DB, out *printer) error {
	out.title("All cities, streamed")
	var n, people int64
	var north City
	for city, err := range orm.Repo[City](db).OrderBy(Cities.Population.Desc()).Rows(ctx) {
		if err != nil {
			return err
		}
		n++
		people += city.Population
		if n == 1 || city.Lat > north.Lat {
			north = city
		}
	}
	out.table("cities|people|northernmost", [][]string{{grouped(n), grouped(people), north.Name}})
	return nil
}

// plan shows what a query would run, without running it.
func plan(ctx context.Context, db orm.DB, out *printer) error {
	out.title("The plan of one query")
	p, err := orm.Repo[Country](db).
		Where(Countries.Languages.Some(Languages.Code.Eq("fra"))).
		With(Countries.Cities.OrderBy(Cities.Population.Desc()).Take(3), Countries.Currencies.With(Currencies.Rate)).
		Take(10).
		Explain(ctx)
	if err != nil {
		return err
	}
	out.printf("%s", p)
	return nil
}
