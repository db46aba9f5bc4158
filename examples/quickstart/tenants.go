package main

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/rls"
)

// Trip is a row of one travel agency: the tenant column says whose.
type Trip struct {
	ID          int64      `orm:"id,auto"`
	AgencyID    int64      `orm:"agency_id,tenant"`
	CountryCode string     `orm:"country_code,index"`
	Title       string     `orm:"title"`
	CancelledAt *time.Time `orm:"cancelled_at,softdelete"`

	Country *Country `orm:"relation=country_code:code"`
}

// Trips are the columns of Trip.
var Trips = orm.Bind[Trip, struct {
	ID          orm.Col[Trip, int64]
	CountryCode orm.Text[Trip]
	Title       orm.Text[Trip]
	Country     orm.One[Trip, Country]
}]()

// tenants puts two agencies side by side on the same tables. From Use on, every statement obeys: no call
// below says whose trips it means.
func tenants(ctx context.Context, db orm.DB, out *printer) error {
	out.title("Two travel agencies on the same tables")
	err := db.Use(
		rls.Tenant(),
		rls.Global(Country{}, City{}, Language{}, Currency{}, Rate{}, Border{}, CountryLanguage{}, CountryCurrency{}),
		hook.SoftDelete(),
	)
	if err != nil {
		return err
	}
	north := orm.WithActor(ctx, orm.Actor{ID: 1, TenantID: 1, Role: "agent"})
	south := orm.WithActor(ctx, orm.Actor{ID: 2, TenantID: 2, Role: "agent"})
	trips := orm.Repo[Trip](db)
	if _, err := trips.CreateMany(north, []Trip{{CountryCode: "NOR", Title: "Fjords"}, {CountryCode: "ISL", Title: "Geysers"}, {CountryCode: "FIN", Title: "Saunas"}}); err != nil {
		return err
	}
	beaches := Trip{CountryCode: "BRA", Title: "Beaches"}
	if err := trips.Create(south, &beaches); err != nil {
		return err
	}
	if _, err := trips.Where(Trips.Title.Eq("Saunas")).DeleteMany(north); err != nil {
		return err
	}
	var rows [][]string
	for _, agency := range []struct {
		name string
		ctx  context.Context
	}{{"north", north}, {"south", south}} {
		mine, err := trips.With(Trips.Country).OrderBy(Trips.Title.Asc()).All(agency.ctx)
		if err != nil {
			return err
		}
		withCancelled, err := trips.WithDeleted().Count(agency.ctx)
		if err != nil {
			return err
		}
		rows = append(rows, []string{agency.name, names(mine, func(t Trip) string { return t.Title + " in " + t.Country.Name }), strconv.FormatInt(withCancelled, 10)})
	}
	out.table("agency|trips|cancelled ones counted in", rows)

	_, err = trips.ByID(beaches.ID).Update(north, Trips.Title.Set("Ours now"))
	if !errors.Is(err, orm.ErrNotFound) {
		return err
	}
	out.printf("North changes South's trip: %v\n", err)
	err = trips.Create(north, &Trip{AgencyID: 2, CountryCode: "PRT", Title: "Planted"})
	if !errors.Is(err, orm.ErrDenied) {
		return err
	}
	out.printf("North writes in South's name: %v\n", err)
	_, err = trips.All(ctx)
	if !errors.Is(err, orm.ErrNoActor) {
		return err
	}
	out.printf("Nobody asks: %v\n", err)
	p, err := trips.With(Trips.Country).Explain(north)
	if err != nil {
		return err
	}
	out.printf("What North's query runs, and who added which predicate:\n")
	for _, s := range p.Steps {
		scopes := "nobody"
		if len(s.Scopes) > 0 {
			scopes = names(s.Scopes, func(s string) string { return s })
		}
		out.printf("  %-8s scoped by %s\n", s.Model, scopes)
	}
	return nil
}
