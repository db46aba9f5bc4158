package sqlserver_test

import (
	"context"
	"database/sql/driver"
	"errors"
	"strings"
	"testing"

	mssql "github.com/microsoft/go-mssqldb"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/internal/testkit/tds"
	"github.com/multi-orm/orm/source/sqlserver"
)

// A trigger may give rows that nobody asked for: of another width they are an error, narrower and wider; without rows they are passed over.
func TestRowsOfTriggers(t *testing.T) {
	narrow, wide := tds.Columns("a", tds.BigInt), tds.Columns("a", tds.BigInt, "b", tds.BigInt, "c", tds.BigInt)
	asks := tds.Columns("id", tds.BigInt, "tenant_id", tds.BigInt, "name", tds.NVarChar)
	lot := tds.Result{Columns: asks, Rows: [][]any{{int64(1), int64(2), "x"}}}
	for about, c := range map[string]struct {
		before tds.Result
		fails  bool
	}{
		"none":            {tds.Result{Affected: 3}, false},
		"narrow":          {tds.Result{Columns: narrow, Rows: [][]any{{int64(5)}}}, true},
		"wide":            {tds.Result{Columns: append(wide, wide...), Rows: [][]any{{int64(5), int64(6), int64(7), int64(5), int64(6), int64(7)}}}, true},
		"narrow, no rows": {tds.Result{Columns: narrow}, false},
		"wide, no rows":   {tds.Result{Columns: append(wide, wide...)}, false},
	} {
		server := tds.Start(t, (&script{answer: func(*tds.Call) tds.Reply { return tds.Reply{Results: []tds.Result{c.before, lot}} }}).reply)
		db, err := orm.Open(t.Context(), sqlserver.Source("erp", server.URL()), orm.Models(Lot{}))
		if err != nil {
			t.Fatal(err)
		}
		all, err := orm.Repo[Lot](db).Query().All(t.Context())
		if c.fails != errors.Is(err, orm.ErrUpstream) || !c.fails && (err != nil || len(all) != 1 || all[0].Name != "x") {
			t.Errorf("%s: %v %v", about, all, err)
		}
		if n := server.Sessions(); n != 1 {
			t.Errorf("%s: %d connections", about, n)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}
}

// A read that is cancelled between its rows ends there, and its connection goes on with the next.
func TestCancelledBetweenRows(t *testing.T) {
	const all = 1000
	row := []any{int64(1), "Ann", nil, nil, []byte{1}, nil, now, nil, "0", true, 0.5, nil}
	many := tds.Result{Columns: columns}
	for range all {
		many.Rows = append(many.Rows, row)
	}
	db, server := opened(t, &script{answer: func(c *tds.Call) tds.Reply {
		if strings.Contains(c.Text, "COUNT") {
			return tds.Rows(tds.Columns("n", tds.BigInt), []any{int64(3)})
		}
		return tds.Reply{Results: []tds.Result{many}}
	}}, sqlserver.MaxConns(1))
	for range 10 {
		ctx, cancel := context.WithCancel(t.Context())
		n, ended := 0, error(nil)
		for _, err := range orm.Repo[Item](db).Query().Rows(ctx) {
			if err != nil {
				ended = err
				break
			}
			if n++; n == 7 {
				cancel()
			}
		}
		cancel()
		if !errors.Is(ended, context.Canceled) || n == all {
			t.Error(n, ended)
		}
		if n, err := orm.Repo[Item](db).Query().Count(t.Context()); n != 3 || err != nil {
			t.Error(n, err)
		}
	}
	if n := server.Sessions(); n != 1 {
		t.Errorf("%d connections", n)
	}
}

// Bytes belong to who reads them: later rows leave them as they are.
func TestBytesAreKept(t *testing.T) {
	db, _ := opened(t, &script{answer: func(*tds.Call) tds.Reply {
		r := tds.Rows(columns)
		for i := range 100 {
			r.Results[0].Rows = append(r.Results[0].Rows, []any{int64(i), "Ann", nil, nil, []byte{byte(i), 1}, [16]byte{byte(i)}, now, nil, "0", true, 0.5, nil})
		}
		return r
	}})
	rows, err := orm.Repo[Item](db).Query().All(t.Context())
	if err != nil || len(rows) != 100 {
		t.Fatal(len(rows), err)
	}
	for i, r := range rows {
		if string(r.Raw) != string([]byte{byte(i), 1}) || r.Key[0] != byte(i) {
			t.Error(i, r.Raw, r.Key)
		}
	}
}

// wrapping is a connector as those for tracing are: its connections are none of the driver's.
type wrapping struct{ driver.Connector }

type wrapped struct{ *mssql.Conn }

func (w wrapping) Connect(ctx context.Context) (driver.Conn, error) {
	c, err := w.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return wrapped{c.(*mssql.Conn)}, nil
}

// Connections that wrap the driver's are used by way of database/sql, with the same results.
func TestWrappedConnections(t *testing.T) {
	server := tds.Start(t, (&script{answer: func(c *tds.Call) tds.Reply {
		if strings.Contains(c.Text, "INSERT") {
			return results(tds.Columns("id", tds.BigInt), []any{int64(10)}, []any{int64(20)})
		}
		return tds.Rows(columns, one(7, "x"))
	}}).reply)
	plain, err := mssql.NewConnector(server.URL())
	if err != nil {
		t.Fatal(err)
	}
	db, err := orm.Open(t.Context(), sqlserver.Source("erp", "", sqlserver.Connector(wrapping{plain})), orm.Models(Item{}))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if rows, err := orm.Repo[Item](db).Query().All(t.Context()); err != nil || len(rows) != 1 || rows[0].Name != "x" {
		t.Error(rows, err)
	}
	rows := []Item{{Name: "a", At: now}, {Name: "b", At: now}}
	if n, err := orm.Repo[Item](db).CreateMany(t.Context(), rows); n != 2 || err != nil || rows[0].ID != 10 || rows[1].ID != 20 {
		t.Error(n, err, rows)
	}
}
