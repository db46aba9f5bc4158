package conformance

import "github.com/multi-orm/orm"

var flatCases = []testCase{
	{"flat/thousands", "thousands of conditions in one Or, And, Where and relation filter are taken by every engine", flatThousands},
	{"flat/missing", "a missing table and a missing column are told apart", flatMissing},
}

func flatThousands(e *env) {
	db := e.library()
	r, n := orm.Repo[Book](db), 4000
	ids, not := make([]orm.Pred[Book], n), make([]orm.Pred[Book], n)
	for i := range n {
		ids[i], not[i] = books.ID.Eq(int64(2*i)), books.ID.Ne(int64(2*i))
	}
	even, odd := must(r.Where(books.ID.In(2, 4)).Count(e.ctx)), must(r.Where(books.ID.NotIn(2, 4)).Count(e.ctx))
	e.equal(must(r.Where(orm.Or(ids...)).Count(e.ctx)), even, "Or")
	e.equal(must(r.Where(orm.And(not...)).Count(e.ctx)), odd, "And")
	e.equal(must(r.Where(not...).Count(e.ctx)), odd, "Where")
	e.equal(must(r.Where(orm.Not(orm.Or(ids...))).Count(e.ctx)), odd, "Not")
	e.equal(must(r.Where(not...).UpdateMany(e.ctx, books.Title.Set("x"))), odd, "an update")
	e.equal(must(orm.Repo[Person](db).Where(people.Written.Some(not...)).Count(e.ctx)) > 0, true, "a relation filter")
	e.fails(second(r.Where(orm.Or(append(ids, append(ids, ids...)...)...)).Count(e.ctx)), orm.ErrLimit, "Book", "")
}

func flatMissing(e *env) {
	db := e.open(Plain{})
	must(db.Exec(e.ctx, orm.Unsafe(e.text("ALTER TABLE plains RENAME COLUMN name TO title", "EXEC sp_rename 'plains.name', 'title', 'COLUMN'"))))
	err := second(orm.Repo[Plain](db).All(e.ctx))
	e.fails(err, orm.ErrInvalid, "Plain", "")
	e.says(err, "column")
	must(db.Exec(e.ctx, "DROP TABLE plains"))
	err = second(orm.Repo[Plain](db).All(e.ctx))
	e.fails(err, orm.ErrInvalid, "Plain", "")
	e.says(err, "table does not exist")
}
