package introspect_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/source/introspect"
)

const forum = `
CREATE TABLE users (id INTEGER PRIMARY KEY, username VARCHAR(100) NOT NULL UNIQUE, age INTEGER, active BOOLEAN NOT NULL DEFAULT true, boss_id INTEGER REFERENCES users, created_at TIMESTAMP NOT NULL);
CREATE TABLE threads (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users, editor_id INTEGER REFERENCES users, title TEXT NOT NULL, note TEXT DEFAULT 'none', posted_at TIMESTAMP NOT NULL);
CREATE TABLE profiles (user_id INTEGER PRIMARY KEY REFERENCES users, bio TEXT);
CREATE TABLE boxes (a INTEGER, b INTEGER, PRIMARY KEY (a, b));
CREATE TABLE items (id INTEGER PRIMARY KEY, a INTEGER, b INTEGER, FOREIGN KEY (a, b) REFERENCES boxes);
CREATE TABLE loose (x INTEGER NOT NULL, y TEXT);
CREATE VIEW adults AS SELECT id, username FROM users WHERE age >= 18;
INSERT INTO users VALUES (1, 'testuser', 30, true, NULL, '2024-01-01 00:00:00'), (2, 'kid', 12, true, 1, '2024-01-02 00:00:00'), (3, 'ghost', NULL, false, 1, '2024-01-03 00:00:00');
INSERT INTO threads VALUES (1, 1, 2, 'one', 'x', '2024-02-01 00:00:00'), (2, 1, NULL, 'two', NULL, '2024-02-02 00:00:00'), (3, 1, 3, 'three', 'x', '2024-02-03 00:00:00'), (4, 2, 1, 'four', 'x', '2024-02-04 00:00:00');
INSERT INTO profiles VALUES (1, 'hello');
INSERT INTO boxes VALUES (1, 1), (1, 2);
INSERT INTO items VALUES (1, 1, 2), (2, 1, NULL), (3, 1, 1);
INSERT INTO loose VALUES (2, 'b'), (1, 'a');
`

// forumDB opens a database of the forum on an engine.
func forumDB(t testing.TB, e engine, script string, opts ...orm.Option) orm.DB {
	t.Helper()
	address := e.make(t)
	e.load(t, address, script)
	db, err := orm.Open(t.Context(), append([]orm.Option{e.open(address)}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func related(t testing.TB, db orm.DB, opts ...introspect.Option) introspect.Tables {
	t.Helper()
	tables, err := introspect.Open(t.Context(), db.Source("main"), append([]introspect.Option{
		introspect.Relate("threads.user_id", "user", "threads"), introspect.Relate("threads.editor_id", "editor", "edited"),
		introspect.Relate("users.boss_id", "boss", "reports"), introspect.Relate("profiles.user_id", "user", "profile"),
		introspect.Relate("items.a+b", "box", "items")}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	return tables
}

func text(t testing.TB, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func ids(rows []introspect.Record) []int64 {
	out := []int64{}
	for _, r := range rows {
		out = append(out, r.Get("id").(int64))
	}
	return out
}

// recordEngines are those whose types the scripts of these tests know.
func recordEngines() []engine { return engines()[:2] }

func onEngines(t *testing.T, fn func(t *testing.T, e engine)) {
	for _, e := range recordEngines() {
		t.Run(e.name, func(t *testing.T) { fn(t, e) })
	}
}

func TestRecordsRead(t *testing.T) {
	onEngines(t, func(t *testing.T, e engine) {
		db := forumDB(t, e, forum)
		tables := related(t, db)
		rows, err := tables.Table("users").List(t.Context(), introspect.Args{
			Filter:  introspect.Filter{"username": "testuser", "age": introspect.Not(introspect.LessThan(18)), "id": introspect.AnyOf(1, 2)},
			OrderBy: "-created_at", Limit: 10,
			With: map[string]introspect.Args{
				"threads": {OrderBy: "-posted_at", Limit: 2, With: map[string]introspect.Args{"editor": {}}},
				"profile": {}, "boss": {}, "reports": {Filter: introspect.Filter{"age": nil}},
			}})
		if err != nil {
			t.Fatal(err)
		}
		const want = `[{"id":1,"username":"testuser","age":30,"active":true,"boss_id":null,"created_at":"2024-01-01T00:00:00Z","boss":null,"profile":{"user_id":1,"bio":"hello"},` +
			`"reports":[{"id":3,"username":"ghost","age":null,"active":false,"boss_id":1,"created_at":"2024-01-03T00:00:00Z"}],` +
			`"threads":[{"id":3,"user_id":1,"editor_id":3,"title":"three","note":"x","posted_at":"2024-02-03T00:00:00Z","editor":{"id":3,"username":"ghost","age":null,"active":false,"boss_id":1,"created_at":"2024-01-03T00:00:00Z"}},` +
			`{"id":2,"user_id":1,"editor_id":null,"title":"two","note":null,"posted_at":"2024-02-02T00:00:00Z","editor":null}]}]`
		if got := text(t, rows); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		if _, ok := rows[0].Get("created_at").(time.Time); !ok {
			t.Errorf("created_at is %T", rows[0].Get("created_at"))
		}
		all, err := tables.Table("users").List(t.Context(), introspect.Args{OrderBy: "id", With: map[string]introspect.Args{"threads": {Limit: 1, OrderBy: "id"}, "edited": {OrderBy: "id"}}})
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range [][]int64{{1}, {4}, {}} { // the limit is of each parent, and to-many is never nil
			got, ok := all[i].Get("threads").([]introspect.Record)
			if !ok || got == nil || !slices.Equal(ids(got), want) {
				t.Errorf("threads of %d: %v", i, text(t, got))
			}
		}
		boxes, err := tables.Table("items").List(t.Context(), introspect.Args{OrderBy: "id", With: map[string]introspect.Args{"box": {With: map[string]introspect.Args{"items": {}}}}})
		if err != nil {
			t.Fatal(err)
		}
		if got := text(t, boxes); got != `[{"id":1,"a":1,"b":2,"box":{"a":1,"b":2,"items":[{"id":1,"a":1,"b":2}]}},{"id":2,"a":1,"b":null,"box":null},{"id":3,"a":1,"b":1,"box":{"a":1,"b":1,"items":[{"id":3,"a":1,"b":1}]}}]` {
			t.Error(got)
		}
		for f, want := range map[string]struct {
			filter introspect.Filter
			n      int64
		}{
			"none": {nil, 3}, "null": {introspect.Filter{"age": nil}, 1}, "not null": {introspect.Filter{"age": introspect.Not(nil)}, 2},
			"not less": {introspect.Filter{"age": introspect.Not(introspect.LessThan(18))}, 1}, "twice": {introspect.Filter{"age": introspect.Not(introspect.Not(introspect.LessThan(18)))}, 1},
			"or null": {introspect.Filter{"age": introspect.AnyOf(12, nil)}, 2}, "neither": {introspect.Filter{"age": introspect.Not(introspect.AnyOf(12, nil))}, 1},
			"nothing": {introspect.Filter{"age": introspect.AnyOf()}, 0}, "range": {introspect.Filter{"age": introspect.AllOf(introspect.AtLeast(12), introspect.AtMost(29))}, 1},
			"part": {introspect.Filter{"username": introspect.Contains("st")}, 2}, "start": {introspect.Filter{"username": introspect.StartsWith("g")}, 1},
			"sql": {introspect.Filter{"username": "x' OR 1=1 --"}, 0}, "words": {introspect.Filter{"id": introspect.AnyOf(1, introspect.MoreThan(2))}, 2},
		} {
			if n, err := tables.Table("users").Count(t.Context(), want.filter); err != nil || n != want.n {
				t.Errorf("%s: %d, %v", f, n, err)
			}
		}
		for name, want := range map[string]string{"adults": `[{"id":1,"username":"testuser"}]`, "loose": `[{"x":1,"y":"a"},{"x":2,"y":"b"}]`} {
			rows, err := tables.Table(name).List(t.Context(), introspect.Args{Limit: 5})
			if err != nil || text(t, rows) != want {
				t.Errorf("%s: %s, %v", name, text(t, rows), err)
			}
			if _, err := tables.Table(name).EveryRow().Delete(t.Context(), nil); !errors.Is(err, orm.ErrUnsupported) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := tables.Table("users").First(t.Context(), introspect.Args{Filter: introspect.Filter{"id": 9}}); !errors.Is(err, orm.ErrNotFound) {
			t.Error(err)
		}
	})
}

func TestRecordsWrite(t *testing.T) {
	onEngines(t, func(t *testing.T, e engine) {
		db := forumDB(t, e, forum)
		tables := related(t, db)
		users, threads := tables.Table("users"), tables.Table("threads")
		at := time.Date(2024, 3, 1, 0, 0, 0, 0, time.UTC)
		made, err := users.Create(t.Context(), introspect.Values{"id": 12, "username": "b", "created_at": at, "active": false}, introspect.Values{"id": 11, "username": "a", "created_at": "2024-03-01T00:00:00Z", "age": nil})
		if err != nil {
			t.Fatal(err)
		}
		const want = `[{"id":12,"username":"b","age":null,"active":false,"boss_id":null,"created_at":"2024-03-01T00:00:00Z"},{"id":11,"username":"a","age":null,"active":true,"boss_id":null,"created_at":"2024-03-01T00:00:00Z"}]`
		if got := text(t, made); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		if got, err := users.List(t.Context(), introspect.Args{Filter: introspect.Filter{"id": introspect.AnyOf(11, 12)}, OrderBy: "-id"}); err != nil || text(t, got) != want {
			t.Errorf("read again: %s, %v", text(t, got), err)
		}
		changed, err := users.Change(t.Context(), introspect.Filter{"age": nil}, introspect.Values{"age": 40, "username": nil})
		if !errors.Is(err, orm.ErrInvalid) || changed != nil {
			t.Errorf("a NULL where none may be: %v", err)
		}
		changed, err = users.Change(t.Context(), introspect.Filter{"age": nil}, introspect.Values{"age": 40})
		if err != nil || len(changed) != 3 || changed[0].Get("age") != int64(40) {
			t.Errorf("%s, %v", text(t, changed), err)
		}
		if n, err := users.Delete(t.Context(), introspect.Filter{"username": introspect.AnyOf("a", "b")}); err != nil || n != 2 {
			t.Error(n, err)
		}
		for name, err := range map[string]error{
			"change": second(threads.Change(t.Context(), nil, introspect.Values{"title": "x"})),
			"delete": second(threads.Delete(t.Context(), introspect.Filter{})),
			"all":    second(threads.Delete(t.Context(), introspect.Filter{"id": introspect.Not(introspect.AnyOf())})),
		} {
			if name != "all" && !errors.Is(err, introspect.ErrUnfiltered) {
				t.Errorf("%s: %v", name, err)
			}
		}
		err = db.Tx(t.Context(), func(tx orm.DB) error {
			in := tables.In(tx)
			if _, err := in.Table("loose").Count(t.Context(), nil); err != nil {
				return err
			}
			if _, err := in.Table("profiles").EveryRow().Delete(t.Context(), nil); err != nil {
				return err
			}
			if n, err := in.Table("profiles").Count(t.Context(), nil); n != 0 || err != nil {
				t.Error(n, err)
			}
			return errors.New("undo")
		})
		if n, _ := tables.Table("profiles").Count(t.Context(), nil); n != 1 || err == nil {
			t.Errorf("%d profiles after the rollback, %v", n, err)
		}
	})
}

func second[T any](_ T, err error) error { return err }

// Mistakes are typed, name what is wrong, and suggest.
func TestRecordsMistakes(t *testing.T) {
	onEngines(t, func(t *testing.T, e engine) {
		db := forumDB(t, e, forum)
		tables := related(t, db)
		users := tables.Table("users")
		list := func(a introspect.Args) error { return second(users.List(t.Context(), a)) }
		for _, c := range []struct {
			err  error
			want string
		}{
			{second(tables.Table("usres").Count(t.Context(), nil)), `did you mean "users"`},
			{list(introspect.Args{Filter: introspect.Filter{"usrname": 1}}), `did you mean "username"`},
			{list(introspect.Args{Filter: introspect.Filter{"threads": 1}}), "it is a relation"},
			{list(introspect.Args{Filter: introspect.Filter{"age": "old"}}), "age"},
			{list(introspect.Args{Filter: introspect.Filter{"age": introspect.Contains("1")}}), "column of text"},
			{list(introspect.Args{Filter: introspect.Filter{"age": introspect.LessThan(nil)}}), "said of a value"},
			{list(introspect.Args{Filter: introspect.Filter{"age": introspect.Word{}}}), "empty"},
			{list(introspect.Args{OrderBy: "-craeted_at"}), `did you mean "created_at"`},
			{list(introspect.Args{OrderBy: "id,id"}), "twice"},
			{list(introspect.Args{OrderBy: "id; DROP TABLE users"}), "no column"},
			{list(introspect.Args{Limit: -1}), "negative"},
			{list(introspect.Args{With: map[string]introspect.Args{"thread": {}}}), `did you mean "threads"`},
			{list(introspect.Args{With: map[string]introspect.Args{"threads": {Filter: introspect.Filter{"tilte": 1}}}}), `did you mean "title"`},
			{second(users.Create(t.Context(), introspect.Values{"usrname": "x"})), `did you mean "username"`},
			{second(users.Create(t.Context(), introspect.Values{"id": 5})), "has to give"},
			{second(users.Create(t.Context(), introspect.Values{"id": 5, "username": "x", "created_at": time.Now(), "threads": nil})), "it is a relation"},
			{second(users.Create(t.Context(), introspect.Values{"id": 5, "username": introspect.Not(1), "created_at": time.Now()})), "not a word"},
			{second(users.Change(t.Context(), introspect.Filter{"id": 1}, nil)), "needs a value"},
			{second(users.Change(t.Context(), introspect.Filter{"id": 1}, introspect.Values{"id": 2})), "primary key"},
			{second(introspect.Open(t.Context(), db, introspect.Relate("threads.usr_id", "a", "b"))), `did you mean "threads.user_id"`},
			{second(introspect.Open(t.Context(), db, introspect.Relate("threads.user_id", "title", "b"))), "has"},
			{second(introspect.Open(t.Context(), db, introspect.Relate("threads.user_id", "a", "x"), introspect.Relate("threads.editor_id", "b", "x"))), "another relation"},
			{second(introspect.Open(t.Context(), db, introspect.Tenant("nope"))), "no table has"},
			{second(introspect.Open(t.Context(), db, introspect.Package("x"))), "does not belong"},
		} {
			if !errors.Is(c.err, orm.ErrInvalid) || !strings.Contains(c.err.Error(), c.want) {
				t.Errorf("got %v, want %s", c.err, c.want)
			}
		}
		deep := introspect.Args{}
		for range 6 {
			deep = introspect.Args{With: map[string]introspect.Args{"boss": deep}}
		}
		if err := list(deep); !errors.Is(err, orm.ErrLimit) {
			t.Error(err)
		}
		if err := second(users.Create(t.Context(), introspect.Values{"id": 1, "username": "x", "created_at": time.Now()})); !errors.Is(err, orm.ErrConflict) {
			t.Error(err)
		}
	})
}
