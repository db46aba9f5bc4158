package conformance

import (
	"strings"

	"github.com/multi-orm/orm"
)

var textCases = []testCase{
	{"text/operators", "Contains, StartsWith, EndsWith and Like, with NULL and case", textOperators},
	{"text/escapes", "no character of a value is a wildcard", textEscapes},
	{"text/like", "Like has %, _ and the escape \\", textLike},
	{"text/fold", "Fold ignores case before every operator and in orders", textFold},
}

func textOperators(e *env) {
	r := e.sample()
	e.finds(r, rows.S.Contains("et"), "Contains", 2, 5)
	e.finds(r, orm.Not(rows.S.Contains("et")), "Not Contains", 1, 4)
	e.finds(r, rows.S.StartsWith("b"), "StartsWith heeds case", 2)
	e.finds(r, rows.S.EndsWith("a"), "EndsWith", 1, 2, 5)
	e.finds(r, rows.S.Contains(""), "the empty text is in every text", 1, 2, 4, 5)
	e.finds(r, rows.T.StartsWith("alpha"), "case", 2)
	e.finds(r, r.F("T").EndsWith("pha"), "by name", 1, 2)
	e.fails(second(r.Where(r.F("B").Contains("1")).All(e.ctx)), orm.ErrInvalid, "Row", "B")
	e.fails(second(r.Where(rows.T.Contains("se\x00cret")).All(e.ctx)), orm.ErrInvalid, "Row", "T", "cret")
}

func textEscapes(e *env) {
	db := e.open(Plain{})
	r := orm.Repo[Plain](db)
	values := []string{"50%_[x", "50 or more", `back\slash`, "star*", "star!", "what?", "whats", "[a]", "a", "50%_[", `\`, `\\`, "%", "_", "é%", "]", "[", "^", "-", "a-z", "'", `"`, "$1", "?1"}
	for _, v := range values {
		ok(r.Create(e.ctx, &Plain{Name: v}))
	}
	for _, v := range append(values, "%_", "*", "?", "[x", `\s`, "star", "[!a]", "[^a]", "[a-z]") {
		count := func(f func(s, part string) bool) (n int64) {
			for _, have := range values {
				if f(have, v) {
					n++
				}
			}
			return n
		}
		e.equal(must(r.Where(plains.Name.Contains(v)).Count(e.ctx)), count(strings.Contains), "Contains "+v)
		e.equal(must(r.Where(plains.Name.StartsWith(v)).Count(e.ctx)), count(strings.HasPrefix), "StartsWith "+v)
		e.equal(must(r.Where(plains.Name.EndsWith(v)).Count(e.ctx)), count(strings.HasSuffix), "EndsWith "+v)
		e.equal(must(r.Where(plains.Name.Eq(v)).Count(e.ctx)), count(func(a, b string) bool { return a == b }), "Eq "+v)
		e.equal(must(r.Where(plains.Name.Fold().Contains(upper(v))).Count(e.ctx)), count(strings.Contains), "Fold Contains "+v)
	}
}

func textLike(e *env) {
	db := e.open(Plain{})
	r := orm.Repo[Plain](db)
	for _, v := range []string{"abc", "ABC", "a%c", "a_c", `a\c`, "a*c", "ac", "aé漢c"} {
		ok(r.Create(e.ctx, &Plain{Name: v}))
	}
	for _, c := range []struct {
		pattern string
		want    int64
	}{{"a%c", 7}, {"a_c", 5}, {`a\%c`, 1}, {`a\_c`, 1}, {`a\\c`, 1}, {"a*c", 1}, {"abc", 1}, {"%", 8}, {"", 0}, {"a__c", 1}, {"[a]bc", 0}, {`a\bc`, 1}, {"%B%", 1}} {
		e.equal(must(r.Where(plains.Name.Like(c.pattern)).Count(e.ctx)), c.want, "Like "+c.pattern)
	}
	n, err := r.Where(plains.Name.Like(`abc\`)).Count(e.ctx)
	if err != nil || n != 0 {
		e.Errorf("a pattern that ends in its escape: %d, %v", n, err)
	}
}

func textFold(e *env) {
	r := e.sample()
	e.finds(r, rows.S.Fold().Eq("BETA"), "Eq", 2, 5)
	e.finds(r, rows.S.Fold().Ne("BETA"), "Ne", 1, 4)
	e.finds(r, rows.S.Fold().In("ALPHA", "beta"), "In", 1, 2, 5)
	e.finds(r, rows.S.Fold().NotIn("ALPHA", "beta"), "NotIn", 4)
	e.finds(r, rows.S.Fold().Contains("ET"), "Contains", 2, 5)
	e.finds(r, rows.S.Fold().StartsWith("B"), "StartsWith", 2, 5)
	e.finds(r, rows.S.Fold().EndsWith("HA"), "EndsWith", 1)
	e.finds(r, rows.S.Fold().Like("b_t%"), "Like", 2, 5)
	e.finds(r, rows.S.Fold().Between("B", "C"), "Between", 2, 5)
	e.finds(r, rows.S.Fold().DistinctFrom("BETA"), "DistinctFrom", 1, 3, 4)
	e.finds(r, rows.S.Fold().IsNull(), "IsNull", 3)
	e.finds(r, r.F("T").Fold().Eq("ALPHA"), "by name", 1, 2)
	e.fails(second(r.Where(r.F("B").Fold().Eq(1)).All(e.ctx)), orm.ErrInvalid, "Row", "B")
	got, err := r.Where(rows.ID.In(1, 2, 5)).OrderBy(rows.T.Fold().Desc(), rows.ID.Desc()).All(e.ctx)
	if e.refused(err, "order") {
		return
	}
	e.equal(pick(must(got, err), func(x Row) int64 { return x.ID }), []int64{5, 2, 1}, "order")
}

// upper is for ASCII letters only: those fold on every source.
func upper(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			return r - 'a' + 'A'
		}
		return r
	}, s)
}
