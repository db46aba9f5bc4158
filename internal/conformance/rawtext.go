package conformance

import (
	"context"
	"strings"
	"time"

	"github.com/multi-orm/orm"
)

var rawTextCases = []testCase{
	{"raw/maps", "rows as maps by column names; a name that comes twice is an error", rawMaps},
	{"raw/rows streamed", "RawRows streams every shape, ends early, and tells failures last", rawStreamed},
	{"raw/rows hooked", "hooks see the rows of a stream before the reader does, and may deny", rawStreamHooks},
	{"raw/unsafe", "text that is no constant passes by Unsafe only, and values stay arguments", rawUnsafe},
	{"raw/lists", "lists in IN and NOT IN, empty and long ones too; elsewhere they are arrays or refused", rawLists},
	{"raw/one statement", "text of several statements is refused before any of it runs, by every verb, in a transaction too", rawOneStatement},
	{"raw/with", "common table expressions, in a transaction too", rawWith},
}

type anyRow = map[string]any

func rawMaps(e *env) {
	db := e.library()
	got := must(orm.Raw[anyRow](e.ctx, db, "SELECT id, title, stars, price FROM books ORDER BY id"))
	e.equal(len(got), 5, "rows")
	e.equal(got[1], anyRow{"id": int64(2), "title": "b", "stars": nil, "price": got[1]["price"]}, "a row")
	if _, ok := got[1]["price"].(float64); !ok {
		e.Errorf("price is %T", got[1]["price"])
	}
	e.same("books", got)
	none := must(orm.Raw[anyRow](e.ctx, db, "SELECT id FROM books WHERE 1 = 0"))
	if none == nil || len(none) != 0 {
		e.Errorf("no rows: %v", none)
	}
	err := second(orm.Raw[anyRow](e.ctx, db, "SELECT p.id, b.id FROM persons p JOIN books b ON b.author_id = p.id"))
	e.fails(err, orm.ErrInvalid, "", "")
	e.says(err, `two columns are called "id"`, "AS")
	e.fails(second(orm.Raw[map[string]string](e.ctx, db, "SELECT name FROM persons")), orm.ErrInvalid, "", "")
	odd := e.open(Row{})
	ok(orm.Repo[Row](odd).Create(e.ctx, &Row{ID: 1, At: ptr(day(5)), Raw: []byte{0, 1}, F: ptr(1.5), T: "x"}))
	row := must(orm.Raw[anyRow](e.ctx, odd, "SELECT * FROM rows"))[0]
	e.equal(row["raw"], any([]byte{0, 1}), "bytes")
	e.equal(row["f"], any(1.5), "a float")
	e.equal(row["a"], any(nil), "NULL")
	e.equal(row["t"], any("x"), "text")
	if e.engine.Name == "postgres" {
		e.equal(row["at"].(time.Time).Equal(day(5)), true, "a time")
		e.equal(must(orm.Raw[anyRow](e.ctx, odd, `SELECT ARRAY[1,NULL]::int[] AS a, 1.50::numeric AS n, true AS b, '{"k":1}'::jsonb AS j, 'a'::name AS s, '10:00'::time AS t,
			'00000000-0000-0000-0000-000000000001'::uuid AS u, '2020-01-02'::date AS d`)), []anyRow{{"a": []any{int64(1), nil}, "n": "1.50", "b": true, "j": []byte(`{"k": 1}`), "s": "a", "t": "10:00:00",
			"u": "00000000-0000-0000-0000-000000000001", "d": time.Date(2020, 1, 2, 0, 0, 0, 0, time.UTC)}}, "types of PostgreSQL")
	}
}

func rawUnsafe(e *env) {
	db := e.library()
	for _, table := range []string{"persons", "books"} {
		n := must(orm.Raw[int64](e.ctx, db, orm.Unsafe("SELECT COUNT(*) FROM "+table+" WHERE id > :id"), orm.Args{"id": 1}))
		if n[0] < 3 {
			e.Errorf("%s: %v", table, n)
		}
	}
	e.equal(must(db.Exec(e.ctx, orm.Unsafe("UPDATE books SET price = :p WHERE id = 1"), orm.Args{"p": 2})), int64(1), "Exec")
	e.equal(must(orm.Repo[Book](db).Where(orm.SQL[Book](orm.Unsafe("id = ?"), 1)).Count(e.ctx)), int64(1), "a condition")
	e.fails(second(orm.Repo[Book](db).Where(orm.SQL[Book](orm.Unsafe("1 = 1) OR (1 = 1"))).Count(e.ctx)), orm.ErrInvalid, "Book", "")
}

func rawLists(e *env) {
	db := e.library()
	names := func(text string, list any) []string {
		return must(orm.Raw[string](e.ctx, db, orm.Unsafe("SELECT name FROM persons WHERE "+text+" ORDER BY id"), orm.Args{"l": list}))
	}
	e.equal(names("id IN (:l)", []int{1, 3}), []string{"Ann", "Cid"}, "numbers")
	e.equal(names("name IN ( :l )", []string{"Bob", "x'y"}), []string{"Bob"}, "text")
	e.equal(names("id NOT IN (:l)", []int64{1, 2}), []string{"Cid", "Dan"}, "NOT IN")
	e.equal(names("NOT (id IN (:l))", []int64{1, 2}), []string{"Cid", "Dan"}, "NOT around it")
	e.equal(names("id IN (:l)", []int64{}), []string{}, "an empty list")
	e.equal(len(names("id NOT IN (:l)", []int64{})), 4, "not in an empty list")
	e.equal(names("id IN (:l)", []any{1, nil}), []string{"Ann"}, "a list with NULL")
	e.equal(names("id IN (:l)", 2), []string{"Bob"}, "no list")
	long := make([]int, 70_000)
	for i := range long {
		long[i] = i + 2
	}
	e.equal(names("id IN (:l)", long), []string{"Bob", "Cid", "Dan"}, "70,000 items")
	fails := func(text string, list any) {
		e.Helper()
		e.fails(second(orm.Raw[string](e.ctx, db, orm.Unsafe("SELECT name FROM persons WHERE "+text), orm.Args{"l": list})), orm.ErrInvalid, "", "")
	}
	fails("id NOT IN (:l)", []any{1, nil})
	fails("id IN (:l, 7)", []int{1})
	fails("id IN (7, :l)", []int{1})
	odd := e.open(Row{})
	ok(orm.Repo[Row](odd).Create(e.ctx, &Row{ID: 1, Raw: []byte{0, 1}, Code: &Key{9}}))
	e.equal(must(orm.Raw[int64](e.ctx, odd, "SELECT id FROM rows WHERE raw IN (:l)", orm.Args{"l": [][]byte{{0, 1}}})), []int64{1}, "bytes")
	e.equal(must(orm.Raw[int64](e.ctx, odd, "SELECT id FROM rows WHERE code IN (:l)", orm.Args{"l": [][16]byte{{9}}})), []int64{1}, "UUIDs")
}

func rawWith(e *env) {
	db := e.library()
	const tree = `WITH RECURSIVE up(id, name, depth) AS (
			SELECT id, name, 0 FROM persons WHERE id = :id
			UNION ALL SELECT p.id, p.name, up.depth + 1 FROM persons p JOIN up ON p.boss_id = up.id)
		SELECT name, depth FROM up ORDER BY depth, name`
	type step struct {
		Name  string
		Depth int
	}
	text := orm.Unsafe(e.text(tree, strings.Replace(tree, "RECURSIVE ", "", 1)))
	got := must(orm.Raw[step](e.ctx, db, text, orm.Args{"id": 1}))
	e.equal(got[0], step{"Ann", 0}, "the root")
	e.same("tree", got)
	_ = db.Tx(e.ctx, func(tx orm.DB) error {
		ok(orm.Repo[Person](tx).Create(e.ctx, &Person{Name: "Eve", BossID: ptr(int64(1))}))
		e.equal(len(must(orm.Raw[step](e.ctx, tx, text, orm.Args{"id": 1}))), len(got)+1, "in a transaction")
		return errMine
	})
	e.equal(len(must(orm.Raw[step](e.ctx, db, text, orm.Args{"id": 1}))), len(got), "rolled back")
}

func rawOneStatement(e *env) {
	db := e.open(Plain{})
	ok(orm.Repo[Plain](db).Create(e.ctx, &Plain{Name: "a"}))
	stacked := func(db orm.DB) {
		e.fails(second(db.Exec(e.ctx, "SELECT 1; DELETE FROM plains")), orm.ErrInvalid, "", "")
		e.fails(second(db.Exec(e.ctx, "UPDATE plains SET name = :n; DELETE FROM plains", orm.Args{"n": "b"})), orm.ErrInvalid, "", "")
		e.fails(second(orm.Raw[int64](e.ctx, db, "SELECT 1; DELETE FROM plains")), orm.ErrInvalid, "", "")
		e.fails(second(orm.Raw[anyRow](e.ctx, db, "DELETE FROM plains; SELECT 1")), orm.ErrInvalid, "", "")
		for _, err := range orm.RawRows[int64](e.ctx, db, "SELECT 1;\nDELETE FROM plains;") {
			e.fails(err, orm.ErrInvalid, "", "")
		}
	}
	stacked(db)
	_ = db.Tx(e.ctx, func(tx orm.DB) error { stacked(tx); return context.Canceled })
	e.equal(must(orm.Raw[string](e.ctx, db, "SELECT name FROM plains; -- the end; and a comment")), []string{"a"}, "nothing ran")
}
