// Command invoices is a small invoicing service for several firms that never see each other's books: users with roles, customers,
// products in a tree of categories, invoices with lines, payments and tags, and a monthly report. The database is SQLite or PostgreSQL,
// the exchange rates are behind another team's HTTP API.
//
//	go run ./examples/invoices
//	curl -H 'Authorization: Bearer ann' 'localhost:8080/api/invoices?select=(where:(status:issued),with:(customer:T,lines:T))'
//	curl -H 'Authorization: Bearer ann' localhost:8080/report/monthly
//	curl -H 'Authorization: Bearer bob' -X PATCH localhost:8080/api/customers/1 -H 'Content-Type: application/json' -d '{"email":"new@acme.example"}'
//
// Ann is an accountant and bob a clerk of the first firm, bea an accountant of the second. The tokens are for show: a real service would
// have secret ones.
package main

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	var o options
	flag.StringVar(&o.addr, "addr", "localhost:8080", "listen on this `address`")
	flag.StringVar(&o.database, "database", ":memory:", "a SQLite `file` or the URL of a PostgreSQL")
	flag.StringVar(&o.rates, "rates", "", "the `URL` of the exchange rates; a stand-in is started unless it is given")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, o, func(addr string) { fmt.Println("listening on http://" + addr) }); err != nil {
		fmt.Fprintln(os.Stderr, "invoices:", err)
		os.Exit(1)
	}
}

type options struct {
	addr     string
	database string
	rates    string
}

// grace is how long requests under way may take once the program is told to stop.
const grace = 10 * time.Second

// run serves until ctx is done, then lets requests under way finish. ready is told the address.
func run(ctx context.Context, o options, ready func(addr string)) error {
	if o.rates == "" {
		stop, url, err := serveRates()
		if err != nil {
			return err
		}
		defer stop()
		o.rates = url
	}
	db, err := open(ctx, database(o.database), o.rates, slog.Default())
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	if err := seed(ctx, db); err != nil {
		return err
	}
	h, err := handler(db)
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", o.addr)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second, IdleTimeout: time.Minute}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(l) }()
	ready(l.Addr().String())
	select {
	case <-ctx.Done():
	case err := <-failed:
		return err
	}
	last, cancel := context.WithTimeout(context.Background(), grace)
	defer cancel()
	return server.Shutdown(last)
}
