// Command storefront is a small service over two sources that act as one: orders in PostgreSQL or SQLite, and the
// products in another team's HTTP catalogue. Two shops share the tables and never see each other.
//
//	go run ./examples/storefront
//	curl -H 'Authorization: Bearer ann' localhost:8080/products
//	curl -H 'Authorization: Bearer ann' localhost:8080/orders -d '{"customer":"Mr Gray","lines":[{"sku":"MUG-RED","quantity":2}]}'
//	curl -H 'Authorization: Bearer bob' localhost:8080/orders
//
// The catalogue is a stand-in that the program starts itself. The tokens are for show: a real service would check
// signed ones.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/multi-orm/orm"
)

func main() {
	var o options
	flag.StringVar(&o.addr, "addr", "localhost:8080", "listen on this `address`")
	flag.StringVar(&o.database, "database", ":memory:", "a SQLite `file` or the URL of a PostgreSQL")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, o, func(addr string) { fmt.Println("listening on", addr) }); err != nil {
		fmt.Fprintln(os.Stderr, "storefront:", err)
		os.Exit(1)
	}
}

type options struct {
	addr     string
	database string
}

// grace is how long requests under way may take once the program is told to stop.
const grace = 10 * time.Second

// run serves until ctx is done, then lets requests under way finish. ready is told the address.
func run(ctx context.Context, o options, ready func(addr string)) error {
	others, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		return err
	}
	stock := serve(others, catalogue(wares()))
	defer func() { _ = stock.stop() }()

	db, err := openStore(ctx, o.database, "http://"+others.Addr().String(), slog.Default())
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()

	l, err := net.Listen("tcp", o.addr)
	if err != nil {
		return err
	}
	api := serve(l, newAPI(db, map[string]orm.Actor{
		"ann": {ID: 1, TenantID: 1, Role: "clerk"},
		"max": {ID: 2, TenantID: 1, Role: "manager"},
		"bob": {ID: 3, TenantID: 2, Role: "clerk"},
	}))
	ready(l.Addr().String())
	select {
	case <-ctx.Done():
	case err := <-api.failed:
		return err
	}
	return api.stop()
}

// server is an HTTP server under way.
type server struct {
	http.Server
	failed chan error // told once, when serving ends
}

func serve(l net.Listener, h http.Handler) *server {
	s := &server{failed: make(chan error, 1)}
	s.Handler = h
	s.ReadHeaderTimeout, s.ReadTimeout, s.WriteTimeout = 5*time.Second, 10*time.Second, 30*time.Second
	go func() { s.failed <- s.Serve(l) }()
	return s
}

// stop takes no new requests and waits for those under way.
func (s *server) stop() error {
	ctx, cancel := context.WithTimeout(context.Background(), grace)
	defer cancel()
	err := s.Shutdown(ctx)
	if failed := <-s.failed; !errors.Is(failed, http.ErrServerClosed) {
		err = errors.Join(err, failed)
	}
	return err
}
