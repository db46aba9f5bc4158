package sqlite

import (
	"errors"
	"strings"
	"testing"

	"github.com/multi-orm/orm/internal/fault"
)

func TestAddresses(t *testing.T) {
	for given, want := range map[string]string{
		"app.db":                         "file:app.db?_dqs=0&_pragma=busy_timeout%2850%29&_pragma=foreign_keys%281%29&_pragma=journal_mode%28WAL%29&_pragma=synchronous%28NORMAL%29",
		"/a b?c#d%.db":                   "file:///a%20b%3Fc%23d%25.db?_dqs=0&_pragma=busy_timeout%2850%29&_pragma=foreign_keys%281%29&_pragma=journal_mode%28WAL%29&_pragma=synchronous%28NORMAL%29",
		"file:x?mode=ro":                 "file:x?_dqs=0&_pragma=busy_timeout%2850%29&_pragma=foreign_keys%281%29&mode=ro",
		"file:x?_fk=0&_sync=2&_dqs=1":    "file:x?_dqs=1&_fk=0&_pragma=busy_timeout%2850%29&_pragma=journal_mode%28WAL%29&_sync=2",
		"file:x?_pragma=Journal_Mode(X)": "file:x?_dqs=0&_pragma=Journal_Mode%28X%29&_pragma=busy_timeout%2850%29&_pragma=foreign_keys%281%29&_pragma=synchronous%28NORMAL%29",
	} {
		a, err := parse(given)
		if err != nil || a.memory || a.dsn() != want {
			t.Errorf("%s: %s, %v", given, a.dsn(), err)
		}
	}
	for _, given := range []string{":memory:", "file::memory:", "file::memory:?cache=private", "file:x?mode=memory"} {
		a, err := parse(given)
		b, _ := parse(given)
		if err != nil || !a.memory || a.path == b.path || !strings.Contains(a.dsn(), "vfs=memdb") || strings.Contains(a.dsn(), "WAL") {
			t.Errorf("%s: %s, %v", given, a.dsn(), err)
		}
	}
	for _, given := range []string{"", "a\x00b", "file:", "file:?mode=ro", "file:x?a=%zz"} {
		if _, err := parse(given); !errors.Is(err, fault.ErrInvalid) {
			t.Errorf("%q: %v", given, err)
		}
	}
	if a, _ := parse("file:x?_txlock=deferred"); a.begin() != "BEGIN DEFERRED" {
		t.Errorf("_txlock is not heeded: %s", a.begin())
	}
}
