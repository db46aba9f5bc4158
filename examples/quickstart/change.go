package main

import (
	"context"
	"errors"

	"github.com/multi-orm/orm"
)

// errUndo makes a transaction roll back: any error does.
var errUndo = errors.New("changed my mind")

// change writes in transactions: one that is undone, one that stays.
func change(ctx context.Context, db orm.DB, out *printer) error {
	out.title("Moving a capital, in a transaction")
	kazakhstan := orm.Repo[Country](db).ByID("KAZ")
	var rows [][]string
	note := func(when, capital string) { rows = append(rows, []string{when, capital}) }
	look := func(when string) error {
		c, err := kazakhstan.Select(Countries.Capital).One(ctx)
		if err == nil {
			note(when, or(c.Capital))
		}
		return err
	}
	if err := look("before"); err != nil {
		return err
	}
	err := db.Tx(ctx, func(tx orm.DB) error {
		c, err := orm.Repo[Country](tx).ByID("KAZ").Update(ctx, Countries.Capital.Set("Almaty"))
		if err != nil {
			return err
		}
		note("in the transaction", or(c.Capital))
		return errUndo
	})
	if !errors.Is(err, errUndo) {
		return err
	}
	if err := look("rolled back"); err != nil {
		return err
	}
	err = db.Tx(ctx, func(tx orm.DB) error {
		_, err := orm.Repo[Country](tx).ByID("KAZ").Update(ctx, Countries.Capital.Set("Almaty"))
		return err
	})
	if err != nil {
		return err
	}
	if err := look("committed"); err != nil {
		return err
	}
	out.table("when|capital", rows)

	_, err = orm.Repo[Country](db).ByID("ATL").Update(ctx, Countries.Capital.Set("Poseidonis"))
	if !errors.Is(err, orm.ErrNotFound) {
		return err
	}
	out.printf("And Atlantis? %v\n", err)
	return nil
}
