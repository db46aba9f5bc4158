package testkit

import (
	"path/filepath"
	"testing"
)

// SQLite returns the path of a fresh database file in the test's own temporary folder. The file does not exist yet:
// SQLite makes it on first use.
func SQLite(tb testing.TB) string {
	tb.Helper()
	return filepath.Join(tb.TempDir(), "test.db")
}
