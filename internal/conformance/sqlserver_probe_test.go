package conformance

import (
	"context"
	"database/sql"
	"testing"
	"time"
)

// ability is something that SQL Server does and other servers that speak its protocol may not.
type ability struct {
	why   string // one that lacks it cannot run the cases
	has   func(ctx context.Context, db *sql.DB) bool
	cases []string
}

// asks reports whether a query gives a number above 0; one that fails does not.
func asks(text string) func(context.Context, *sql.DB) bool {
	return func(ctx context.Context, db *sql.DB) bool {
		var n int
		return db.QueryRowContext(ctx, text).Scan(&n) == nil && n > 0
	}
}

// abilities are asked for once, in a database with a table called probe.
func abilities() []ability {
	return []ability{
		{"OPENJSON reads no bytes", asks(`SELECT COUNT(*) FROM OPENJSON(N'["YQ=="]') WITH ([v] varbinary(max) '$') WHERE [v] = 0x61`), []string{"types/compare", "where/comparisons", "raw/lists"}},
		{"the catalogue does not tell of an index by its name", asks("SELECT COUNT(*) FROM sys.indexes WHERE name = N'probe_n_idx'"),
			[]string{"include/limits", "life/tables", "returning/save", "returning/refused", "join/hooks", "stream/tx windows", "stream/tx ends", "include/toodeep"}},
		{"SERIALIZABLE is not to be had", asks("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; SELECT 1; SET TRANSACTION ISOLATION LEVEL READ COMMITTED"), []string{"tx/retry"}},
		{"errors have other numbers than SQL Server's", asks("BEGIN TRY EXEC(N'SELECT 1 FROM no_such_table') END TRY BEGIN CATCH SELECT CASE WHEN ERROR_NUMBER() = 208 THEN 1 ELSE 0 END END CATCH"),
			[]string{"bad/missing table", "flat/missing", "aggregate/overflow", "tx/retry", "nested/related keys"}},
		{"a row of defaults does not come back", asks("INSERT INTO probe OUTPUT INSERTED.id DEFAULT VALUES"), []string{"keys/lone"}},
		{"rows do not come back from an insert that numbers them itself", asks("SET IDENTITY_INSERT probe ON; INSERT INTO probe (id, n) OUTPUT INSERTED.id VALUES (100, 2); SET IDENTITY_INSERT probe OFF"),
			[]string{"upsert/update", "upsert/told", "returning/upsert", "load/writes", "loaded/save"}},
		{"UPDLOCK keeps nobody out", locks, []string{"save/many at once", "upsert/told in a race"}},
	}
}

// locks reports whether a row that was read to be changed keeps others from reading it so.
func locks(ctx context.Context, db *sql.DB) bool {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return false
	}
	defer func() { _ = tx.Rollback() }() // it only read
	if _, err := tx.ExecContext(ctx, "SELECT n FROM probe WITH (UPDLOCK, ROWLOCK)"); err != nil {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	_, err = db.ExecContext(ctx, "SET LOCK_TIMEOUT 200; SELECT n FROM probe WITH (UPDLOCK, ROWLOCK); SET LOCK_TIMEOUT -1")
	return err != nil
}

// lacking gives the cases that a server cannot run, with the reasons.
func lacking(t *testing.T, db *sql.DB) map[string]string {
	t.Helper()
	for _, text := range []string{"CREATE TABLE probe (id int IDENTITY(1,1) PRIMARY KEY, n int)", "CREATE INDEX probe_n_idx ON probe (n)", "INSERT INTO probe (n) VALUES (1)"} {
		if _, err := db.ExecContext(t.Context(), text); err != nil {
			t.Fatal(err)
		}
	}
	skips := map[string]string{}
	for _, a := range abilities() {
		if a.has(t.Context(), db) {
			continue
		}
		t.Logf("the server lacks: %s", a.why)
		for _, c := range a.cases {
			skips[c] = a.why
		}
	}
	return skips
}
