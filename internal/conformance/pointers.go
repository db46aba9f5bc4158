package conformance

import (
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/multi-orm/orm"
)

type (
	// Basis is embedded by pointer and by value.
	Basis struct {
		ID      int64     `orm:"id,auto"`
		UID     string    `orm:"uid,default=uuid"`
		Made    time.Time `orm:"made,default=now"`
		Changed time.Time `orm:"changed,update=now"`
		Title   string    `orm:"title" validate:"required,max=20"`
		Note    *string   `orm:"note"`
		Tags    []string  `orm:"tags"`
	}
	// Details embed a pointer themselves.
	Details struct {
		Colour string
		*Weight
	}
	// Weight is embedded two pointers deep.
	Weight struct {
		Grams   int64 `validate:"min=0"`
		Version int64 `orm:"version,version"`
	}
	// Pointed embeds by pointer.
	Pointed struct {
		*Basis
		Code string `orm:"code,unique"`
		Home *Spot  `orm:"prefix=home_"`
		*Details
		UpID  *int64
		Below []Pointed `orm:"relation=id:up_id"`
		Up    *Pointed  `orm:"relation=up_id:id"`
	}
	// Valued has the columns of Pointed, embedded by value.
	Valued struct {
		Basis
		Code   string `orm:"code,unique"`
		Home   Spot   `orm:"prefix=home_"`
		Colour string
		Weight
		UpID  *int64
		Below []Valued `orm:"relation=id:up_id"`
		Up    *Valued  `orm:"relation=up_id:id"`
	}
)

var pointed = orm.Bind[Pointed, struct {
	ID      orm.Col[Pointed, int64]
	Title   orm.Text[Pointed]
	Note    orm.Text[Pointed]
	Code    orm.Text[Pointed]
	Colour  orm.Text[Pointed]
	Grams   orm.Col[Pointed, int64]
	Changed orm.Col[Pointed, time.Time]
	UpID    orm.Col[Pointed, int64]
	Below   orm.Many[Pointed, Pointed]
	Up      orm.One[Pointed, Pointed]
}]()

var valued = orm.Bind[Valued, struct {
	ID    orm.Col[Valued, int64]
	Title orm.Text[Valued]
	Code  orm.Text[Valued]
	Grams orm.Col[Valued, int64]
	Below orm.Many[Valued, Valued]
}]()

var pointerReadCases = []testCase{
	{"pointers/read", "structs embedded by pointer are made where a column of theirs is read, and nowhere else", pointersRead},
	{"pointers/included", "related rows and columns read for the library only", pointersIncluded},
}

var pointerCases = []testCase{
	{"pointers/into", "Into, Raw and Aggregate fill structs that embed by pointer", pointersInto},
	{"pointers/write", "a nil pointer is written as a zero struct, and what is made is found in it", pointersWrite},
	{"pointers/hooks", "hooks, rules and methods meet a zero struct where the caller gave none", pointersHooks},
	{"pointers/taken back", "a call that fails gives back what the pointers point at", pointersTakenBack},
	{"pointers/shared", "rows of one write do not share an embedded struct", pointersShared},
	{"pointers/equal", "random writes leave equal rows, embedded by pointer or by value", pointersEqual},
}

func pointedRows() []Pointed {
	return []Pointed{
		{Basis: &Basis{Title: "one", Note: ptr("n"), Tags: []string{"a"}}, Code: "1", Home: &Spot{City: "Oslo"}, Details: &Details{Colour: "red", Weight: &Weight{Grams: 5}}},
		{Basis: &Basis{Title: "two"}, Code: "2", UpID: ptr(int64(1))},
		{Basis: &Basis{Title: "three"}, Code: "3", UpID: ptr(int64(1)), Details: &Details{Colour: "blue"}},
	}
}

func pointersRead(e *env) {
	r := orm.Repo[Pointed](e.open(Pointed{}))
	for _, row := range pointedRows() {
		ok(r.Create(e.ctx, &row))
	}
	all := must(r.OrderBy(pointed.ID.Asc()).All(e.ctx))
	if len(all) != 3 {
		e.Fatalf("%d rows", len(all))
	}
	one, two := all[0], all[1]
	if one.ID != 1 || one.UID == "" || one.Title != "one" || *one.Note != "n" || one.Home.City != "Oslo" || one.Home.Zip != nil || one.Colour != "red" || one.Grams != 5 {
		e.Errorf("%+v %+v %+v", one.Basis, one.Home, one.Details)
	}
	if two.Home == nil || two.Details == nil || two.Weight == nil || two.Note != nil || two.Basis == one.Basis || two.Home == one.Home {
		e.Errorf("%+v %+v %+v", two.Basis, two.Home, two.Details)
	}
	few := must(r.Select(pointed.Code, pointed.Note).Where(pointed.Grams.Eq(0)).OrderBy(pointed.Title.Asc()).All(e.ctx))
	if len(few) != 2 || few[0].Code != "3" || few[0].Basis == nil || few[0].Note != nil || few[0].Details != nil || few[0].Home != nil {
		e.Errorf("%+v", few)
	}
	bare := must(r.Select(pointed.Code).Where(pointed.Colour.Eq("red")).All(e.ctx))
	if len(bare) != 1 || !cmp.Equal(bare[0], Pointed{Code: "1"}) {
		e.Errorf("%+v", bare)
	}
	inline := orm.F(func(p *Pointed) *string { return &p.Title })
	grams := orm.F(func(p *Pointed) *int64 { return &p.Grams })
	city := orm.F(func(p *Pointed) *string { return &p.Home.City })
	e.equal(must(r.Where(inline.Eq("one"), grams.Gt(4), city.Eq("Oslo")).Count(e.ctx)), int64(1), "F through pointers")
	e.equal(must(r.Where(r.F("Title").Eq("two")).Count(e.ctx)), int64(1), "by name")
	var streamed []Pointed
	for row, err := range r.OrderBy(pointed.ID.Asc()).Rows(e.ctx) {
		ok(err)
		streamed = append(streamed, row)
	}
	e.equal(streamed, all, "a stream")
	var paged []Pointed
	for cursor := ""; ; {
		p := must(r.OrderBy(pointed.Title.Desc()).Take(1).Page(e.ctx, cursor))
		paged = append(paged, p.Rows...)
		if cursor = p.Next; cursor == "" {
			break
		}
	}
	e.equal(pick(paged, func(p Pointed) string { return p.Title }), []string{"two", "three", "one"}, "pages sorted below a pointer")
	byCode := must(r.Select(pointed.Code).OrderBy(pointed.Title.Desc()).Take(2).Page(e.ctx, ""))
	e.equal(byCode.Rows, []Pointed{{Code: "2"}, {Code: "3"}}, "what only the cursor needs is not shown")
}

func pointersIncluded(e *env) {
	r := orm.Repo[Pointed](e.open(Pointed{}))
	for _, row := range pointedRows() {
		ok(r.Create(e.ctx, &row))
	}
	tops := must(r.Where(pointed.UpID.IsNull()).With(pointed.Below.OrderBy(pointed.ID.Asc())).All(e.ctx))
	if len(tops) != 1 || len(tops[0].Below) != 2 || tops[0].Below[1].Title != "three" || tops[0].Below[0].Basis == tops[0].Below[1].Basis {
		e.Errorf("%+v", tops)
	}
	few := must(r.Select(pointed.Code).With(pointed.Below.Select(pointed.Code).OrderBy(pointed.ID.Asc())).Where(pointed.UpID.IsNull()).All(e.ctx))
	e.equal(few, []Pointed{{Code: "1", Below: []Pointed{{Code: "2"}, {Code: "3"}}}}, "keys that only the include needs are not shown")
	for _, how := range []orm.Strategy{orm.Lookup, orm.Join} {
		if how == orm.Join && e.engine.API {
			continue
		}
		ups := must(r.With(pointed.Up.Strategy(how)).OrderBy(pointed.ID.Asc()).All(e.ctx))
		if len(ups) != 3 || ups[0].Up != nil || ups[1].Up.Title != "one" || ups[2].Up.Grams != 5 || ups[1].Up.Basis == ups[2].Up.Basis {
			e.Errorf("%v: %+v", how, ups)
		}
	}
	e.equal(must(r.Where(pointed.Below.Some(pointed.Colour.Eq("blue"))).Count(e.ctx)), int64(1), "a relation filter below pointers")
}

func pointersInto(e *env) {
	if e.engine.API {
		return
	}
	db := e.open(Pointed{})
	r := orm.Repo[Pointed](db)
	for _, row := range pointedRows() {
		ok(r.Create(e.ctx, &row))
	}
	cards := must(orm.Into[pointedCard](r.OrderBy(pointed.ID.Asc())).All(e.ctx))
	e.equal(cards, []pointedCard{
		{CardPart: &CardPart{Title: "one", Grams: 5}, Code: "1", Below: []codeCard{{"2"}, {"3"}}},
		{CardPart: &CardPart{Title: "two"}, Code: "2", Below: []codeCard{}}, {CardPart: &CardPart{Title: "three"}, Code: "3", Below: []codeCard{}},
	}, "Into", cmpopts.SortSlices(func(a, b codeCard) bool { return a.Code < b.Code }))
	raw := must(orm.Raw[rawPart](e.ctx, db.Source("main"), "SELECT code, title, grams FROM pointeds ORDER BY id"))
	e.equal(raw[0], rawPart{CardPart: &CardPart{Title: "one", Grams: 5}, Code: "1"}, "Raw")
	sums := must(orm.Aggregate[gramsOf](e.ctx, r.Query()))
	e.equal(sums, []gramsOf{{"", &GramSum{1, 0}}, {"blue", &GramSum{1, 0}}, {"red", &GramSum{1, 5}}}, "Aggregate")
}

type (
	// CardPart is what a card embeds.
	CardPart struct {
		Title string
		Grams int64
	}
	pointedCard struct {
		*CardPart
		Code  string
		Below []codeCard
	}
	codeCard struct{ Code string }
	rawPart  struct {
		*CardPart
		Code string
	}
	gramsOf struct {
		Colour string
		*GramSum
	}
	// GramSum is the aggregated part of a result.
	GramSum struct {
		N   int64 `agg:"count(*)"`
		Sum int64 `agg:"sum(Grams)"`
	}
)
