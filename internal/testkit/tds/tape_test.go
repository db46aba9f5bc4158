package tds_test

import (
	"database/sql"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	mssql "github.com/microsoft/go-mssqldb"

	"github.com/multi-orm/orm/internal/testkit/tds"
)

// What was asked before is answered from memory, to the byte; another argument is another question. Long questions and answers take
// several packets.
func TestTape(t *testing.T) {
	var calls atomic.Int64
	s := tds.Start(t, func(c *tds.Call) tds.Reply {
		calls.Add(1)
		return tds.Rows(tds.Columns("n", tds.BigInt, "text", tds.NVarCharMax), []any{c.Value("@p1"), c.Value("@p2")})
	})
	connector, err := mssql.NewConnector(s.URL())
	if err != nil {
		t.Fatal(err)
	}
	tape := new(tds.Tape)
	connector.Dialer = tape
	db := sql.OpenDB(connector)
	defer func() { _ = db.Close() }()
	long := strings.Repeat("ä", 9000)
	ask := func(n int64) {
		t.Helper()
		rows, err := db.QueryContext(t.Context(), "SELECT @p1, @p2", n, fmt.Sprint(long, n))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var got int64
			var text string
			if err := rows.Scan(&got, &text); err != nil || got != n || text != fmt.Sprint(long, n) {
				t.Error(got, len(text), err)
			}
		}
		if err := rows.Err(); err != nil {
			t.Error(err)
		}
	}
	for range 3 {
		ask(1)
		ask(2)
	}
	// the first message of a connection and those behind a reset are not the same
	if n, asked := calls.Load(), tape.Asked(); n < 2 || n > 3 || asked != 6 {
		t.Errorf("the server was asked %d times, the tape %d times", n, asked)
	}
}
