package main

import (
	"context"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/rls"
)

// seed makes two firms, unless there are some already: their people, a customer each, and two products.
func seed(ctx context.Context, db orm.DB) error {
	ctx = rls.Bypass(ctx, "the books are set up")
	return db.Tx(ctx, func(tx orm.DB) error {
		if some, err := orm.Repo[Firm](tx).Exists(ctx); some || err != nil {
			return err
		}
		for _, f := range []struct {
			firm  string
			users []User
		}{
			{"Bright Lamps", []User{{Name: "Ann", Email: "ann@lamps.example", Role: "accountant", Token: digest("ann")}, {Name: "Bob", Email: "bob@lamps.example", Role: "clerk", Token: digest("bob")}}},
			{"Quick Desks", []User{{Name: "Bea", Email: "bea@desks.example", Role: "accountant", Token: digest("bea")}}},
		} {
			if err := plant(ctx, tx, f.firm, f.users); err != nil {
				return err
			}
		}
		return nil
	})
}

// plant makes a firm with what it begins with.
func plant(ctx context.Context, tx orm.DB, name string, users []User) error {
	firm := Firm{Name: name}
	if err := orm.Repo[Firm](tx).Create(ctx, &firm); err != nil {
		return err
	}
	for i := range users {
		users[i].FirmID = firm.ID
	}
	if _, err := orm.Repo[User](tx).CreateMany(ctx, users); err != nil {
		return err
	}
	goods := Category{Kept: Kept{FirmID: firm.ID}, Name: "Goods"}
	if err := orm.Repo[Category](tx).Create(ctx, &goods); err != nil {
		return err
	}
	wood := Category{Kept: Kept{FirmID: firm.ID}, Name: "Wood", ParentID: &goods.ID}
	if err := orm.Repo[Category](tx).Create(ctx, &wood); err != nil {
		return err
	}
	of := Coded{FirmID: firm.ID}
	_, err := orm.Repo[Product](tx).CreateMany(ctx, []Product{
		{Coded: of, SKU: "LAMP", Name: "Lamp", Price: 4990, CategoryID: goods.ID, Details: map[string]any{"watts": 7}},
		{Coded: of, SKU: "OAK", Name: "Oak board, metre", Price: 1275, CategoryID: wood.ID, Details: map[string]any{}},
	})
	if err != nil {
		return err
	}
	_, err = orm.Repo[Customer](tx).CreateMany(ctx, []Customer{
		{Coded: of, Code: "ACME", Name: "Acme", Currency: "EUR", Address: Address{City: "Kiel", Country: "DE"}, Since: day(2024, time.March, 1)},
		{Coded: of, Code: "ZEN", Name: "Zenith", Currency: "USD", Address: Address{City: "Boston", Country: "US"}, Since: day(2025, time.July, 15)},
	})
	return err
}
