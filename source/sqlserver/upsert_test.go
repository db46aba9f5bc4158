package sqlserver_test

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/internal/testkit/tds"
	"github.com/multi-orm/orm/source/sqlserver"
)

var update = flag.Bool("update", false, "write testdata/tsql/sent.txt")

// Doc holds what is JSON in the database.
type Doc struct {
	ID   int64           `orm:"id,auto"`
	Tags []string        `orm:"tags"`
	Days []time.Time     `orm:"days"`
	Meta json.RawMessage `orm:"meta,json"`
}

// one is a row of Item as the server gives it back.
func one(id int64, name string) []any {
	return []any{id, name, nil, nil, nil, nil, now, nil, "0", false, 0.0, nil}
}

// results is an answer of one result for each of rows, nil for a result without rows.
func results(columns []tds.Column, rows ...[]any) tds.Reply {
	var r tds.Reply
	for _, row := range rows {
		res := tds.Result{Columns: columns}
		if row != nil {
			res.Rows = [][]any{row}
		}
		r.Results = append(r.Results, res)
	}
	return r
}

// told is columns and what an upsert did.
func told() []tds.Column {
	return append(columns[:len(columns):len(columns)], tds.Column{Type: tds.Int})
}

// An upsert is one call, whose two statements are a transaction; it tells which of them gave the row.
func TestUpsert(t *testing.T) {
	s := &script{}
	db, _ := opened(t, s)
	for _, c := range []struct {
		reply    tds.Reply
		inserted bool
	}{
		{results(told(), append(one(7, "x"), int64(0))), false}, // the insert was not run
		{results(told(), nil, append(one(8, "x"), int64(1))), true},
	} {
		s.answer = func(*tds.Call) tds.Reply { return c.reply }
		row, inserted := Item{Name: "x", At: now}, !c.inserted
		if err := orm.Repo[Item](db).Upsert(t.Context(), orm.On(Items.Name).Inserted(&inserted), &row); err != nil || inserted != c.inserted || row.ID == 0 {
			t.Error(row.ID, inserted, err)
		}
	}
	if len(s.calls) != 2 || s.calls[0].Text != s.calls[1].Text {
		t.Error(s.texts())
	}
	c := s.calls[0]
	for _, want := range []string{"SET XACT_ABORT ON; BEGIN TRANSACTION; UPDATE [items] WITH (UPDLOCK, SERIALIZABLE) SET ", "; IF @@ROWCOUNT = 0 INSERT INTO [items] (", "; COMMIT TRANSACTION"} {
		if !strings.Contains(c.Text, want) {
			t.Errorf("%q is not in %s", want, c.Text)
		}
	}
	for _, p := range c.Params { // each value stands twice, as the type of its column
		if p.Value == nil && p.Type == "null" {
			t.Error(p.Name, "has no type")
		}
	}
	s.answer = func(*tds.Call) tds.Reply { return results(told(), nil, nil) } // a row that the scopes do not let be changed
	if err := orm.Repo[Item](db).Upsert(t.Context(), orm.On(Items.Name), &Item{Name: "x", At: now}); !errors.Is(err, orm.ErrConflict) {
		t.Error(err)
	}
}

// In a transaction of the caller's the upsert is no transaction of its own.
func TestUpsertInTransaction(t *testing.T) {
	s := &script{answer: func(c *tds.Call) tds.Reply {
		if strings.HasPrefix(c.Text, "UPDATE") {
			return results(columns, nil, one(9, "x"))
		}
		return tds.Reply{}
	}}
	db, _ := opened(t, s)
	row := Item{Name: "x", At: now}
	if err := db.Tx(t.Context(), func(tx orm.DB) error { return orm.Repo[Item](tx).Upsert(t.Context(), orm.On(Items.Name), &row) }); err != nil || row.ID != 9 {
		t.Error(row.ID, err)
	}
	if strings.Count(s.texts(), "BEGIN TRANSACTION") != 1 || strings.Contains(s.texts(), "XACT_ABORT ON") {
		t.Error(s.texts())
	}
}

// Where the server heeds no hints another writer may get in between: the upsert runs again and finds the row. In a transaction it is
// the caller who runs again.
func TestUpsertMet(t *testing.T) {
	tries := 0
	s := &script{answer: func(c *tds.Call) tds.Reply {
		if !strings.Contains(c.Text, "UPDATE") {
			return tds.Reply{}
		}
		if tries++; tries < 3 {
			r := results(columns, nil)
			r.Err = &tds.Error{Number: 2627, State: 1, Class: 14, Message: "Violation of UNIQUE KEY constraint 'uq_name'."}
			return r
		}
		return results(columns, one(5, "x"))
	}}
	db, _ := opened(t, s)
	row := Item{Name: "x", At: now}
	if err := orm.Repo[Item](db).Upsert(t.Context(), orm.On(Items.Name), &row); err != nil || row.ID != 5 || tries != 3 {
		t.Error(row.ID, tries, err)
	}
	tries = 0
	err := db.Tx(t.Context(), func(tx orm.DB) error {
		return orm.Repo[Item](tx).Upsert(t.Context(), orm.On(Items.Name), &Item{Name: "x", At: now})
	})
	var e *orm.Error
	if !errors.As(err, &e) || !errors.Is(err, orm.ErrConflict) || e.Constraint != "uq_name" || tries != 1 {
		t.Error(tries, err)
	}
}

// SkipDuplicates counts the rows that came back, each of a statement of its own.
func TestSkipDuplicates(t *testing.T) {
	s := &script{answer: func(c *tds.Call) tds.Reply {
		return results(tds.Columns("id", tds.BigInt), []any{int64(1)}, nil, []any{int64(2)})
	}}
	db, _ := opened(t, s)
	n, err := orm.Repo[Item](db).CreateMany(t.Context(), []Item{{Name: "a", At: now}, {Name: "a", At: now}, {Name: "b", At: now}}, orm.SkipDuplicates())
	if n != 2 || err != nil || strings.Count(s.texts(), "NOT EXISTS") != 3 {
		t.Error(n, err, s.texts())
	}
}

// Several rows with a column whose arguments differ in type go in one call, a statement each, so that each gets its own key.
func TestCreateManyInOrder(t *testing.T) {
	s := &script{answer: func(c *tds.Call) tds.Reply {
		if !strings.Contains(c.Text, "INSERT") {
			return tds.Reply{}
		}
		return results(tds.Columns("id", tds.BigInt), []any{int64(10)}, []any{int64(20)}, []any{int64(30)})
	}}
	db, _ := opened(t, s)
	rows := []Item{{Name: "c", At: now}, {Name: "a", At: now}, {Name: "b", At: now}}
	if n, err := orm.Repo[Item](db).CreateMany(t.Context(), rows); n != 3 || err != nil || rows[0].ID != 10 || rows[1].ID != 20 || rows[2].ID != 30 {
		t.Error(n, err, rows)
	}
	if len(s.calls) != 1 || strings.Count(s.texts(), "INSERT INTO") != 3 || s.calls[0].Value("@p1") != "c" || s.calls[0].Value("@p12") != "a" {
		t.Error(s.texts())
	}
}

// Label is a row of which nothing but the key is made.
type Label struct {
	_    struct{} `orm:"table=labels"`
	ID   int64    `orm:"id,auto"`
	Name string
}

// Numbers are made in the order of the rows, whatever the order in which the server gives them back.
func TestCreateManySorted(t *testing.T) {
	s := &script{answer: func(c *tds.Call) tds.Reply {
		if !strings.Contains(c.Text, "INSERT") {
			return tds.Reply{}
		}
		return tds.Rows(tds.Columns("id", tds.BigInt), []any{int64(30)}, []any{int64(10)}, []any{int64(20)})
	}}
	db, _ := opened(t, s)
	rows := []Label{{Name: "c"}, {Name: "a"}, {Name: "b"}}
	if n, err := orm.Repo[Label](db).CreateMany(t.Context(), rows); n != 3 || err != nil || rows[0].ID != 10 || rows[1].ID != 20 || rows[2].ID != 30 {
		t.Error(n, err, rows)
	}
	const want = "INSERT INTO [labels] ([name]) OUTPUT INSERTED.[id] SELECT [orm_v].[name] FROM (VALUES (@p1, 1), (@p2, 2), (@p3, 3)) AS [orm_v]([name], [orm_n]) ORDER BY [orm_v].[orm_n]"
	if len(s.calls) != 1 || s.calls[0].Text != want || s.calls[0].Value("@p1") != "c" || s.calls[0].Value("@p3") != "b" {
		t.Error(s.texts())
	}
}

// A server that takes no such statement gets one for each row.
func TestCreateManyUnsorted(t *testing.T) {
	s := &script{}
	server := protocolServer(t, s)
	s.answer = func(c *tds.Call) tds.Reply {
		if !strings.Contains(c.Text, "INSERT") {
			return tds.Reply{}
		}
		return results(tds.Columns("id", tds.BigInt), []any{int64(10)}, []any{int64(30)})
	}
	db, err := orm.Open(t.Context(), sqlserver.Source("erp", server.URL()), orm.Models(Label{}))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	rows := []Label{{Name: "c"}, {Name: "a"}}
	if n, err := orm.Repo[Label](db).CreateMany(t.Context(), rows); n != 2 || err != nil || rows[0].ID != 10 || rows[1].ID != 30 {
		t.Error(n, err, rows)
	}
	if strings.Count(s.texts(), "INSERT INTO") != 2 || strings.Contains(s.texts(), "ORDER BY") {
		t.Error(s.texts())
	}
}

// An error behind the rows of earlier statements fails the call, and none of the rows is given.
func TestBatchFailsLate(t *testing.T) {
	s := &script{answer: func(c *tds.Call) tds.Reply {
		r := results(tds.Columns("id", tds.BigInt), []any{int64(10)})
		r.Err = &tds.Error{Number: 515, State: 1, Class: 16, Message: "Cannot insert the value NULL."}
		return r
	}}
	db, _ := opened(t, s)
	rows := []Item{{Name: "c", At: now}, {Name: "a", At: now}}
	if n, err := orm.Repo[Item](db).CreateMany(t.Context(), rows); n != 0 || !errors.Is(err, orm.ErrInvalid) || rows[0].ID != 0 {
		t.Error(n, err, rows[0].ID)
	}
}

// A table with triggers refuses OUTPUT once, in a transaction too, which goes on; from then on its rows come by way of a variable.
func TestTriggers(t *testing.T) {
	refused := 0
	s := &script{answer: func(c *tds.Call) tds.Reply {
		switch {
		case strings.Contains(c.Text, "XACT_STATE"):
			return tds.Rows(tds.Columns("s", tds.Int), []any{int64(1)})
		case !strings.Contains(c.Text, "OUTPUT"):
			return tds.Reply{}
		case !strings.Contains(c.Text, "INTO @orm_out"):
			refused++
			return tds.Fails(334, "The target table 'items' of the DML statement cannot have any enabled triggers.")
		}
		return tds.Reply{Results: []tds.Result{{Affected: 1}, {Columns: tds.Columns("c1", tds.BigInt), Rows: [][]any{{int64(4)}}}}}
	}}
	db, _ := opened(t, s)
	row := Item{Name: "x", At: now}
	err := db.Tx(t.Context(), func(tx orm.DB) error {
		if err := orm.Repo[Item](tx).Create(t.Context(), &row); err != nil {
			return err
		}
		return orm.Repo[Item](tx).Create(t.Context(), &Item{Name: "y", At: now})
	})
	if err != nil || row.ID != 4 || refused != 1 {
		t.Error(row.ID, refused, err)
	}
	if err := orm.Repo[Item](db).Create(t.Context(), &Item{Name: "z", At: now}); err != nil || refused != 1 {
		t.Error(refused, err)
	}
	if text := s.calls[len(s.calls)-1].Text; !strings.HasPrefix(text, "DECLARE @orm_out TABLE ([orm_n] int IDENTITY(1,1), [c1] bigint); INSERT") || !strings.HasSuffix(text, "; SELECT [c1] FROM @orm_out ORDER BY [orm_n]") {
		t.Error(text)
	}
}

// What is sent is kept in a file, which internal/tsql reads with a grammar.
func TestSent(t *testing.T) {
	s := &script{answer: func(c *tds.Call) tds.Reply {
		if strings.Contains(c.Text, "OUTPUT") && !strings.Contains(c.Text, "INTO @orm_out") && strings.Contains(c.Text, "is_on") {
			return tds.Fails(334, "triggers")
		}
		return tds.Reply{}
	}}
	db, _ := opened(t, s)
	items := orm.Repo[Item](db)
	_ = items.Upsert(t.Context(), orm.On(Items.Name), &Item{Name: "x", At: now}) // the script gives no row
	_ = items.Create(t.Context(), &Item{ID: 3, Name: "x", At: now})
	_, _ = items.CreateMany(t.Context(), []Item{{Name: "x", At: now}, {Name: "y", At: now}})
	_, _ = items.CreateMany(t.Context(), []Item{{ID: 1, Name: "x", At: now}, {ID: 2, Name: "y", At: now}}, orm.SkipDuplicates())
	docs := orm.Repo[Doc](db)
	_, _ = docs.Where(docs.F("Tags").HasAll("a", `b"`), orm.Not(docs.F("Days").HasAny(now)), docs.F("Meta").Path("a b", 1).Eq(2.5)).Count(t.Context())
	c := s.calls[len(s.calls)-1]
	if c.Value("@p1") != `["a","b\""]` || c.Value("@p2") != `["2026-11-28T05:06:07.123456"]` || c.Value("@p3") != `$[0]."a b"` && c.Value("@p3") != `$[0]` || c.Value("@p5") != 2.5 {
		t.Errorf("%+v", c.Params)
	}
	_, _ = docs.Where(docs.F("ID").Eq(1)).UpdateMany(t.Context(), docs.F("Tags").Append("z"))
	var out strings.Builder
	for _, c := range s.calls {
		fmt.Fprintln(&out, c.Text)
	}
	const path = "testdata/tsql/sent.txt"
	if *update {
		if err := os.WriteFile(path, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want, err := os.ReadFile(path); err != nil || string(want) != out.String() {
		t.Errorf("%v: %s differs:\n%s", err, path, &out)
	}
}
