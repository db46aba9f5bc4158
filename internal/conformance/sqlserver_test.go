package conformance

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"sync/atomic"
	"testing"

	_ "github.com/microsoft/go-mssqldb" // database/sql's name for it

	"github.com/multi-orm/orm/source"
	"github.com/multi-orm/orm/source/sqlserver"
)

// TestSQLServer runs the suite on the server that ORM_TEST_SQLSERVER leads to, a URL of a login that may make databases: each case
// has one of its own.
func TestSQLServer(t *testing.T) {
	server := os.Getenv("ORM_TEST_SQLSERVER")
	if server == "" {
		t.Skip("ORM_TEST_SQLSERVER names no server")
	}
	at, err := url.Parse(server)
	if err != nil {
		t.Fatal("ORM_TEST_SQLSERVER is no URL")
	}
	admin, err := sql.Open("sqlserver", server)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = admin.Close() }()
	var made atomic.Int64
	Run(t, Engine{Name: "sqlserver", Serializable: true, Database: func(t *testing.T) func(string, Options) source.Source {
		name := fmt.Sprintf("orm_%d_%d", os.Getpid(), made.Add(1))
		if _, err := admin.ExecContext(t.Context(), "CREATE DATABASE ["+name+"]"); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _, _ = admin.ExecContext(context.Background(), "DROP DATABASE ["+name+"]") }) // a server that keeps it is not ours
		own := *at
		query := own.Query()
		query.Set("database", name)
		own.RawQuery = query.Encode()
		return func(name string, o Options) source.Source {
			var opts []sqlserver.Option
			if o.MaxConns > 0 {
				opts = append(opts, sqlserver.MaxConns(o.MaxConns))
			}
			return sqlserver.Source(name, own.String(), opts...)
		}
	}, Unreachable: func(name string) source.Source {
		return sqlserver.Source(name, "sqlserver://u:hidden@127.0.0.1:1?dial+timeout=2")
	}})
}
