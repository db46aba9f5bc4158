package conformance

import (
	"strings"
	"sync"

	"pgregory.net/rapid"

	"github.com/multi-orm/orm"
)

var fulltextCases = []testCase{
	{"fulltext/words", "words, phrases, exclusions and alternatives over several columns", fulltextWords},
	{"fulltext/rank", "the best match first", fulltextRank},
	{"fulltext/index", "the index may be made twice, and keeps in step with writes", fulltextIndex},
	{"fulltext/stems", "a language's stems", fulltextStems},
	{"fulltext/relation", "a search inside relation filters, includes, counts and sub-selects", fulltextRelation},
	{"fulltext/any text", "no text is a syntax error", fulltextAnyText},
	{"fulltext/bad", "searches that cannot be are refused", fulltextBad},
}

var noteSearch = orm.FullText("simple", notes.Title, notes.Body)

func (e *env) archive() (orm.DB, orm.Repo[Note]) {
	db := e.market()
	ok(orm.CreateFullTextIndex(e.ctx, db, noteSearch))
	return db, orm.Repo[Note](db)
}

func noteIDs(xs []Note) []int64 { return pick(xs, func(x Note) int64 { return x.ID }) }

func fulltextWords(e *env) {
	_, r := e.archive()
	for text, want := range map[string][]int64{
		"shoes": {1, 2, 3}, "RED shoes": {1, 3}, "shoes red": {1, 3}, `"red shoes"`: {1}, `"shoes red"`: {}, "shoes -red": {2}, `shoes -"red shoes"`: {2, 3},
		"hat or blue": {2, 3}, "blue OR running rain": {1, 2}, "shoes -red -blue": {}, "-red": {}, "": {}, "   ": {}, "or": {}, "or or or": {}, `"`: {}, `"red shoes`: {1},
		"-": {}, "- -": {}, "!!! ???": {}, "red !!!": {1, 3}, "runn": {}, "NEAR(red shoes)": {}, "red AND shoes": {}, "title:red": {}, "red*": {1, 3}, "(red": {1, 3}, "^red": {1, 3},
		"red'; DROP TABLE note; --": {}, "--red shoes": {2}, `red"shoes"`: {1, 3}, "red\nshoes": {1, 3}, "hat or -red": {3}, "red -": {1, 3},
	} {
		got := must(r.Where(noteSearch.Matches(text)).OrderBy(notes.ID.Asc()).All(e.ctx))
		e.equal(noteIDs(got), want, text)
	}
	e.equal(must(r.Where(orm.Not(noteSearch.Matches("red"))).Count(e.ctx)), int64(1), "negated")
	e.equal(must(r.Where(orm.Or(noteSearch.Matches("hat"), notes.ID.Eq(2)), notes.ID.Lt(9)).Count(e.ctx)), int64(2), "beside other conditions")
	one := orm.FullText("simple", notes.Title)
	ok(orm.CreateFullTextIndex(e.ctx, r.DB(), one))
	e.equal(must(r.Where(one.Matches("shoes")).Count(e.ctx)), int64(2), "one column")
}

func fulltextRank(e *env) {
	_, r := e.archive()
	must(r.CreateMany(e.ctx, []Note{{WareID: 1, Title: "rain", Body: ptr("rain rain rain rain")}, {WareID: 1, Title: "one drop of rain in a long text", Body: ptr("that speaks of many other things and only once of the weather")}}))
	got := must(r.Where(noteSearch.Matches("rain")).OrderBy(noteSearch.Rank("rain").Desc(), notes.ID.Asc()).All(e.ctx))
	e.equal(noteIDs(got), []int64{4, 1, 5}, "the best first")
	got = must(r.OrderBy(noteSearch.Rank("hat").Desc(), notes.ID.Desc()).Take(2).All(e.ctx))
	e.equal(noteIDs(got), []int64{3, 5}, "rows that do not match come last")
	e.equal(must(r.Where(noteSearch.Rank("rain").Gt(0)).Count(e.ctx)), int64(3), "compared")
	e.equal(must(r.Where(noteSearch.Rank("nothing").Eq(0)).Count(e.ctx)), int64(5), "no match is 0")
}

func fulltextIndex(e *env) {
	db, r := e.archive()
	ok(orm.CreateFullTextIndex(e.ctx, db, noteSearch))
	count := func(text string) int64 { return must(r.Where(noteSearch.Matches(text)).Count(e.ctx)) }
	n := Note{WareID: 2, Title: "Green gloves"}
	ok(r.Create(e.ctx, &n))
	e.equal(count("gloves"), int64(1), "created")
	must(r.ByID(n.ID).Update(e.ctx, notes.Title.Set("Green mittens")))
	e.equal([]int64{count("gloves"), count("mittens")}, []int64{0, 1}, "changed")
	must(r.ByID(n.ID).Update(e.ctx, notes.Body.Set("or gloves")))
	e.equal(count("gloves mittens"), int64(1), "the other column changed")
	must(r.ByID(n.ID).Delete(e.ctx))
	e.equal([]int64{count("gloves"), count("mittens"), count("shoes")}, []int64{0, 0, 3}, "deleted")
	err := db.Tx(e.ctx, func(tx orm.DB) error {
		ok(orm.Repo[Note](tx).Create(e.ctx, &Note{WareID: 1, Title: "Undone"}))
		return orm.ErrInvalid
	})
	e.fails(wrapped(err), orm.ErrInvalid, "", "")
	e.equal(count("undone"), int64(0), "rolled back")
	text := must(orm.FullTextSchema(db, noteSearch))
	e.says(plan{text}, "note", "title", "body")
	var group sync.WaitGroup
	errs := make([]error, 4)
	other := orm.FullText("english", notes.Body)
	for i := range errs {
		group.Go(func() { errs[i] = orm.CreateFullTextIndex(e.ctx, db, other) })
	}
	group.Wait()
	for _, err := range errs {
		ok(err)
	}
}

func wrapped(err error) error { return &orm.Error{Err: err} }

func fulltextStems(e *env) {
	db := e.market()
	english := orm.FullText("english", notes.Title, notes.Body)
	ok(orm.CreateFullTextIndex(e.ctx, db, english))
	r := orm.Repo[Note](db)
	e.equal(noteIDs(must(r.Where(english.Matches("run shoe")).All(e.ctx))), []int64{1}, "stems")
	e.equal(noteIDs(must(r.Where(english.Matches("include")).All(e.ctx))), []int64{3}, "stems")
}

func fulltextRelation(e *env) {
	db, r := e.archive()
	w := orm.Repo[Ware](db)
	red := noteSearch.Matches("red")
	e.equal(wareIDs(must(w.Where(wares.Notes.Some(red)).OrderBy(wares.ID.Asc()).All(e.ctx))), []int64{1, 4}, "relation filter")
	e.equal(wareIDs(must(w.Where(wares.Notes.Count(red).Eq(1)).OrderBy(wares.ID.Asc()).All(e.ctx))), []int64{1, 4}, "count")
	e.equal(wareIDs(must(w.Where(wares.ID.InQuery(orm.Values(r.Where(red).OrderBy(noteSearch.Rank("red").Desc()).Take(5), notes.WareID))).OrderBy(wares.ID.Asc()).All(e.ctx))), []int64{1, 4}, "sub-select")
	got := must(w.With(wares.Notes.Where(red).OrderBy(noteSearch.Rank("red").Desc(), notes.ID.Asc()).Take(3)).OrderBy(wares.ID.Asc()).All(e.ctx))
	e.equal(pick(got, func(x Ware) []int64 { return noteIDs(x.Notes) }), [][]int64{{1}, {}, {}, {3}, {}}, "include")
	e.equal(must(r.Where(red, noteSearch.Matches("hat")).UpdateMany(e.ctx, notes.Title.Set("Blue hat"))), int64(1), "an update that changes what it looks for")
	e.equal(must(r.Where(noteSearch.Matches("blue")).DeleteMany(e.ctx)), int64(2), "a delete")
}

func fulltextAnyText(e *env) {
	_, r := e.archive()
	piece := rapid.OneOf(rapid.SampledFrom([]string{`"`, "'", "-", "or", "OR", "AND", "NOT", "NEAR(", "(", ")", "*", "^", ":", "+", "{", "}", "\\", ";", "--", "&", "|", "!", "<->", "red", "shoes", " ", "\t", "%", "title:", "ß", "漢字", "🙂", "1.5", "a@b.c", "\u00a0", "\u2003", "é", "̈", "٣"}), rapid.String())
	rapid.Check(e.T, func(t *rapid.T) {
		text := strings.ToValidUTF8(strings.ReplaceAll(strings.Join(rapid.SliceOfN(piece, 0, 12).Draw(t, "text"), rapid.SampledFrom([]string{"", " "}).Draw(t, "between")), "\x00", ""), "")
		if _, err := r.Where(noteSearch.Matches(text)).OrderBy(noteSearch.Rank(text).Desc()).All(e.ctx); err != nil {
			t.Fatalf("%q: %v", text, err)
		}
	})
}

func fulltextBad(e *env) {
	_, r := e.archive()
	e.fails(second(r.Where(orm.FullText("englsh", notes.Title).Matches("x")).All(e.ctx)), orm.ErrInvalid, "Note", "")
	e.says(second(r.Where(orm.FullText("englsh", notes.Title).Matches("x")).All(e.ctx)), "english")
	e.fails(second(r.Where(orm.FullText("english'; DROP TABLE note; --", notes.Title).Matches("x")).All(e.ctx)), orm.ErrInvalid, "Note", "")
	e.fails(second(r.Where(orm.FullText("english", notes.ID).Matches("x")).All(e.ctx)), orm.ErrInvalid, "Note", "ID")
	e.fails(second(r.Where(orm.FullText[Note]("english").Matches("x")).All(e.ctx)), orm.ErrInvalid, "Note", "")
	e.fails(second(r.OrderBy(orm.FullText[Note]("english").Rank("x").Desc()).All(e.ctx)), orm.ErrInvalid, "Note", "")
	e.fails(second(r.Where(orm.Search[Note]{}.Matches("x")).All(e.ctx)), orm.ErrInvalid, "", "")
	e.fails(orm.CreateFullTextIndex(e.ctx, r.DB(), orm.Search[Note]{}), orm.ErrInvalid, "", "")
	e.fails(second(r.Where(noteSearch.Matches(strings.Repeat("a ", 101))).All(e.ctx)), orm.ErrLimit, "Note", "")
	e.equal(must(r.Where(noteSearch.Matches(strings.Repeat("a or ", 99)+"red")).Count(e.ctx)), int64(2), "a hundred words")
	e.fails(second(r.Where(noteSearch.Matches("a\x00b")).All(e.ctx)), orm.ErrInvalid, "Note", "Title")
	e.fails(second(r.Where(noteSearch.Matches("a\xffb")).All(e.ctx)), orm.ErrInvalid, "Note", "Title")
	if e.engine.Name != "postgres" {
		e.fails(second(r.Where(orm.FullText("german", notes.Title).Matches("x")).All(e.ctx)), orm.ErrUnsupported, "Note", "")
		e.fails(orm.CreateFullTextIndex(e.ctx, r.DB(), orm.FullText("german", notes.Title)), orm.ErrUnsupported, "Note", "")
	}
}
