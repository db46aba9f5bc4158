// Package pgtest gives tests PostgreSQL: a fresh database or schema for each test that asks, gone when it ends. Tests may be parallel.
//
//	db := ormtest.Open(t, postgres.Source("main", pgtest.Schema(t)), orm.Models(Invoice{}))
//
// The server is the one that the environment variable ORM_TEST_POSTGRES names, as a postgres:// URL. Without it the first call in a
// test binary starts a throw-away server from initdb and postgres, on PATH or in the folders of distributions, which takes about a second; it
// listens on this machine only, and ends with the process, however that ends. No TestMain is needed, and no other server is touched. As root
// it runs under an unprivileged user. It is for Unix systems; elsewhere a server must be named.
//
// Where there is no PostgreSQL a test is skipped. It fails instead with the option Required, with ORM_TEST_REQUIRE_POSTGRES=1 and with
// CI=true, so that continuous integration cannot pass by skipping.
//
// A connection that is open when its test ends fails the test. A process that is killed leaves what it made on a server that was named:
// databases and schemas called orm_test_….
package pgtest

import (
	"testing"

	"github.com/multi-orm/orm/internal/testkit/pgserver"
)

// Option says which server is meant: Server, Required.
type Option func(*pgserver.Options)

// Server names the server by a postgres:// URL instead of ORM_TEST_POSTGRES. An empty URL changes nothing.
func Server(url string) Option { return func(o *pgserver.Options) { o.Server = url } }

// Required makes a test that finds no PostgreSQL fail instead of skip.
func Required() Option { return func(o *pgserver.Options) { o.Required = true } }

// Database gives the URL of a fresh, empty database (UTF8, locale C), for postgres.Source. The server's user may create databases.
// Schema is ten times as quick.
func Database(t testing.TB, opts ...Option) string {
	t.Helper()
	return pgserver.Database(t, chosen(opts))
}

// Schema gives a URL whose connections see a fresh, empty schema and no other, in the database that the server's URL names: for models
// that name no schema, and for users who may create schemas only. Extensions that live in other schemas are not seen.
func Schema(t testing.TB, opts ...Option) string {
	t.Helper()
	return pgserver.Schema(t, chosen(opts))
}

func chosen(opts []Option) pgserver.Options {
	var o pgserver.Options
	for _, opt := range opts {
		opt(&o)
	}
	return o
}
