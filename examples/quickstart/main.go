// Command quickstart shows the library at work on countries, cities, languages and currencies:
//
//	go run ./examples/quickstart
//
// It needs nothing but Go: the data is part of the program, the database is SQLite in memory, and the HTTP API with
// the currencies' rates is one that the program starts itself. With -postgres URL it does the same on a PostgreSQL, in
// temporary tables that only its own connection sees; with -sqlserver URL on a SQL Server, in a database that it makes and drops.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"

	"github.com/multi-orm/orm"
)

func main() {
	var o options
	flag.BoolVar(&o.explain, "explain", false, "print every statement that runs, and the plan of one query")
	flag.StringVar(&o.postgres, "postgres", "", "run on the PostgreSQL at this `URL` instead of SQLite")
	flag.StringVar(&o.sqlserver, "sqlserver", "", "run on the SQL Server at this `URL` instead of SQLite")
	flag.Parse()
	if flag.NArg() > 0 {
		fmt.Fprintf(os.Stderr, "quickstart: unexpected argument %q\n", flag.Arg(0))
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Stdout, newProgress(os.Stderr), o); err != nil {
		fmt.Fprintln(os.Stderr, "quickstart:", err)
		os.Exit(1)
	}
}

type options struct {
	explain   bool
	postgres  string
	sqlserver string
}

// run is the whole program: open, create the tables, load them, ask.
func run(ctx context.Context, stdout io.Writer, p *progress, o options) (err error) {
	out := &printer{w: stdout}
	rates, err := startRates()
	if err != nil {
		return err
	}
	defer rates.close()
	opts := []orm.Option{
		orm.Models(Country{}, City{}, Language{}, Currency{}, Border{}, CountryLanguage{}, CountryCurrency{}, Rate{}, Trip{}),
	}
	if o.explain {
		opts = append(opts, orm.Observer(func(_ context.Context, s orm.Statement) { out.statement(s) }))
	}
	db, done, err := open(ctx, o, append(opts, rates.source(ctx)))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close(), done()) }()
	if err := orm.CreateTables(ctx, db); err != nil {
		return err
	}
	if err := load(ctx, db, p); err != nil {
		return err
	}
	for _, question := range questions {
		if err := question(ctx, db, out); err != nil {
			return err
		}
	}
	if o.explain {
		if err := plan(ctx, db, out); err != nil {
			return err
		}
	}
	return out.err
}
