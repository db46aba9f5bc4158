package sqlserver_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/internal/testkit/tds"
	"github.com/multi-orm/orm/source/sqlserver"
)

// Item has a column of each kind that travels in a way of its own.
type Item struct {
	ID    int64      `orm:"id,auto"`
	Name  string     `orm:"name,unique=name"`
	Note  *string    `orm:"note"`
	Count *int       `orm:"count"`
	Raw   []byte     `orm:"raw"`
	Key   *[16]byte  `orm:"key"`
	At    time.Time  `orm:"at"`
	Until *time.Time `orm:"until"`
	Big   uint64     `orm:"big"`
	On    bool       `orm:"is_on"`
	Share float64    `orm:"share"`
	Tags  []string   `orm:"tags"`
}

var Items = orm.Bind[Item, struct {
	ID   orm.Col[Item, int64]
	Name orm.Text[Item]
	Key  orm.Col[Item, [16]byte]
	At   orm.Col[Item, time.Time]
}]()

var (
	id  = [16]byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}
	now = time.Date(2026, 11, 28, 5, 6, 7, 123456000, time.UTC)
)

// probed answers what Open asks.
var probed = tds.Rows(tds.Columns("noon", tds.DateTime2, "snapshots", tds.Int), []any{time.Date(2000, 1, 1, 12, 0, 0, 0, time.UTC), int64(1)})

// changed is the answer to an update or a delete of n rows, whose triggers changed others.
func changed(n int64) tds.Reply {
	return tds.Reply{Results: []tds.Result{{Affected: n + 7}, {Columns: tds.Columns("n", tds.BigInt), Rows: [][]any{{n}}}}}
}

// sorting begins what Open asks to learn whether inserts may say the order of their rows.
const sorting = "DECLARE @orm TABLE ([i]"

// opening answers what the source asks at Open.
func opening(c *tds.Call) (tds.Reply, bool) {
	switch {
	case strings.Contains(c.Text, "snapshot_isolation_state"):
		return probed, true
	case strings.HasPrefix(c.Text, "SELECT STRING_AGG("):
		return tds.Rows(tds.Columns("list", tds.NVarChar), []any{"1"}), true
	case strings.HasPrefix(c.Text, sorting):
		return tds.Rows(tds.Columns("i", tds.Int), []any{int64(1)}), true
	}
	return tds.Reply{}, false
}

// script answers what the source asks at Open, and leaves the rest to answer; calls keeps what was asked.
type script struct {
	mu     sync.Mutex
	calls  []tds.Call
	answer func(c *tds.Call) tds.Reply
}

func (s *script) reply(c *tds.Call) tds.Reply {
	if r, asks := opening(c); asks {
		return r
	}
	s.mu.Lock()
	s.calls = append(s.calls, *c)
	s.mu.Unlock()
	if s.answer == nil {
		return tds.Reply{}
	}
	return s.answer(c)
}

func (s *script) texts() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]string, len(s.calls))
	for i := range s.calls {
		out[i] = s.calls[i].Text
	}
	return strings.Join(out, "\n")
}

func opened(t *testing.T, s *script, opts ...sqlserver.Option) (orm.DB, *tds.Server) {
	t.Helper()
	server := tds.Start(t, s.reply)
	db, err := orm.Open(t.Context(), sqlserver.Source("erp", server.URL(), opts...), orm.Models(Item{}, Doc{}, Label{}, Load{}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db, server
}

var columns = tds.Columns("id", tds.BigInt, "name", tds.NVarChar, "note", tds.NVarCharMax, "count", tds.BigInt, "raw", tds.VarBinaryMax, "key", tds.UniqueID,
	"at", tds.DateTime2, "until", tds.DateTime2, "big", tds.Decimal(0), "is_on", tds.Bit, "share", tds.Float, "tags", tds.NVarCharMax)

// Rows are decoded whole, NULLs included, and arguments go over as the column's type.
func TestReads(t *testing.T) {
	s := &script{answer: func(*tds.Call) tds.Reply {
		return tds.Rows(columns,
			[]any{int64(1), "Ann", "n", int64(7), []byte{1, 2}, id, now, now.Add(time.Hour), "18446744073709551615", true, 0.5, `["a","b"]`},
			[]any{int64(2), "Bob", nil, nil, nil, nil, now, nil, "0", false, 1.0, nil})
	}}
	db, _ := opened(t, s)
	rows, err := orm.Repo[Item](db).Where(Items.Key.Eq(id), Items.At.Lte(now), Items.Name.In("Ann", `B"ob`)).OrderBy(Items.ID.Asc()).All(t.Context())
	if err != nil || len(rows) != 2 {
		t.Fatal(rows, err)
	}
	a, b := rows[0], rows[1]
	if a.Name != "Ann" || *a.Note != "n" || *a.Count != 7 || string(a.Raw) != "\x01\x02" || *a.Key != id || !a.At.Equal(now) || !a.Until.Equal(now.Add(time.Hour)) || a.Big != 1<<64-1 || !a.On || fmt.Sprint(a.Tags) != "[a b]" {
		t.Errorf("%+v", a)
	}
	if b.Note != nil || b.Count != nil || b.Raw != nil || b.Key != nil || b.Until != nil || b.Big != 0 || b.On || b.Tags != nil {
		t.Errorf("%+v", b)
	}
	c := s.calls[0]
	if p := c.Params[0]; p.Type != "uniqueidentifier" || p.Value != id {
		t.Error(p)
	}
	if p := c.Params[1]; p.Type != "datetime2" || !p.Value.(time.Time).Equal(now) {
		t.Error(p)
	}
	if p := c.Params[2]; p.Value != `["Ann","B\"ob"]` {
		t.Error(p)
	}
}

// A new row gives its made key back, and its NULLs have the types of their columns.
func TestCreate(t *testing.T) {
	s := &script{answer: func(*tds.Call) tds.Reply { return tds.Rows(tds.Columns("id", tds.BigInt), []any{int64(9)}) }}
	db, _ := opened(t, s)
	row := Item{Name: "new", At: now, Big: 1 << 63}
	if err := orm.Repo[Item](db).Create(t.Context(), &row); err != nil || row.ID != 9 {
		t.Fatal(row.ID, err)
	}
	c := s.calls[0]
	if !strings.Contains(c.Text, "OUTPUT INSERTED.[id]") {
		t.Error(c.Text)
	}
	types := map[string]bool{}
	for _, p := range c.Params {
		if p.Value == nil {
			types[p.Type] = true
		}
	}
	for _, want := range []string{"nvarchar", "bigint", "varbinary", "datetime2"} {
		if !types[want] {
			t.Errorf("no NULL of type %s: %v", want, c.Params)
		}
	}
}

// A transaction that only reads refuses what writes, in SQL text too, and is rolled back in the end.
func TestReadOnly(t *testing.T) {
	s := &script{answer: func(c *tds.Call) tds.Reply {
		switch {
		case strings.Contains(c.Text, "XACT_STATE"):
			return tds.Rows(tds.Columns("s", tds.Int), []any{int64(1)})
		case strings.HasPrefix(c.Text, "SELECT"), strings.HasPrefix(c.Text, "WITH"):
			return tds.Rows(tds.Columns("n", tds.BigInt), []any{int64(3)})
		}
		return tds.Reply{}
	}}
	db, _ := opened(t, s)
	read := func(do func(orm.DB) error) error {
		return db.Tx(t.Context(), do, orm.RepeatableRead, orm.ReadOnly)
	}
	if err := read(func(tx orm.DB) error {
		if _, err := orm.Raw[int64](t.Context(), tx, "SELECT [delete] FROM [into] WHERE x = 'insert' -- DROP"); err != nil {
			return err
		}
		if _, err := orm.Raw[int64](t.Context(), tx, "WITH x AS (SELECT 1 AS n) SELECT n FROM x /* EXEC */"); err != nil {
			return err
		}
		_, err := orm.Repo[Item](tx).Query().Count(t.Context())
		return err
	}); err != nil {
		t.Error(err)
	}
	if texts := s.texts(); !strings.HasPrefix(texts, "SET TRANSACTION ISOLATION LEVEL SNAPSHOT; ") || strings.Contains(texts, "COMMIT TRANSACTION") || !strings.Contains(texts, "ROLLBACK TRANSACTION") {
		t.Error(texts)
	}
	before := len(s.texts())
	for about, do := range map[string]func(orm.DB) error{
		"insert": func(tx orm.DB) error { return orm.Repo[Item](tx).Create(t.Context(), &Item{Name: "x", At: now}) },
		"update": func(tx orm.DB) error {
			_, err := orm.Repo[Item](tx).Where(Items.ID.Eq(1)).UpdateMany(t.Context(), Items.Name.Set("x"))
			return err
		},
		"delete": func(tx orm.DB) error {
			_, err := orm.Repo[Item](tx).Where(Items.ID.Eq(1)).DeleteMany(t.Context())
			return err
		},
		"exec": func(tx orm.DB) error { _, err := tx.Exec(t.Context(), "SELECT 1"); return err },
		"select into": func(tx orm.DB) error {
			_, err := orm.Raw[int64](t.Context(), tx, "SELECT 1 AS n INTO x")
			return err
		},
		"delete output": func(tx orm.DB) error {
			_, err := orm.Raw[int64](t.Context(), tx, "WITH x AS (SELECT 1 AS n) DELETE FROM x OUTPUT DELETED.n")
			return err
		},
		"a procedure": func(tx orm.DB) error { _, err := orm.Raw[int64](t.Context(), tx, "sp_who"); return err },
	} {
		if err := read(do); !errors.Is(err, orm.ErrDenied) {
			t.Errorf("%s: %v", about, err)
		}
	}
	if texts := s.texts()[before:]; strings.Contains(texts, "INSERT") || strings.Contains(texts, "DELETE") || strings.Contains(texts, "sp_who") {
		t.Error(texts)
	}
}

// A server that reads no JSON is refused at Open, by name.
func TestOldServer(t *testing.T) {
	server := tds.Start(t, func(c *tds.Call) tds.Reply {
		if strings.HasPrefix(c.Text, "SELECT STRING_AGG(") {
			return tds.Fails(208, "Invalid object name 'OPENJSON'.")
		}
		return probed
	})
	_, err := orm.Open(t.Context(), sqlserver.Source("erp", server.URL()), orm.Models(Item{}))
	if !errors.Is(err, orm.ErrUnsupported) || !strings.Contains(err.Error(), "2017") {
		t.Error(err)
	}
}

// Errors are told by their numbers, never in the server's words, and the connection goes on.
func TestErrors(t *testing.T) {
	for number, want := range map[int32]error{
		2627: orm.ErrConflict, 2601: orm.ErrConflict, 547: orm.ErrReference, 515: orm.ErrInvalid, 2628: orm.ErrInvalid, 8152: orm.ErrInvalid, 8115: orm.ErrInvalid, 245: orm.ErrInvalid,
		1205: orm.ErrUpstream, 3960: orm.ErrUpstream, 1222: orm.ErrConflict, 18456: orm.ErrAuth, 4060: orm.ErrAuth, 229: orm.ErrDenied, 8632: orm.ErrLimit, 208: orm.ErrInvalid, 207: orm.ErrInvalid, 50000: orm.ErrInvalid,
	} {
		s := &script{answer: func(c *tds.Call) tds.Reply {
			if strings.HasPrefix(c.Text, "INSERT") {
				return tds.Fails(number, "Violation of UNIQUE KEY constraint 'uq_name'. The duplicate key value is (s3cret).")
			}
			return tds.Rows(tds.Columns("n", tds.BigInt), []any{int64(3)})
		}}
		db, server := opened(t, s)
		err := orm.Repo[Item](db).Create(t.Context(), &Item{Name: "s3cret", At: now})
		if !errors.Is(err, want) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%d: %v, want %v", number, err, want)
		}
		var e *orm.Error
		if errors.Is(want, orm.ErrConflict) && number != 1222 && (!errors.As(err, &e) || e.Constraint != "uq_name") {
			t.Errorf("%d: the constraint is not named: %v", number, err)
		}
		if n, err := orm.Repo[Item](db).Query().Count(t.Context()); n != 3 || err != nil || server.Sessions() != 1 {
			t.Error(n, err, server.Sessions())
		}
	}
}

// Transactions begin, nest, end and are repeated where the server gave them up.
func TestTransactions(t *testing.T) {
	tries := 0
	s := &script{answer: func(c *tds.Call) tds.Reply {
		switch {
		case strings.HasPrefix(c.Text, "UPDATE"):
			if tries++; tries == 1 {
				return tds.Fails(1205, "Transaction was deadlocked.")
			}
			return changed(1)
		case strings.Contains(c.Text, "XACT_STATE"):
			return tds.Rows(tds.Columns("s", tds.Int), []any{int64(1)})
		}
		return tds.Reply{}
	}}
	db, _ := opened(t, s)
	err := db.Tx(t.Context(), func(tx orm.DB) error {
		return tx.Tx(t.Context(), func(tx orm.DB) error {
			_, err := orm.Repo[Item](tx).Where(Items.ID.Eq(1)).UpdateMany(t.Context(), Items.Name.Set("x"))
			return err
		})
	}, orm.Serializable, orm.Retry(2))
	if err != nil || tries != 2 {
		t.Error(tries, err)
	}
	texts := s.texts()
	for _, want := range []string{"SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; SET XACT_ABORT OFF; BEGIN TRANSACTION", "SAVE TRANSACTION [", "ROLLBACK TRANSACTION [", "IF @@TRANCOUNT > 0 ROLLBACK", "COMMIT TRANSACTION", "SET TRANSACTION ISOLATION LEVEL READ COMMITTED"} {
		if !strings.Contains(texts, want) {
			t.Errorf("%q is not in\n%s", want, texts)
		}
	}
}

// A COMMIT whose answer is lost is unknown and never repeated; a connection that breaks elsewhere is an error of the source.
func TestLostAnswers(t *testing.T) {
	var commits atomic.Int64
	s := &script{answer: func(c *tds.Call) tds.Reply {
		switch {
		case strings.HasPrefix(c.Text, "COMMIT"):
			commits.Add(1)
			return tds.Reply{Drop: true}
		case strings.HasPrefix(c.Text, "SELECT"):
			return tds.Reply{Drop: true}
		}
		return changed(1)
	}}
	db, server := opened(t, s, sqlserver.MaxConns(1))
	err := db.Tx(t.Context(), func(tx orm.DB) error {
		_, err := orm.Repo[Item](tx).Where(Items.ID.Eq(1)).UpdateMany(t.Context(), Items.Name.Set("x"))
		return err
	}, orm.Retry(3))
	if !errors.Is(err, orm.ErrCommitUnknown) || commits.Load() != 1 {
		t.Error(commits.Load(), err)
	}
	if _, err := orm.Repo[Item](db).Query().All(t.Context()); !errors.Is(err, orm.ErrUpstream) {
		t.Error(err)
	}
	if n, err := orm.Repo[Item](db).Where(Items.ID.Eq(1)).UpdateMany(t.Context(), Items.Name.Set("x")); n != 1 || err != nil {
		t.Error("the pool did not get over a broken connection:", n, err)
	}
	_ = server
}

// A read that is cancelled ends on the server too, and its connection goes on. Where a deadline ends it the driver may close the
// connection, and the pool opens another.
func TestCancellation(t *testing.T) {
	asked := make(chan bool, 1)
	s := &script{answer: func(c *tds.Call) tds.Reply {
		if strings.Contains(c.Text, "ORDER BY") {
			asked <- true
			<-c.Context.Done()
		}
		return tds.Rows(tds.Columns("n", tds.BigInt), []any{int64(3)})
	}}
	db, server := opened(t, s, sqlserver.MaxConns(1))
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-asked
		cancel()
	}()
	if _, err := orm.Repo[Item](db).OrderBy(Items.ID.Asc()).All(ctx); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if n, err := orm.Repo[Item](db).Query().Count(t.Context()); n != 3 || err != nil || server.Sessions() != 1 {
		t.Error(n, err, server.Sessions())
	}
	ctx, cancel = context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := orm.Repo[Item](db).OrderBy(Items.ID.Asc()).All(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	if n, err := orm.Repo[Item](db).Query().Count(t.Context()); n != 3 || err != nil {
		t.Error(n, err)
	}
}

// Passwords stand in no error.
func TestOpenFails(t *testing.T) {
	server := tds.Start(t, func(*tds.Call) tds.Reply { return tds.Reply{} })
	server.Admit = func(l tds.Login) *tds.Error {
		return &tds.Error{Number: 18456, State: 1, Class: 14, Message: "Login failed for user '" + l.User + "'."}
	}
	for text, want := range map[string]error{
		server.URL(): orm.ErrAuth, "sqlserver://sa:s3cret@127.0.0.1:1?dial+timeout=1&connection+timeout=1": orm.ErrUpstream, "sqlserver://sa:s3cret@host:port%": orm.ErrInvalid, "server=127.0.0.1,1;user id=sa;password=s3cret;encrypt=maybe": orm.ErrInvalid,
	} {
		_, err := orm.Open(t.Context(), sqlserver.Source("erp", text), orm.Models(Item{}))
		if !errors.Is(err, want) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %v, want %v", text, err, want)
		}
	}
}
