package conformance

import (
	"database/sql"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/internal/testkit"
	"github.com/multi-orm/orm/source"
	"github.com/multi-orm/orm/source/sqlserver"
)

// TestSQLServer runs the suite on the server that ORM_TEST_SQLSERVER leads to, a URL of a login that may make databases: each case
// has one of its own. Servers that only speak the protocol are asked first what they lack.
func TestSQLServer(t *testing.T) {
	if os.Getenv(testkit.SQLServerVariable) == "" {
		t.Skip(testkit.SQLServerVariable + " names no server")
	}
	e := Engine{Name: "sqlserver", Serializable: true, Padded: true, Lacks: lacksOfSQLServer, Ends: endsOfSQLServer(), Database: func(t *testing.T) func(string, Options) source.Source {
		own := testkit.SQLServer(t)
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
	t.Run("lacking", func(t *testing.T) { e.Skips = lacking(t, opened(t, testkit.SQLServer(t))) })
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
