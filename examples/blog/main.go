// Command blog serves users, their posts, and baskets of fruit over an embedded SQLite database: the resources, their
// documentation, a TypeScript client and a page that uses it, all from one set of rules.
//
//	go run ./examples/blog
//	open http://localhost:8080
//
// Who signs up first with the role admin is one. -explain prints every statement that requests run.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/rls/rest"
	"github.com/multi-orm/orm/rls/rest/docs"
	"github.com/multi-orm/orm/source/sqlite"
)

func main() {
	var o options
	flag.StringVar(&o.addr, "addr", "localhost:8080", "listen on this `address`")
	flag.StringVar(&o.database, "database", ":memory:", "a SQLite `file`")
	explain := flag.Bool("explain", false, "print every statement")
	flag.Parse()
	if *explain {
		o.explain = os.Stderr
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, o, func(addr string) { fmt.Println("listening on http://" + addr) }); err != nil {
		fmt.Fprintln(os.Stderr, "blog:", err)
		os.Exit(1)
	}
}

type options struct {
	addr     string
	database string
	explain  io.Writer // nil for no statements
	rounds   int       // of hashing passwords; 0 is as many as is right
}

// grace is how long requests under way may take once the program is told to stop.
const grace = 10 * time.Second

// run serves until ctx is done, then lets requests under way finish. ready is told the address.
func run(ctx context.Context, o options, ready func(addr string)) error {
	db, err := open(ctx, o)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	h, err := handler(db, o)
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

// open opens the database and makes the tables that are not there.
func open(ctx context.Context, o options) (orm.DB, error) {
	opts := []orm.Option{sqlite.Source("main", o.database), orm.Models(User{}, Session{}, Post{}, Basket{}, Fruit{})}
	if o.explain != nil {
		opts = append(opts, orm.Observer(func(_ context.Context, s orm.Statement) {
			_, _ = fmt.Fprintf(o.explain, "%8s %4d rows  %s\n", s.Duration.Round(time.Microsecond), s.Rows, s.Text)
		}))
	}
	db, err := orm.Open(ctx, opts...)
	if err != nil {
		return db, err
	}
	if err := errors.Join(orm.CreateTables(ctx, db), db.Use(hook.Validate())); err != nil {
		return db, errors.Join(err, db.Close())
	}
	return db, nil
}

// handler serves the API and all that is made of it.
func handler(db orm.DB, o options) (http.Handler, error) {
	who := accounts{db: db, rounds: o.rounds}
	if who.rounds == 0 {
		who.rounds = rounds
	}
	api, err := rest.New(db, append(rules(), rest.Session(who.session))...)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	who.register(mux)
	mux.Handle("/query/", http.StripPrefix("/query", api))
	about := rest.Info{Title: "Blog", Version: "1.0", Description: "Posts, baskets and fruit.", Server: "/query", Security: rest.Security{Cookie: cookie}}
	if _, err := api.OpenAPIFor(about, orm.Actor{}, false); err != nil {
		return nil, err
	}
	mux.Handle("GET /openapi.json", api.OpenAPI(about))
	mux.Handle("GET /client.ts", api.TypeScript())
	mux.Handle("GET /docs/", http.StripPrefix("/docs", docs.Handler("/openapi.json")))
	showPage(mux)
	// a session is a cookie, which browsers send along from other sites' pages too
	return http.NewCrossOriginProtection().Handler(mux), nil
}
