package conformance

import (
	"time"

	"github.com/multi-orm/orm"
)

var rawCases = []testCase{
	{"raw/rows", "structs by column names, models, scalars, NULL", rawRows},
	{"raw/arguments", "names, quotes, casts, comments; missing and left-over names", rawArguments},
	{"raw/placeholders", "{{Model}} stands for the rows of a model, with arguments before and behind it", rawPlaceholders},
	{"raw/errors", "wrong text, wrong columns, wrong shapes", rawErrors},
}

// Card is a result that is no model.
type Card struct {
	Name  string
	Total *float64 `orm:"sum_of"`
}

func rawRows(e *env) {
	db := e.library()
	ctx := e.ctx
	got := must(orm.Raw[Card](ctx, db, "SELECT p.name, SUM(b.price) AS sum_of FROM persons p LEFT JOIN books b ON b.author_id = p.id GROUP BY p.id, p.name ORDER BY p.id"))
	e.equal(got, []Card{{"Ann", ptr(60.0)}, {"Bob", ptr(40.0)}, {"Cid", nil}, {"Dan", nil}}, "structs")
	e.same("cards", got)
	e.equal(must(orm.Raw[Book](ctx, db, "SELECT title, id, stars FROM books WHERE id = 2", orm.SomeColumns)), []Book{{ID: 2, Title: "b"}}, "models, columns in any order")
	e.fails(second(orm.Raw[Book](ctx, db, "SELECT title, id, stars FROM books WHERE id = 2")), orm.ErrInvalid, "Book", "AuthorID")
	e.fails(second(orm.Raw[Card](ctx, db, "SELECT name FROM persons WHERE id = :id", orm.Args{"id": 1})), orm.ErrInvalid, "Card", "Total")
	e.equal(must(orm.Raw[Card](ctx, db, "SELECT name FROM persons WHERE id = :id", orm.Args{"id": 1}, orm.SomeColumns)), []Card{{Name: "Ann"}}, "some columns")
	e.equal(must(orm.Raw[string](ctx, db, "SELECT name FROM persons ORDER BY id DESC")), []string{"Dan", "Cid", "Bob", "Ann"}, "text")
	e.equal(must(orm.Raw[int64](ctx, db, "SELECT COUNT(*) FROM books")), []int64{5}, "numbers")
	e.equal(must(orm.Raw[*int64](ctx, db, "SELECT stars FROM books ORDER BY id"))[1], (*int64)(nil), "NULL")
	e.equal(len(must(orm.Raw[Card](ctx, db, "SELECT name FROM persons WHERE 1 = 0", orm.SomeColumns))), 0, "no rows")
	if must(orm.Raw[Card](ctx, db, "SELECT name FROM persons WHERE 1 = 0", orm.SomeColumns)) == nil {
		e.Error("no rows is nil")
	}
	e.fails(second(orm.Raw[string](ctx, db, "SELECT CAST(NULL AS TEXT)")), orm.ErrInvalid, "", "")
	e.equal(must(db.Exec(ctx, "UPDATE books SET price = price + 1 WHERE author_id = 1")), int64(3), "Exec counts")
	odd := e.open(Row{})
	ok(orm.Repo[Row](odd).Create(ctx, &Row{ID: 1, At: ptr(day(5)), Raw: []byte{0, 1}, Code: &Key{9}, On: ptr(true)}))
	back := must(orm.Raw[Row](ctx, odd, "SELECT * FROM rows"))
	e.equal(back, must(orm.Repo[Row](odd).All(ctx)), "every kind")
	e.equal(must(orm.Raw[time.Time](ctx, odd, "SELECT at FROM rows")), []time.Time{day(5)}, "a time")
}

func rawArguments(e *env) {
	db := e.library()
	ctx := e.ctx
	name := "Ann'; DROP TABLE persons; --"
	ok(orm.Repo[Person](db).Create(ctx, &Person{Name: name}))
	e.equal(must(orm.Raw[int64](ctx, db, "SELECT id FROM persons WHERE name = :name", orm.Args{"name": name})), []int64{5}, "a name")
	e.equal(must(orm.Raw[string](ctx, db, `SELECT name FROM persons /* :not :these */ WHERE (boss_id = :id OR id = :id) AND name <> ':id' AND name <> :other -- :nor_this
		ORDER BY id`, orm.Args{"id": 1, "other": "Cid"})), []string{"Ann", "Bob"}, "twice, in quotes, in comments")
	e.equal(must(orm.Raw[string](ctx, db, orm.Unsafe(e.text("SELECT ':a' || CAST(:a AS TEXT) || '''\":b'", "SELECT ':a' + CAST(:a AS nvarchar(9)) + '''\":b'")), orm.Args{"a": "x"})), []string{`:ax'":b`}, "quotes")
	e.equal(must(db.Exec(ctx, "UPDATE books SET price = :p, stars = :s WHERE id = :i", orm.Args{"p": 1.5, "s": nil, "i": int32(1)})), int64(1), "NULL and numbers")
	b := must(orm.Repo[Book](db).ByID(1).One(ctx))
	if b.Price != 1.5 || b.Stars != nil {
		e.Errorf("%+v", b)
	}
	e.fails(second(orm.Raw[string](ctx, db, "SELECT name FROM persons WHERE id = :id", orm.Args{"idd": 1})), orm.ErrInvalid, "", "")
	e.fails(second(orm.Raw[string](ctx, db, "SELECT name FROM persons WHERE id = :id", orm.Args{"id": 1, "more": 1})), orm.ErrInvalid, "", "")
	e.fails(second(orm.Raw[string](ctx, db, "SELECT name FROM persons WHERE name = 'open", orm.Args{})), orm.ErrInvalid, "", "")
	e.fails(second(orm.Raw[string](ctx, db, "SELECT name FROM persons WHERE name = :n", orm.Args{"n": "se\x00cret"})), orm.ErrInvalid, "", "", "cret")
	e.equal(must(orm.Raw[int64](ctx, db, "SELECT COUNT(*) FROM persons", orm.Args{})), []int64{5}, "no names")
}

func rawErrors(e *env) {
	db := e.library()
	ctx := e.ctx
	e.fails(second(orm.Raw[string](ctx, db, "SELEC secret")), orm.ErrInvalid, "", "", "secret")
	e.fails(second(orm.Raw[string](ctx, db, "SELECT secret FROM persons")), orm.ErrInvalid, "", "", "secret")
	e.fails(second(orm.Raw[string](ctx, db, "SELECT id, name FROM persons")), orm.ErrInvalid, "", "")
	e.fails(second(orm.Raw[Card](ctx, db, "SELECT id, name FROM persons")), orm.ErrInvalid, "", "")
	e.fails(second(orm.Raw[int64](ctx, db, "SELECT name FROM persons")), orm.ErrInvalid, "", "", "Ann")
	e.fails(second(orm.Raw[int8](ctx, db, "SELECT 1000")), orm.ErrInvalid, "", "", "1000")
	e.fails(second(orm.Raw[chan int](ctx, db, "SELECT 1")), orm.ErrInvalid, "", "")
	e.fails(second(db.Exec(ctx, "INSERT INTO clubs (name) VALUES ('go')")), orm.ErrConflict, "", "")
	e.equal(must(orm.Raw[int64](ctx, db, "SELECT COUNT(*) FROM persons")), []int64{4}, "it goes on")
}

func rawPlaceholders(e *env) {
	db := e.library()
	got := must(orm.Raw[Card](e.ctx, db, `WITH dear AS (SELECT author_id, price FROM {{Book}} WHERE price > :least)
		SELECT p.name, SUM(dear.price) AS sum_of FROM {{Person}} AS p JOIN dear ON dear.author_id = p.id WHERE p.id IN (:ids) AND p.name <> '{{Book}}' GROUP BY p.name ORDER BY p.name`,
		orm.Args{"least": 1, "ids": []int64{1, 2}}))
	e.equal(got, []Card{{"Ann", ptr(60.0)}, {"Bob", ptr(40.0)}}, "two placeholders and two arguments")
	e.equal(must(orm.Raw[int64](e.ctx, db, "SELECT COUNT(*) FROM {{books}} WHERE books.id > 0")), []int64{5}, "the name of the table")
	e.equal(must(orm.Raw[int64](e.ctx, db, "SELECT COUNT(*) FROM {{Book}} b JOIN persons p ON p.id = b.author_id")), must(orm.Raw[int64](e.ctx, db, "SELECT COUNT(*) FROM books b JOIN persons p ON p.id = b.author_id")), "beside a table, where no scope is")
	_, err := orm.Raw[int64](e.ctx, db, "SELECT COUNT(*) FROM {{Bok}}")
	e.fails(err, orm.ErrInvalid, "", "")
	e.says(err, `did you mean "Book"`)
	_, err = db.Exec(e.ctx, "DELETE FROM {{Book}}")
	e.fails(err, orm.ErrInvalid, "", "")
}
