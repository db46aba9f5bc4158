package sqlserver_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	mssql "github.com/microsoft/go-mssqldb"
	"github.com/microsoft/go-mssqldb/msdsn"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/bench"
	"github.com/multi-orm/orm/internal/testkit/tds"
	"github.com/multi-orm/orm/rls"
	"github.com/multi-orm/orm/source/sqlserver"
)

const (
	benchKey      = int64(1000)
	benchBulkRows = 1000
)

// benchRow and benchBulk are what the writes write.
var (
	benchRow  = benchUserAt(1)
	benchBulk = benchUsersOf(benchBulkRows)
)

// workload is what two contenders do: people by hand, and the library with a tenant scope, soft delete and an event hook. Both ask equally
// often, and get the same answers, which a tape plays.
type workload struct {
	name   string
	answer func(c *tds.Call) tds.Reply
	raw    func(ctx context.Context, db *sql.DB) ([]bench.User, error)
	orm    func(ctx context.Context, db orm.DB) ([]bench.User, error)
	block  int     // calls in a turn of the benchmark, which the collector must run in: about 100 ms
	asks   []asked // what the driver is asked by hand, of reads
	limit  float64 // allocations, as a part of those by hand
}

func workloads() []workload {
	users := func(n int) func(c *tds.Call) tds.Reply {
		r := userReply(n)
		return func(*tds.Call) tds.Reply { return r }
	}
	inserts := func(c *tds.Call) tds.Reply {
		if strings.HasPrefix(c.Text, "INSERT") {
			return idReply(c.Text)
		}
		return tds.Reply{}
	}
	return []workload{
		{"Key", users(1), rawKey, func(ctx context.Context, db orm.DB) ([]bench.User, error) {
			u, err := orm.Repo[bench.User](db).ByID(benchKey).One(ctx)
			return []bench.User{u}, err
		}, 2000, []asked{{rawKeyText, []driver.Value{bench.Tenant, benchKey}}}, 1.01},
		{"List100", users(100), rawList100, func(ctx context.Context, db orm.DB) ([]bench.User, error) {
			return orm.Repo[bench.User](db).Where(bench.Users.Active.Eq(true), bench.Users.Role.In("admin", "editor", "viewer")).OrderBy(bench.Users.CreatedAt.Desc()).Take(100).All(ctx)
		}, 150, []asked{{rawList100Text, []driver.Value{bench.Tenant, true, "admin", "editor", "viewer"}}}, .89},
		{"List10k", users(10_000), rawList10k, func(ctx context.Context, db orm.DB) ([]bench.User, error) {
			return orm.Repo[bench.User](db).OrderBy(bench.Users.ID.Asc()).Take(10_000).All(ctx)
		}, 6, []asked{{rawListText, []driver.Value{bench.Tenant, int64(10_000)}}}, .88},
		{"Include", func(c *tds.Call) tds.Reply {
			if strings.Contains(c.Text, "order_number") {
				return orderReply(100)
			}
			return userReply(100)
		}, rawInclude, func(ctx context.Context, db orm.DB) ([]bench.User, error) {
			return orm.Repo[bench.User](db).With(bench.Users.Orders).OrderBy(bench.Users.ID.Asc()).Take(100).All(ctx)
		}, 100, []asked{{rawListText, []driver.Value{bench.Tenant, int64(100)}}, {rawOrdersText, []driver.Value{bench.Tenant, benchIDs(100)}}}, .86},
		{"Insert", inserts, rawInsert, func(ctx context.Context, db orm.DB) ([]bench.User, error) {
			u := benchRow
			u.ID = 0
			err := orm.Repo[bench.User](db).Create(ctx, &u)
			return []bench.User{u}, err
		}, 2000, nil, 1.2},
		{"Bulk1000", inserts, rawBulk, func(ctx context.Context, db orm.DB) ([]bench.User, error) {
			for i := range benchBulk {
				benchBulk[i].ID = 0
			}
			_, err := orm.Repo[bench.User](db).CreateMany(ctx, benchBulk)
			return benchBulk, err
		}, 6, nil, 1.2},
	}
}

// contender does a workload once per call.
type contender struct {
	name string
	run  func() ([]bench.User, error)
}

// seen is what the event hook counts, so that it is not nothing.
var seen atomic.Int64

// taped gives connections to a server that answers w, and the tape that plays what it has answered.
func (w workload) taped(tb testing.TB) (driver.Connector, *tds.Tape) {
	tb.Helper()
	server := tds.Start(tb, (&script{answer: w.answer}).reply)
	cfg, err := msdsn.Parse(server.URL())
	if err != nil {
		tb.Fatal(err)
	}
	connector, tape := mssql.NewConnectorConfig(cfg), new(tds.Tape)
	connector.Dialer = tape
	return connector, tape
}

// contenders opens both, runs them until nothing is new to them, and looks that they ask equally often and get the same.
func (w workload) contenders(tb testing.TB) []contender {
	tb.Helper()
	connector, tape := w.taped(tb)
	byHand := sql.OpenDB(connector)
	tb.Cleanup(func() { _ = byHand.Close() })
	db, err := orm.Open(tb.Context(), sqlserver.Source("erp", "", sqlserver.Connector(connector)), orm.Models(bench.User{}, bench.Order{}))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = db.Close() })
	if err := db.Use(rls.Tenant(), hook.SoftDelete(), hook.Hook{Name: "count", After: func(_ context.Context, op *hook.Op) error {
		seen.Add(op.Affected)
		return nil
	}}); err != nil {
		tb.Fatal(err)
	}
	ctx := context.Background()
	actor := orm.WithActor(ctx, orm.Actor{ID: int64(7), TenantID: bench.Tenant, Role: "admin"})
	all := []contender{
		{"rawsql", func() ([]bench.User, error) { return w.raw(ctx, byHand) }},
		{"orm-hooks", func() ([]bench.User, error) { return w.orm(actor, db) }},
	}
	var agreed string
	for i, c := range all {
		var got []bench.User
		before := 0
		for range 3 {
			before = tape.Asked()
			if got, err = c.run(); err != nil {
				tb.Fatal(c.name, err)
			}
		}
		text, err := json.Marshal(got)
		if err != nil {
			tb.Fatal(err)
		}
		said := fmt.Sprintf("%d messages: %s", tape.Asked()-before, text)
		if i > 0 && said != agreed {
			tb.Fatalf("the contenders disagree: %.300s\nand %.300s", agreed, said)
		}
		agreed = said
	}
	return all
}

// perRun gives the allocations of one call.
func perRun(tb testing.TB, run func() ([]bench.User, error)) float64 {
	tb.Helper()
	return testing.AllocsPerRun(5, func() {
		if _, err := run(); err != nil {
			tb.Fatal(err)
		}
	})
}
