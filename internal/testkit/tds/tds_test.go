package tds_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	mssql "github.com/microsoft/go-mssqldb"

	"github.com/multi-orm/orm/internal/testkit/tds"
)

func open(t *testing.T, s *tds.Server) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlserver", s.URL())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// Values go over as the driver writes them and come back as it reads them.
func TestValues(t *testing.T) {
	at := time.Date(2026, 11, 28, 4, 5, 6, 123456700, time.UTC)
	id := [16]byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}
	long := strings.Repeat("ä", 5000)
	columns := tds.Columns("a", tds.Bit, "b", tds.TinyInt, "c", tds.SmallInt, "d", tds.Int, "e", tds.BigInt, "f", tds.Float, "g", tds.NVarChar, "h", tds.NVarCharMax,
		"i", tds.VarBinary, "j", tds.VarBinaryMax, "k", tds.UniqueID, "l", tds.DateTime2, "m", tds.DateTimeOffset, "n", tds.Decimal(2), "o", tds.Date, "p", tds.Real)
	row := []any{true, int64(200), int64(-3), int64(-70000), int64(1) << 62, 1.5, "héllo", long, []byte{1, 0, 2}, bytes.Repeat([]byte{7}, 9000), id, at, at, "-123.45", at.Truncate(24 * time.Hour), 0.5}
	nothing := make([]any, len(columns))
	var asked tds.Call
	s := tds.Start(t, func(c *tds.Call) tds.Reply {
		asked = *c
		return tds.Rows(columns, row, nothing)
	})
	db := open(t, s)
	rows, err := db.QueryContext(t.Context(), "SELECT * FROM t WHERE a = @p1", int64(5), "tëxt", true, 2.5, []byte{9}, mssql.UniqueIdentifier(id), at, nil, long, sql.NullInt64{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var got [][]any
	for rows.Next() {
		vs, ps := make([]any, len(columns)), make([]any, len(columns))
		for i := range vs {
			ps[i] = &vs[i]
		}
		if err := rows.Scan(ps...); err != nil {
			t.Fatal(err)
		}
		got = append(got, vs)
	}
	if err := rows.Err(); err != nil || len(got) != 2 {
		t.Fatal(err, len(got))
	}
	for i, want := range row {
		have := got[0][i]
		switch x := have.(type) {
		case time.Time:
			if w, _ := want.(time.Time); !x.Equal(w) {
				t.Errorf("%s: %v, want %v", columns[i].Name, x, want)
			}
			continue
		case []byte:
			switch w := want.(type) {
			case string:
				want = []byte(w)
			case [16]byte:
				var u mssql.UniqueIdentifier
				if err := u.Scan(x); err != nil || u != mssql.UniqueIdentifier(w) {
					t.Errorf("uuid: %v %v", u, err)
				}
				continue
			}
		}
		if fmt.Sprint(have) != fmt.Sprint(want) {
			t.Errorf("%s: %v, want %v", columns[i].Name, have, want)
		}
		if got[1][i] != nil {
			t.Errorf("%s: NULL came as %v", columns[i].Name, got[1][i])
		}
	}
	if asked.Text != "SELECT * FROM t WHERE a = @p1" || asked.Proc != "sp_executesql" || asked.Login.User != "sa" || asked.Login.Password != "secret" || asked.Login.Database != "test" {
		t.Errorf("%+v", asked)
	}
	for name, want := range map[string]any{"@p1": int64(5), "@p2": "tëxt", "@p3": true, "@p4": 2.5, "@p6": id, "@p8": nil, "@p9": long, "@p10": nil} {
		if v := asked.Value(name); v != want {
			t.Errorf("%s: %v, want %v", name, v, want)
		}
	}
	if b, _ := asked.Value("@p5").([]byte); !bytes.Equal(b, []byte{9}) {
		t.Error(asked.Value("@p5"))
	}
	if when, _ := asked.Value("@p7").(time.Time); !when.Equal(at) {
		t.Error(asked.Value("@p7"))
	}
}

// Errors, numbers of rows and messages arrive as the driver's own.
func TestErrorsAndCounts(t *testing.T) {
	s := tds.Start(t, func(c *tds.Call) tds.Reply {
		switch {
		case strings.HasPrefix(c.Text, "UPDATE"):
			return tds.Affected(7)
		case strings.HasPrefix(c.Text, "INSERT"):
			return tds.Fails(2627, "Violation of PRIMARY KEY constraint 'pk'.")
		}
		return tds.Reply{}
	})
	db := open(t, s)
	for _, text := range []string{"UPDATE t SET a = 1", "UPDATE t SET a = @p1"} {
		var args []any
		if strings.Contains(text, "@") {
			args = []any{1}
		}
		r, err := db.ExecContext(t.Context(), text, args...)
		if err != nil {
			t.Fatal(err)
		}
		if n, _ := r.RowsAffected(); n != 7 {
			t.Error(n)
		}
	}
	for _, args := range [][]any{nil, {1}} {
		_, err := db.ExecContext(t.Context(), "INSERT INTO t VALUES (1)", args...)
		var e mssql.Error
		if !errors.As(err, &e) || e.Number != 2627 || !strings.Contains(e.Message, "PRIMARY KEY") {
			t.Error(err)
		}
	}
	if _, err := db.ExecContext(t.Context(), "WAITFOR DELAY '0'"); err != nil {
		t.Error("the connection is of no use after an error:", err)
	}
	if s.Sessions() != 1 {
		t.Error(s.Sessions())
	}
}

// Transactions are told by their texts, and by the driver's own way.
func TestTransactions(t *testing.T) {
	var inside []uint64
	s := tds.Start(t, func(c *tds.Call) tds.Reply {
		if strings.HasPrefix(c.Text, "SELECT") {
			inside = append(inside, c.Tx)
			return tds.Rows(tds.Columns("x", tds.Int), []any{int64(1)})
		}
		return tds.Reply{}
	})
	db := open(t, s)
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"BEGIN TRAN", "SELECT 1", "COMMIT TRAN", "SELECT 1", "SET XACT_ABORT ON; BEGIN TRANSACTION", "SELECT 1", "ROLLBACK TRAN"} {
		if _, err := conn.ExecContext(t.Context(), text); err != nil {
			t.Fatal(text, err)
		}
	}
	_ = conn.Close()
	if fmt.Sprint(inside) != "[1 0 2]" {
		t.Error(inside)
	}
}

// A call that is cancelled is told to the script, and the connection goes on.
func TestCancellation(t *testing.T) {
	cancelled := make(chan bool, 1)
	s := tds.Start(t, func(c *tds.Call) tds.Reply {
		if strings.HasPrefix(c.Text, "WAITFOR") {
			<-c.Context.Done()
			cancelled <- true
		}
		return tds.Rows(tds.Columns("x", tds.Int), []any{int64(1)})
	})
	db := open(t, s)
	db.SetMaxOpenConns(1)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := db.ExecContext(ctx, "WAITFOR DELAY '1:00'"); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	<-cancelled
	var n int
	if err := db.QueryRowContext(t.Context(), "SELECT 1").Scan(&n); err != nil || n != 1 {
		t.Error(n, err)
	}
}

// A connection that is cut is an error, and the next one is told that its session is fresh or reset.
func TestBrokenAndReset(t *testing.T) {
	var resets []bool
	s := tds.Start(t, func(c *tds.Call) tds.Reply {
		if c.Text == "DROP ME" {
			return tds.Reply{Drop: true}
		}
		if c.Text == "CUT ME" {
			r := tds.Rows(tds.Columns("x", tds.Int), []any{int64(1)}, []any{int64(2)})
			r.Drop = true
			return r
		}
		resets = append(resets, c.Reset)
		return tds.Rows(tds.Columns("x", tds.Int), []any{int64(1)})
	})
	db := open(t, s)
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(t.Context(), "DROP ME"); err == nil {
		t.Error("a connection that was cut gave no error")
	}
	for range 2 {
		var n int
		if err := db.QueryRowContext(t.Context(), "SELECT 1").Scan(&n); err != nil {
			t.Fatal(err)
		}
	}
	if s.Sessions() != 2 || !resets[1] {
		t.Error(s.Sessions(), resets)
	}
	rows, err := db.QueryContext(t.Context(), "CUT ME")
	if err == nil {
		defer func() { _ = rows.Close() }()
		n := 0
		for rows.Next() {
			n++
		}
		err = rows.Err()
		if n == 2 {
			t.Error("rows came whole out of half an answer")
		}
	}
	if err == nil {
		t.Error("an answer that was cut off gave no error")
	}
}

func TestAdmit(t *testing.T) {
	s := tds.Start(t, func(*tds.Call) tds.Reply { return tds.Reply{} })
	s.Admit = func(l tds.Login) *tds.Error {
		return &tds.Error{Number: 18456, State: 1, Class: 14, Message: "Login failed for user '" + l.User + "'."}
	}
	err := open(t, s).PingContext(t.Context())
	var e mssql.Error
	if !errors.As(err, &e) || e.Number != 18456 {
		t.Error(err)
	}
}
