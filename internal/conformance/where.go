package conformance

import (
	"slices"
	"time"

	"github.com/multi-orm/orm"
)

var whereCases = []testCase{
	{"where/comparisons", "every operator heeds three-valued logic: NULL rows pass neither a test nor its negation", whereComparisons},
	{"where/logic", "And, Or and Not nest; conditions on one column all stay; emptiness is defined", whereLogic},
	{"where/lists", "In and NotIn take any number of values, with one statement", whereLists},
	{"where/nil", "nil means NULL where that is plain, and is refused where it is not", whereNil},
	{"where/sql", "constant SQL binds its arguments and cannot leave its place", whereSQL},
	{"where/pointers", "columns of pointer type, typed nils and F by address", wherePointers},
	{"where/large", "a predicate that is too large is ErrLimit, not a crash", whereLarge},
}

func day(n int) time.Time { return time.Date(2026, 1, n, 0, 0, 0, 0, time.UTC) }

// sample fills Row with NULL in every column that can hold it.
func (e *env) sample() orm.Repo[Row] {
	db := e.open(Row{})
	in := []Row{
		{ID: 1, A: ptr(int64(1)), B: 10, S: ptr("alpha"), T: "Alpha", F: ptr(1.5), On: ptr(true), At: ptr(day(1)), Raw: []byte("a"), Code: &Key{1}},
		{ID: 2, A: ptr(int64(2)), B: 20, S: ptr("beta"), T: "alpha", F: ptr(2.5), On: ptr(false), At: ptr(day(2)), Raw: []byte("b"), Code: &Key{2}},
		{ID: 3, B: 20, T: "gamma"},
		{ID: 4, A: ptr(int64(2)), B: 30, S: ptr(""), T: "", F: ptr(-1.0), On: ptr(true), At: ptr(day(4)), Raw: []byte{}, Code: &Key{3}},
		{ID: 5, A: ptr(int64(0)), B: 0, S: ptr("Beta"), T: "BETA", On: nil, At: nil},
	}
	must(orm.Repo[Row](db).CreateMany(e.ctx, in))
	return orm.Repo[Row](db)
}

// finds checks which rows pass, by each of the verbs that use a condition.
func (e *env) finds(r orm.Repo[Row], p orm.Pred[Row], about string, want ...int64) {
	e.Helper()
	if want == nil {
		want = []int64{}
	}
	q := r.Where(p)
	got, err := q.OrderBy(rows.ID.Asc()).All(e.ctx)
	if e.refused(err, about) {
		return
	}
	if err != nil {
		e.Errorf("%s: %v", about, err)
		return
	}
	e.equal(pick(got, func(x Row) int64 { return x.ID }), want, about)
	e.equal(must(q.Count(e.ctx)), int64(len(want)), about+" (Count)")
	e.equal(must(q.Exists(e.ctx)), len(want) > 0, about+" (Exists)")
}

func whereComparisons(e *env) {
	r := e.sample()
	for _, c := range []struct {
		name      string
		p         orm.Pred[Row]
		pass, not []int64
	}{
		{"Eq", rows.A.Eq(2), []int64{2, 4}, []int64{1, 5}},
		{"Ne", rows.A.Ne(2), []int64{1, 5}, []int64{2, 4}},
		{"Gt", rows.A.Gt(1), []int64{2, 4}, []int64{1, 5}},
		{"Gte", rows.A.Gte(1), []int64{1, 2, 4}, []int64{5}},
		{"Lt", rows.A.Lt(1), []int64{5}, []int64{1, 2, 4}},
		{"Lte", rows.A.Lte(0), []int64{5}, []int64{1, 2, 4}},
		{"In", rows.A.In(0, 2, 7), []int64{2, 4, 5}, []int64{1}},
		{"NotIn", rows.A.NotIn(0, 2, 7), []int64{1}, []int64{2, 4, 5}},
		{"Between", rows.A.Between(1, 2), []int64{1, 2, 4}, []int64{5}},
		{"Between turned round", rows.A.Between(2, 1), nil, []int64{1, 2, 4, 5}},
		{"IsNull", rows.A.IsNull(), []int64{3}, []int64{1, 2, 4, 5}},
		{"IsNotNull", rows.A.IsNotNull(), []int64{1, 2, 4, 5}, []int64{3}},
		{"DistinctFrom", rows.A.DistinctFrom(2), []int64{1, 3, 5}, []int64{2, 4}},
		{"float", rows.F.Gt(-1.0), []int64{1, 2}, []int64{4}},
		{"bool", rows.On.Eq(true), []int64{1, 4}, []int64{2}},
		{"bool false", rows.On.In(false), []int64{2}, []int64{1, 4}},
		{"time", rows.At.Lt(day(2)), []int64{1}, []int64{2, 4}},
		{"time list", rows.At.In(day(2), day(4)), []int64{2, 4}, []int64{1}},
		{"bytes", rows.Raw.Eq([]byte("b")), []int64{2}, []int64{1, 4}},
		{"empty bytes", rows.Raw.Eq([]byte{}), []int64{4}, []int64{1, 2}},
		{"byte lists", rows.Raw.In([]byte("a"), []byte{}), []int64{1, 4}, []int64{2}},
		{"uuid", rows.Code.Gt(Key{1}), []int64{2, 4}, []int64{1}},
		{"uuid list", rows.Code.NotIn(Key{1}, Key{3}), []int64{2}, []int64{1, 4}},
		{"text", rows.S.Gt("alpha"), []int64{2}, []int64{1, 4, 5}},
		{"text list", rows.S.In("", "Beta"), []int64{4, 5}, []int64{1, 2}},
	} {
		e.finds(r, c.p, c.name, c.pass...)
		e.finds(r, orm.Not(c.p), "Not "+c.name, c.not...)
		e.finds(r, orm.Not(orm.Not(c.p)), "Not Not "+c.name, c.pass...)
	}
}

func whereLogic(e *env) {
	r := e.sample()
	all := []int64{1, 2, 3, 4, 5}
	e.finds(r, orm.And[Row](), "And()", all...)
	e.finds(r, orm.Or[Row](), "Or()")
	e.finds(r, orm.Not(orm.And[Row]()), "Not(And())")
	e.finds(r, orm.Not(orm.Or[Row]()), "Not(Or())", all...)
	e.finds(r, rows.A.In(), "In()")
	e.finds(r, rows.A.NotIn(), "NotIn()", all...)
	e.finds(r, orm.Not(rows.A.In()), "Not(In())", all...)
	e.finds(r, orm.Pred[Row]{}, "the zero Pred", all...)
	e.finds(r, orm.Or(rows.A.Eq(1), rows.A.IsNull()), "Or with NULL", 1, 3)
	e.finds(r, orm.Or(rows.A.Gt(1), rows.B.Eq(20)), "unknown OR true", 2, 3, 4)
	e.finds(r, orm.Not(orm.And(rows.A.Gt(1), rows.B.Eq(30))), "NOT of unknown AND false", 1, 2, 3, 5)
	e.finds(r, orm.And(orm.Or(rows.A.Eq(1), rows.A.Eq(2)), orm.Or(rows.B.Eq(20), rows.B.Eq(30))), "And of Ors", 2, 4)
	e.finds(r, orm.Or(orm.And(rows.A.Eq(1), rows.B.Eq(10)), orm.And(rows.A.Eq(2), orm.Not(rows.B.Eq(30)))), "Or of Ands", 1, 2)
	e.equal(must(r.Where(rows.B.Gte(10), rows.B.Lte(20)).Where(rows.B.Ne(10)).Count(e.ctx)), int64(2), "conditions on one column all stay")
	five := r.Where(rows.ID.Gt(0)).Where(rows.ID.Gt(0)).Where(rows.ID.Gt(0)).Where(rows.ID.Gt(0)).Where(rows.ID.Gt(0)).Where(rows.ID.Eq(3))
	e.equal(must(five.Count(e.ctx)), int64(1), "more conditions than fit inside")
	// a branch leaves its base as it was
	base := r.Where(rows.B.Gte(10))
	_ = base.Where(orm.Or[Row]())
	e.equal(must(base.Count(e.ctx)), int64(4), "the base of a branch")
}

func whereLists(e *env) {
	r := e.sample()
	for _, n := range []int{0, 1, 2, 2101, 70_000} {
		list := make([]int64, n)
		for i := range list {
			list[i] = int64(i + 2) // from 2 on
		}
		want := min(n, 4)
		e.log.reset()
		e.equal(must(r.Where(rows.ID.In(list...)).Count(e.ctx)), int64(want), "In")
		counted(e, r.Where(rows.ID.NotIn(list...)), int64(5-want), "NotIn")
		e.ran(2, "lists of any length")
	}
	words := make([]string, 2101)
	for i := range words {
		words[i] = string(rune('!'+i%90)) + `"'\` + string(rune(0x4e00+i))
	}
	e.equal(must(r.Where(rows.S.In(append(words, "beta", "")...)).Count(e.ctx)), int64(2), "text lists")
	e.equal(must(r.Where(rows.S.In(slices.Repeat([]string{"beta"}, 3)...)).Count(e.ctx)), int64(1), "values named twice")
	e.equal(must(r.Where(r.F("B").In([]int{10, 30})).Count(e.ctx)), int64(2), "a slice by name is spread")
	e.equal(must(r.Where(r.F("A").In(1, nil)).Count(e.ctx)), int64(1), "nil in In matches nothing")
}

func whereNil(e *env) {
	r := e.sample()
	c := r.F("A")
	e.finds(r, c.Eq(nil), "Eq(nil)", 3)
	e.finds(r, c.Ne(nil), "Ne(nil)", 1, 2, 4, 5)
	e.finds(r, c.DistinctFrom(nil), "DistinctFrom(nil)", 1, 2, 4, 5)
	e.finds(r, c.Eq((*int64)(nil)), "Eq of a typed nil", 3)
	for _, p := range []orm.Pred[Row]{c.Gt(nil), c.Lte(nil), c.Between(1, nil), c.NotIn(1, nil)} {
		e.fails(second(r.Where(p).All(e.ctx)), orm.ErrInvalid, "Row", "A")
	}
	e.finds(r, rows.Raw.Eq(nil), "Eq of nil bytes", 3, 5)
}

func whereSQL(e *env) {
	r := e.sample()
	if e.engine.API {
		e.fails(second(r.Where(orm.SQL[Row]("b = 10 OR b = 30")).All(e.ctx)), orm.ErrUnsupported, "Row", "")
		e.fails(second(r.Where(orm.Or(rows.B.Eq(1), orm.SQL[Row]("b = ?", 10))).Count(e.ctx)), orm.ErrUnsupported, "Row", "")
		return
	}
	e.finds(r, orm.SQL[Row]("b % ? = 0 AND id < ?", 20, 4), "arguments in turn", 2, 3)
	e.finds(r, orm.SQL[Row]("b = 10 OR b = 30"), "an OR stays inside", 1, 4)
	e.equal(must(r.Where(orm.SQL[Row]("b = 10 OR b = 30"), rows.ID.Eq(1)).Count(e.ctx)), int64(1), "an OR does not swallow its neighbours")
	e.finds(r, orm.Not(orm.SQL[Row]("b = 10 OR b = ?", 30)), "Not", 2, 3, 5)
	e.finds(r, orm.SQL[Row]("t = 'what?' OR t = ?", "gamma"), "a ? in quotes", 3)
	e.finds(r, orm.And(rows.B.Gte(20), orm.SQL[Row]("a = ?", 2), rows.B.Lte(20)), "between other arguments", 2)
	for _, p := range []orm.Pred[Row]{orm.SQL[Row]("b = ?"), orm.SQL[Row]("b = 1", 2), orm.SQL[Row]("1 = 1) OR (1 = 1"), orm.SQL[Row]("b = 1 -- x"), orm.SQL[Row]("b = 1; DROP TABLE rows"), orm.SQL[Row]("")} {
		e.fails(second(r.Where(p).All(e.ctx)), orm.ErrInvalid, "Row", "")
	}
	e.fails(second(r.Where(orm.SQL[Row]("no_such_column = 1")).All(e.ctx)), orm.ErrInvalid, "Row", "")
}

func wherePointers(e *env) {
	r := e.sample()
	a := orm.F(func(x *Row) **int64 { return &x.A })
	e.finds(r, a.Eq(ptr(int64(2))), "a pointer", 2, 4)
	e.finds(r, a.Eq(nil), "a nil pointer", 3)
	e.finds(r, a.In(ptr(int64(0)), ptr(int64(1))), "pointers in a list", 1, 5)
	e.finds(r, orm.F(func(x *Row) *int64 { return &x.B }).Gt(20), "by address", 4)
	e.fails(second(r.Where(a.NotIn(nil)).All(e.ctx)), orm.ErrInvalid, "Row", "A")
	other := 3
	e.fails(second(r.Where(orm.F(func(*Row) *int { return &other }).Eq(1)).All(e.ctx)), orm.ErrInvalid, "Row", "")
	e.fails(second(r.Where(orm.Col[Row, int64]{}.Eq(1)).All(e.ctx)), orm.ErrInvalid, "Row", "")
}

func whereLarge(e *env) {
	r := e.sample()
	many := make([]orm.Pred[Row], 10_001)
	for i := range many {
		many[i] = rows.B.Eq(int64(i))
	}
	e.fails(second(r.Where(orm.Or(many...)).All(e.ctx)), orm.ErrLimit, "Row", "")
	e.fails(second(r.Where(many...).Count(e.ctx)), orm.ErrLimit, "Row", "")
	deep := rows.B.Eq(10)
	for range 200 {
		deep = orm.Not(orm.Not(deep))
	}
	e.fails(second(r.Where(deep).All(e.ctx)), orm.ErrLimit, "Row", "")
	e.fails(second(r.Where(deep).UpdateMany(e.ctx, rows.B.Set(1))), orm.ErrLimit, "Row", "")
	wide := many[:900]
	e.equal(must(r.Where(orm.Or(wide...)).Count(e.ctx)), int64(5), "900 predicates are fine")
	nested := rows.B.Eq(10)
	for i := range 90 {
		if i%2 == 0 {
			nested = orm.And(nested, rows.B.Lt(1000))
		} else {
			nested = orm.Or(nested, rows.B.Gt(1000))
		}
	}
	counted(e, r.Where(nested), 1, "90 levels are fine")
}
