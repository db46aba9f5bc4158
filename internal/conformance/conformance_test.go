package conformance

import (
	"context"
	"flag"
	"os"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/multi-orm/orm/internal/testkit"
	"github.com/multi-orm/orm/source"
	"github.com/multi-orm/orm/source/postgres"
	"github.com/multi-orm/orm/source/sqlite"
)

func TestMain(m *testing.M) {
	// four engines share the work; -rapid.checks=… says otherwise
	checks := "50"
	if raceEnabled { // which makes each ten times as long
		checks = "10"
	}
	if err := flag.Set("rapid.checks", checks); err != nil {
		panic(err)
	}
	os.Exit(testkit.Run(m))
}

func sqliteFile() Engine {
	return Engine{Name: "sqlite", Database: func(t *testing.T) func(string, Options) source.Source {
		path := testkit.SQLite(t)
		return func(name string, _ Options) source.Source { return sqlite.Source(name, path) }
	}, Unreachable: func(name string) source.Source { return sqlite.Source(name, "/nowhere/at/all.db") }}
}

func sqliteMemory() Engine {
	return Engine{Name: "memory", Database: func(*testing.T) func(string, Options) source.Source {
		return func(name string, _ Options) source.Source { return sqlite.Source(name, ":memory:") }
	}}
}

// onPostgres runs every case in one database that is emptied before each: a database of its own would cost each case 150 ms.
func onPostgres(t *testing.T, opts ...postgres.Option) Engine {
	dsn := testkit.Postgres(t)
	return Engine{Name: "postgres", Serializable: true, Database: func(t *testing.T) func(string, Options) source.Source {
		ctx := context.Background()
		conn, err := pgx.Connect(ctx, dsn)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close(ctx)
		if _, err := conn.Exec(ctx, "DROP SCHEMA public CASCADE; CREATE SCHEMA public"); err != nil {
			t.Fatal(err)
		}
		return func(name string, o Options) source.Source {
			all := opts
			if o.MaxConns > 0 {
				all = append(all[:len(all):len(all)], postgres.MaxConns(o.MaxConns))
			}
			return postgres.Source(name, dsn, all...)
		}
	}, Unreachable: func(name string) source.Source {
		return postgres.Source(name, "postgres://u:hidden@127.0.0.1:1/x?connect_timeout=2")
	}}
}

// TestEngines runs the suite on every kind of database and compares what they answered.
func TestEngines(t *testing.T) {
	answers := map[string]*Answers{}
	for _, e := range []struct {
		name string
		make func(t *testing.T) Engine
	}{
		{"sqlite", func(*testing.T) Engine { return sqliteFile() }},
		{"memory", func(*testing.T) Engine { return sqliteMemory() }},
		{"postgres", func(t *testing.T) Engine { return onPostgres(t) }},
		{"postgres-describe", func(t *testing.T) Engine { return onPostgres(t, postgres.ExecMode(postgres.CacheDescribe)) }},
	} {
		t.Run(e.name, func(t *testing.T) { answers[e.name] = Run(t, e.make(t)) })
	}
	for name, a := range answers {
		if a != nil && answers["sqlite"] != nil {
			t.Run("compare "+name, func(t *testing.T) { Compare(t, answers["sqlite"], a) })
		}
	}
}

// TestAcross pairs kinds of databases.
func TestAcross(t *testing.T) {
	t.Run("sqlite to postgres", func(t *testing.T) { Across(t, sqliteFile(), onPostgres(t)) })
	t.Run("postgres to sqlite", func(t *testing.T) { Across(t, onPostgres(t), sqliteMemory()) })
}
