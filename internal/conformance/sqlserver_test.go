package conformance

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	_ "github.com/microsoft/go-mssqldb" // database/sql's name for it

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/source"
	"github.com/multi-orm/orm/source/sqlserver"
)

// TestSQLServer runs the suite on the server that ORM_TEST_SQLSERVER leads to, a URL of a login that may make databases: each case
// has one of its own. Servers that only speak the protocol are asked first what they lack.
func TestSQLServer(t *testing.T) {
	server := os.Getenv("ORM_TEST_SQLSERVER")
	if server == "" {
		t.Skip("ORM_TEST_SQLSERVER names no server")
	}
	at, err := url.Parse(server)
	if err != nil {
		t.Fatal("ORM_TEST_SQLSERVER is no URL")
	}
	admin := opened(t, server)
	var made atomic.Int64
	database := func(t *testing.T) string {
		t.Helper()
		name := fmt.Sprintf("orm_%d_%d", os.Getpid(), made.Add(1))
		if _, err := admin.ExecContext(t.Context(), "CREATE DATABASE ["+name+"]"); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _, _ = admin.ExecContext(context.Background(), "DROP DATABASE ["+name+"]") }) // a server that keeps it is not ours
		own := *at
		query := own.Query()
		query.Set("database", name)
		own.RawQuery = query.Encode()
		return own.String()
	}
	e := Engine{Name: "sqlserver", Serializable: true, Padded: true, Lacks: lacksOfSQLServer, Ends: endsOfSQLServer(), Database: func(t *testing.T) func(string, Options) source.Source {
		own := database(t)
		return func(name string, o Options) source.Source {
			var opts []sqlserver.Option
			if o.MaxConns > 0 {
				opts = append(opts, sqlserver.MaxConns(o.MaxConns))
			}
			return sqlserver.Source(name, own, opts...)
		}
	}, Unreachable: func(name string) source.Source {
		return sqlserver.Source(name, "sqlserver://u:hidden@127.0.0.1:1?dial+timeout=2")
	}}
	t.Run("lacking", func(t *testing.T) { e.Skips = lacking(t, opened(t, database(t))) })
	Run(t, e)
}

func opened(t *testing.T, at string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlserver", at)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// lacksOfSQLServer tells what SQL Server cannot be asked: what it has no word for, more than 2,098 arguments, decimals of more than 38
// digits or 10 behind the point.
func lacksOfSQLServer(err error) string {
	switch text := err.Error(); {
	case errors.Is(err, orm.ErrUnsupported):
		return "SQL Server has no such thing"
	case errors.Is(err, orm.ErrLimit) && strings.Contains(text, "arguments and sqlserver takes"):
		return "it has too many arguments"
	case errors.Is(err, orm.ErrInvalid) && strings.Contains(text, "more digits than its column keeps on SQL Server"):
		return "it has too many digits"
	}
	return ""
}

// endsOfSQLServer are the cases that such a refusal may end.
func endsOfSQLServer() []string {
	return []string{
		"flat/thousands", "page/computed", "nested/related keys", "edge/precision",
		"fulltext/words", "fulltext/rank", "fulltext/index", "fulltext/stems", "fulltext/relation", "fulltext/any text", "fulltext/bad",
		"decimal/exact", "decimal/aggregates", "decimal/groups", "decimal/assign", "decimal/random", "decimal/compare", "decimal/order", "decimal/pages",
	}
}
