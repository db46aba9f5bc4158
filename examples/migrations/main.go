// Command migrations shows how a program keeps its tables in step with its models: it prints what would bring a database to them, or
// writes it as files of a migration tool, which runs them.
//
//	go run ./examples/migrations -source app.db                          # prints the steps; exits with 1 where there are any
//	go run ./examples/migrations -source app.db -write add_orders -dir migrations
//	goose -dir migrations sqlite3 app.db up                              # the tool's own affair
//
// Without -write it is a step of continuous integration: run the migrations on an empty database, then this. Exit code 1 says that a
// model was changed and its migration is missing.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/source/introspect"
	"github.com/multi-orm/orm/source/sqlite"
)

// Customer buys things.
type Customer struct {
	ID        int64     `orm:"id,auto"`
	Email     string    `orm:"email,unique"`
	Name      *string   `orm:"name"`
	CreatedAt time.Time `orm:"created_at,default=now"`

	Orders []Order `orm:"relation=id:customer_id"`
}

// Order is what a customer bought.
type Order struct {
	ID         int64  `orm:"id,auto"`
	CustomerID int64  `orm:"customer_id,index"`
	Status     string `orm:"status,enum=open|paid|sent,default=open"`

	Customer *Customer `orm:"relation=customer_id:id"`
}

// errPending is that there are steps to take.
var errPending = errors.New("the database is not what the models want")

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stdout, time.Now); err != nil {
		fmt.Fprintln(os.Stderr, "migrations:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer, now func() time.Time) (err error) {
	fs := flag.NewFlagSet("migrations", flag.ContinueOnError)
	source := fs.String("source", "app.db", "the database: the path of a SQLite file")
	dir := fs.String("dir", "migrations", "the folder of the files")
	write := fs.String("write", "", "write the steps as files of this name; print them where it is empty")
	if err := fs.Parse(args); err != nil {
		return err
	}
	db, err := orm.Open(ctx, sqlite.Source("main", *source), orm.Models(Customer{}, Order{}))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	plan, err := introspect.Plan(ctx, db)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprint(out, plan); err != nil {
		return err
	}
	switch {
	case plan.Empty():
		return nil
	case *write == "":
		return errPending
	}
	return plan.WriteFiles(*dir, introspect.Goose, *write, introspect.Clock(now))
}
