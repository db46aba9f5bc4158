package schemafit_test

import (
	"os"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/internal/testkit"
	"github.com/multi-orm/orm/source"
	"github.com/multi-orm/orm/source/postgres"
	"github.com/multi-orm/orm/source/sqlite"
)

func TestMain(m *testing.M) { os.Exit(testkit.Run(m)) }

type engine struct {
	name   string
	make   func(tb testing.TB) (address string)
	source func(address string) source.Source
}

func engines() []engine {
	return []engine{
		{"sqlite", testkit.SQLite, func(a string) source.Source { return sqlite.Source("main", a) }},
		{"postgres", testkit.Postgres, func(a string) source.Source { return postgres.Source("main", a) }},
	}
}

func open(tb testing.TB, src source.Source, models ...any) orm.DB {
	tb.Helper()
	db, err := orm.Open(tb.Context(), src, orm.Models(models...))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := db.Close(); err != nil {
			tb.Error(err)
		}
	})
	return db
}

func exec(tb testing.TB, db orm.DB, statements ...string) {
	tb.Helper()
	for _, text := range statements {
		if _, err := db.Exec(tb.Context(), orm.Unsafe(text)); err != nil {
			tb.Fatalf("%s: %v", text, err)
		}
	}
}
