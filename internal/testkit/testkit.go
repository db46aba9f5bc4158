// Package testkit gives tests real databases: a fresh one for each that asks, gone when it ends.
//
// A test package hands its TestMain to [Run]:
//
//	func TestMain(m *testing.M) { os.Exit(testkit.Run(m)) }
//
// Three environment variables steer it:
//
//   - ORM_TEST_POSTGRES names the PostgreSQL server to use, as a postgres:// URL whose user may create databases. Without
//     it the first call of [Postgres] in a process starts a throw-away server. No other server is ever touched.
//   - ORM_TEST_REQUIRE_POSTGRES=1, or CI=true, makes a test that finds no PostgreSQL fail instead of skip.
//   - ORM_TEST_MARKER names a file that gets the server's version each time a test was given a PostgreSQL database:
//     the proof that such tests ran.
package testkit

import (
	"fmt"
	"os"
	"testing"

	"github.com/multi-orm/orm/internal/testkit/pgserver"
	"go.uber.org/goleak"
)

// Run runs the tests of a package, fails it if goroutines are left over, stops the server that [Postgres] may have
// started, and returns the exit code.
func Run(m *testing.M) int {
	code := m.Run()
	if code == 0 {
		// Before the server is stopped, which would hide the goroutines that still wait for it.
		if err := goleak.Find(); err != nil {
			fmt.Fprintf(os.Stderr, "testkit: goroutines left over: %v\n", err)
			code = 1
		}
	}
	if err := pgserver.Stop(); err != nil {
		fmt.Fprintf(os.Stderr, "testkit: %v\n", err)
		code = 1
	}
	return code
}

// Postgres returns the URL of a fresh, empty PostgreSQL database (UTF8, locale C). It is dropped when the test ends,
// and a connection that is still open then fails the test. Where there is no PostgreSQL the test is skipped, or fails if
// the environment requires one.
func Postgres(tb testing.TB) string {
	tb.Helper()
	return pgserver.Database(tb, pgserver.Options{})
}
