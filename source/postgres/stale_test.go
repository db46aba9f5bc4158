package postgres

import (
	"errors"
	"strings"
	"testing"

	"github.com/multi-orm/orm/internal/engine"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/source"
)

// migrations change the table items. Before and after hold a row that fits the old and the new types.
var migrations = map[string]struct {
	table, change string
	before, after item
}{
	"int to bigint":             {"n int, label text", "ALTER TABLE items ALTER n TYPE bigint", item{N: 5, Label: "a"}, item{N: 1 << 40, Label: "a"}},
	"int to numeric":            {"n int, label text", "ALTER TABLE items ALTER n TYPE numeric(20,2)", item{N: 5, Label: "a"}, item{N: 1 << 40, Label: "a"}},
	"text to enum":              {"n int, label text", "CREATE TYPE mood AS ENUM ('a', 'b'); ALTER TABLE items ALTER label TYPE mood USING label::mood", item{N: 5, Label: "a"}, item{N: 5, Label: "b"}},
	"int to numeric, old value": {"n int, label text", "ALTER TABLE items ALTER n TYPE numeric(20,2)", item{N: 5, Label: "a"}, item{N: 5, Label: "a"}},
	"text to enum, old value":   {"n int, label text", "CREATE TYPE mood AS ENUM ('a', 'b'); ALTER TABLE items ALTER label TYPE mood USING label::mood", item{N: 5, Label: "a"}, item{N: 5, Label: "a"}},
	"text to interval":          {"n int, label text", "ALTER TABLE items ALTER label TYPE interval USING label::interval", item{N: 5, Label: "01:02:03"}, item{N: 5, Label: "01:02:03"}},
	"enum to text":              {"n int, label mood", "ALTER TABLE items ALTER label TYPE text", item{N: 5, Label: "a"}, item{N: 5, Label: "other"}},
	"enum grows":                {"n int, label mood", "ALTER TYPE mood ADD VALUE 'c'", item{N: 5, Label: "a"}, item{N: 5, Label: "c"}},
	"enum replaced": {"n int, label mood", "ALTER TYPE mood RENAME TO old; CREATE TYPE mood AS ENUM ('a', 'd'); ALTER TABLE items ALTER label TYPE mood USING label::text::mood; DROP TYPE old",
		item{N: 5, Label: "a"}, item{N: 5, Label: "d"}},
	"domain to int":  {"n small, label text", "ALTER TABLE items ALTER n TYPE int; DROP DOMAIN small", item{N: 5, Label: "a"}, item{N: 50, Label: "a"}},
	"uuid to text":   {"n int, label uuid", "ALTER TABLE items ALTER label TYPE text", item{N: 5, Label: "01020304-0506-0708-090a-0b0c0d0e0fff"}, item{N: 5, Label: "other"}},
	"column again":   {"n int, label text", "ALTER TABLE items DROP n; ALTER TABLE items ADD n bigint NOT NULL DEFAULT 0", item{N: 5, Label: "a"}, item{N: 1 << 40, Label: "a"}},
	"column renamed": {"n int, label text", "ALTER TABLE items RENAME n TO m; ALTER TABLE items ADD n smallint NOT NULL DEFAULT 0; ALTER TABLE items DROP m", item{N: 5, Label: "a"}, item{N: 7, Label: "a"}},
	"table again":    {"n int, label text", "DROP TABLE items; CREATE TABLE items (label varchar(20), id bigint PRIMARY KEY, n bigint)", item{N: 5, Label: "a"}, item{N: 1 << 40, Label: "a"}},
}

// TestStatementsSurviveMigrations runs every kind of statement before and after its table changed.
func TestStatementsSurviveMigrations(t *testing.T) {
	m := modelOf[item](t)
	for mode, opts := range modes() {
		d := open(t, nil, append(opts, one())...)
		for name, g := range migrations {
			for kind, run := range kinds(t, m) {
				t.Run(mode+"/"+name+"/"+kind, func(t *testing.T) {
					for _, inside := range []bool{false, true} {
						mustExec(t, d, "DROP TABLE IF EXISTS items; DROP TYPE IF EXISTS mood; DROP DOMAIN IF EXISTS small; CREATE TYPE mood AS ENUM ('a', 'b'); CREATE DOMAIN small AS int CHECK (VALUE < 10)")
						mustExec(t, d, "CREATE TABLE items (id bigint PRIMARY KEY, "+g.table+")")
						if strings.HasPrefix(name, "text to enum") {
							mustExec(t, d, "DROP TYPE mood")
						}
						g.before.ID, g.after.ID = 1, 10
						before := func(ex access) {
							if err := run(t.Context(), ex, g.before); err != nil {
								t.Fatalf("before: %v %v", err, inner(err))
							}
							mustExec(t, ex, "DELETE FROM items")
						}
						if before(d); inside {
							tx := begun(t, d, source.TxOptions{})
							before(tx)
							if err := tx.Commit(t.Context()); err != nil {
								t.Fatal(err)
							}
						}
						mustExec(t, d, g.change)
						if !inside {
							for range 2 {
								if err := run(t.Context(), d, g.after); err != nil {
									t.Fatalf("after: %v %v", err, inner(err))
								}
								mustExec(t, d, "DELETE FROM items")
							}
							continue
						}
						for try := range 3 {
							tx := begun(t, d, source.TxOptions{})
							err := run(t.Context(), tx, g.after)
							_ = tx.Rollback(t.Context())
							if err != nil && (try > 0 || mode == "exec" || mode == "simple") {
								t.Fatalf("in transaction %d: %v %v", try, err, inner(err))
							}
							if err != nil && !engine.Retryable(err) && !errors.Is(err, fault.ErrInvalid) {
								t.Errorf("the transaction could run again: %v %v", err, inner(err))
							}
						}
					}
				})
			}
		}
	}
}

// inner gives what the driver said.
func inner(err error) any {
	if e, ok := err.(interface{ Unwrap() []error }); ok { //nolint:errorlint // for the test's log
		return e.Unwrap()
	}
	return nil
}
