package orm_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/source/sqlite"
)

// A transaction commits when the function returns nil; an error or a panic rolls it back.
func ExampleDB_Tx() {
	ctx := context.Background()
	db := example()
	defer db.Close()

	move := func(amount float64) error {
		return db.Tx(ctx, func(tx orm.DB) error {
			orders := orm.Repo[Order](tx)
			from, err := orders.ByID(1).Update(ctx, Orders.Total.Inc(-amount))
			if err != nil {
				return err
			}
			if from.Total < 0 {
				return errors.New("not enough")
			}
			_, err = orders.ByID(2).Update(ctx, Orders.Total.Inc(amount))
			return err
		}, orm.Serializable, orm.Retry(3))
	}
	fmt.Println(move(500))
	fmt.Println(move(20))
	orders, err := orm.Repo[Order](db).Where(Orders.ID.In(1, 2)).All(ctx)
	fmt.Println(orders[0].Total, orders[1].Total, err)
	// Output:
	// not enough
	// <nil>
	// 100 100 <nil>
}

// Inside a transaction, Tx is a savepoint: what fails there can be left out.
func ExampleDB_Tx_nested() {
	ctx := context.Background()
	db := example()
	defer db.Close()
	err := db.Tx(ctx, func(tx orm.DB) error {
		if err := orm.Repo[Team](tx).Create(ctx, &Team{Name: "Legal"}); err != nil {
			return err
		}
		err := tx.Tx(ctx, func(tx orm.DB) error {
			return orm.Repo[Team](tx).Create(ctx, &Team{Name: "Core"})
		})
		fmt.Println("inner:", errors.Is(err, orm.ErrConflict))
		return nil
	})
	fmt.Println("outer:", err)
	n, err := orm.Repo[Team](db).Count(ctx)
	fmt.Println(n, err)
	// Output:
	// inner: true
	// outer: <nil>
	// 3 <nil>
}

// Retry repeats the whole function when the database gave the transaction up for another's sake.
func ExampleRetry() {
	ctx := context.Background()
	db := example()
	defer db.Close()
	runs := 0
	err := db.Tx(ctx, func(tx orm.DB) error {
		runs++
		_, err := orm.Repo[Order](tx).ByID(1).Update(ctx, Orders.Total.Inc(1))
		return err
	}, orm.Retry(3))
	fmt.Println(runs, err)
	// Output: 1 <nil>
}

// Lock holds the rows read until the transaction ends, so that nobody else changes them between the read and the write.
// SQLite locks the whole database, never a row: there is none that others hold and that could be left out.
func ExampleQuery_Lock() {
	ctx := context.Background()
	db := example()
	defer db.Close()
	err := db.Tx(ctx, func(tx orm.DB) error {
		orders := orm.Repo[Order](tx)
		open, err := orders.Where(Orders.Status.Eq("open")).Lock(orm.ForUpdate).All(ctx)
		fmt.Println(len(open) > 0, err)
		_, err = orders.Where(Orders.Status.Eq("open")).Lock(orm.ForUpdate, orm.SkipLocked).All(ctx)
		return err
	})
	fmt.Println(errors.Is(err, orm.ErrUnsupported), err)
	// Output:
	// true <nil>
	// true orm: All Order (source main): unsupported by the source: Lock with SkipLocked or NoWait is not to be had on sqlite
}

// What became of a call that failed decides whether it may be made again.
func ExampleOutcomeOf() {
	ctx := context.Background()
	db := example()
	defer db.Close()
	err := orm.Repo[Team](db).Create(ctx, &Team{Name: "Core"})
	switch orm.OutcomeOf(err) {
	case orm.Unsent:
		fmt.Println("it never left: make it again")
	case orm.Undone:
		fmt.Println("refused, and nothing stays:", errors.Is(err, orm.ErrConflict))
	case orm.Unknown:
		fmt.Println("look whether it is there")
	default:
		fmt.Println("done")
	}
	// Output: refused, and nothing stays: true
}

// Attempt counts how often a transaction was begun.
func ExampleDB_Attempt() {
	db := example()
	defer db.Close()
	err := db.Tx(context.Background(), func(tx orm.DB) error {
		fmt.Println("attempt", tx.Attempt())
		return nil
	}, orm.Retry(3))
	fmt.Println(err)
	// Output:
	// attempt 1
	// <nil>
}

// Close waits for the transaction that is under way, and lets nothing new begin.
func ExampleCloseWithin() {
	ctx := context.Background()
	db, err := orm.Open(ctx, sqlite.Source("main", ":memory:"), orm.Models(Team{}), orm.CloseWithin(5*time.Second))
	check(err)
	check(orm.CreateTables(ctx, db))
	closed := make(chan error)
	err = db.Tx(ctx, func(tx orm.DB) error {
		go func() { closed <- db.Close() }()
		for { // until Close has begun
			if _, err := orm.Repo[Team](db).Count(ctx); errors.Is(err, orm.ErrClosed) {
				break
			}
		}
		return orm.Repo[Team](tx).Create(ctx, &Team{Name: "late"})
	})
	fmt.Println(err, <-closed)
	// Output: <nil> <nil>
}
