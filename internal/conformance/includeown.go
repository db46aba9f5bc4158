package conformance

import (
	"errors"
	"fmt"
	"math"

	"github.com/multi-orm/orm"
)

var includeOwnCases = []testCase{
	{"include/own", "what two parents share is there twice: changing one changes no other, by lookup and by join", includeOwn},
	{"include/toodeep", "best effort goes without what is too deep, and tells of it; else it is ErrLimit", includeTooDeep},
	{"include/extremes", "Skip and Take of a branch at the ends of their range", includeExtremes},
}

func includeOwn(e *env) {
	db := e.library(orm.Limits{MaxIncludeDepth: 6})
	strategies := map[string]orm.Strategy{"lookup": orm.Lookup}
	if !e.engine.API {
		strategies["join"] = orm.Join
	}
	for name, s := range strategies {
		q := orm.Repo[Book](db).OrderBy(books.ID.Asc()).With(books.Author.Strategy(s).With(people.Written.OrderBy(books.ID.Asc()), people.Clubs))
		rows := must(q.All(e.ctx))
		a, b := rows[0].Author, rows[1].Author
		if a == b {
			e.Errorf("%s: two books point at one author", name)
		}
		e.equal(*a, *b, name+": the copies are equal")
		a.Name, a.Written[0].Title, *a.Written[0].Stars, a.Clubs[0].Name = "changed", "changed", -1, "changed"
		if a.Written[1].EditorID != nil {
			*a.Written[1].EditorID = -1
		}
		if b.Name != "Ann" || b.Written[0].Title != "a" || *b.Written[0].Stars != 5 || b.Clubs[0].Name == "changed" || *b.Written[1].EditorID != 3 {
			e.Errorf("%s: a change of one book's author shows in another's: %+v", name, *b)
		}
	}
	// parents whose key is no key of their table: both have all the children
	many := must(orm.Repo[Book](db).OrderBy(books.ID.Asc()).With(books.Author.With(people.Staff)).All(e.ctx))
	e.equal(len(many[0].Author.Staff), 2, "of the first")
	many[0].Author.Staff[0].Name = "changed"
	e.equal(many[1].Author.Staff[0].Name == "changed", false, "a row behind a slice")
}

func includeExtremes(e *env) {
	db := e.library(orm.Limits{MaxFanOut: math.MaxInt, PostFilterRows: math.MaxInt})
	q := orm.Repo[Person](db).OrderBy(people.ID.Asc())
	ends := []int{0, 1, 2, 3, math.MaxInt32, math.MaxInt - 1, math.MaxInt}
	for _, skip := range ends {
		for _, take := range ends {
			want := []string{"a", "b", "c"}
			want = want[min(skip, 3):]
			want = want[:min(take, len(want))]
			about := fmt.Sprintf("skip %d take %d", skip, take)
			got := must(q.With(people.Written.OrderBy(books.ID.Asc()).Skip(skip).Take(take)).All(e.ctx))
			e.equal(titles(got[0].Written), append([]string{}, want...), about)
			best := must(q.With(people.Written.OrderBy(books.ID.Asc()).Skip(skip).Take(take)).BestEffort(new([]orm.Issue)).All(e.ctx))
			e.equal(titles(best[0].Written), append([]string{}, want...), about+", best effort")
			root := must(orm.Repo[Book](db).Where(books.AuthorID.Eq(1)).OrderBy(books.ID.Asc()).Skip(skip).Take(take).All(e.ctx))
			e.equal(titles(root), append([]string{}, want...), about+", of the query")
		}
	}
}

func includeTooDeep(e *env) {
	db := e.library(orm.Limits{MaxIncludeDepth: 1})
	q := orm.Repo[Person](db).OrderBy(people.ID.Asc()).With(people.Written.OrderBy(books.ID.Asc()).With(books.Chapters.With(chapters.Book)))
	e.fails(second(q.All(e.ctx)), orm.ErrLimit, "Book", "Chapters")
	var issues []orm.Issue
	rows := must(q.BestEffort(&issues).All(e.ctx))
	stream := func() (out []Person) {
		for p, err := range q.BestEffort(&issues).Rows(e.ctx) {
			ok(err)
			out = append(out, p)
		}
		return out
	}
	for _, got := range [][]Person{rows, stream()} {
		e.equal(titles(got[0].Written), []string{"a", "b", "c"}, "what is not too deep")
		e.equal(got[0].Written[0].Chapters == nil, true, "what is too deep is not shown as none")
	}
	if len(issues) != 1 || issues[0].Path != "Written.Chapters" || issues[0].Model != "Chapter" || !errors.Is(issues[0].Cause, orm.ErrLimit) {
		e.Errorf("issues %+v", issues)
	}
}
