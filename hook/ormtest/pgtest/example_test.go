package pgtest_test

import (
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook/ormtest"
	"github.com/multi-orm/orm/hook/ormtest/pgtest"
	"github.com/multi-orm/orm/source/postgres"
)

// Each test has a schema of its own, and may run beside others.
func ExampleSchema() {
	_ = func(t *testing.T) {
		t.Parallel()
		db := ormtest.Open(t, postgres.Source("main", pgtest.Schema(t)), orm.Models(Note{}))
		ormtest.Plant(t.Context(), t, db, Note{Text: "first"})
	}
}

// Models that name a schema, or need extensions, have a database of their own.
func ExampleDatabase() {
	_ = func(t *testing.T) {
		db := ormtest.Open(t, postgres.Source("main", pgtest.Database(t)), orm.Models(Note{}))
		ormtest.Plant(t.Context(), t, db, Note{Text: "first"})
	}
}

// The server is another one than ORM_TEST_POSTGRES names, and a test that cannot have it fails.
func ExampleServer() {
	const server = "postgres://tests@db.internal:5432/tests"
	_ = func(t *testing.T) string { return pgtest.Schema(t, pgtest.Server(server), pgtest.Required()) }
}

// Without PostgreSQL the test fails instead of being skipped.
func ExampleRequired() {
	_ = func(t *testing.T) string { return pgtest.Schema(t, pgtest.Required()) }
}
