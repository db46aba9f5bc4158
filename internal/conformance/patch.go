package conformance

import (
	"encoding/json"

	"github.com/multi-orm/orm"
)

var patchCases = []testCase{
	{"patch/presence", "absent leaves alone, null empties, a value is written; from JSON as well", patchPresence},
	{"patch/refused", "read-only fields, keys, unknown names, wrong types, NULL where there is none, and no patch at all", patchRefused},
	{"assign/computed", "Mul, SetFrom and SetSQL are computed by the database and tell near statements apart", assignComputed},
	{"assign/refused", "what cannot be computed safely is refused", assignRefused},
}

type paperPatch struct {
	Hits  orm.Opt[int]     `json:"hits,omitzero"`
	Note  orm.Opt[string]  `json:"note,omitzero"`
	Score orm.Opt[float64] `json:"score,omitzero"`
	Open  orm.Opt[bool]    `json:"open,omitzero"`
	Word  orm.Opt[string]  `json:"kind,omitzero" orm:"Kind"`
	Local string           `orm:"-"`
}

func patchPresence(e *env) {
	r := e.papers(1)
	was := must(r.ByID(1).One(e.ctx))
	var p paperPatch
	ok(json.Unmarshal([]byte(`{"hits": 0, "note": null, "open": false, "kind": "letter"}`), &p))
	now := must(r.ByID(1).Update(e.ctx, orm.PatchOf[Paper](&p)...))
	was.Hits, was.Note, was.Open, was.Kind, was.Version, was.Updated = 0, nil, false, "letter", 1, now.Updated
	e.equal(now, was, "what was said, and nothing else")
	e.equal(*must(r.ByID(1).Update(e.ctx, orm.PatchOf[Paper](paperPatch{Note: orm.Value("")})...)).Note, "", "empty is not null")
	back := paperPatch{}
	ok(json.Unmarshal(must(json.Marshal(paperPatch{Hits: orm.Value(7), Note: orm.Null[string]()})), &back))
	e.equal([]bool{back.Hits == orm.Value(7), back.Note.IsNull(), back.Score.IsZero()}, []bool{true, true, true}, "there and back")
}

func patchRefused(e *env) {
	r := e.papers(1)
	update := func(patch any) error { return second(r.ByID(1).Update(e.ctx, orm.PatchOf[Paper](patch)...)) }
	e.fails(update(struct{ Seal orm.Opt[string] }{orm.Value("x")}), orm.ErrInvalid, "Paper", "Seal")
	e.fails(update(struct{ Maker orm.Opt[string] }{orm.Value("x")}), orm.ErrInvalid, "Paper", "Maker")
	e.fails(update(struct{ ID orm.Opt[int64] }{orm.Value(int64(2))}), orm.ErrInvalid, "Paper", "ID")
	e.fails(update(struct{ Code orm.Opt[string] }{orm.Null[string]()}), orm.ErrInvalid, "Paper", "Code")
	e.fails(update(struct{ Hits orm.Opt[string] }{orm.Value("12")}), orm.ErrInvalid, "Paper", "Hits", "12")
	e.fails(update(struct{ Kind orm.Opt[string] }{orm.Value("secret")}), orm.ErrInvalid, "Paper", "Kind", "secret")
	wrong := update(struct{ Hist orm.Opt[int] }{})
	e.fails(wrong, orm.ErrInvalid, "Paper", "Hist")
	e.says(wrong, "Hits")
	e.fails(update(struct{ Hits int }{3}), orm.ErrInvalid, "Paper", "Hits")
	e.fails(update(struct{ hits orm.Opt[int] }{orm.Value(3)}), orm.ErrInvalid, "Paper", "hits")
	e.fails(update(nil), orm.ErrInvalid, "Paper", "")
	e.fails(update((*paperPatch)(nil)), orm.ErrInvalid, "Paper", "")
	e.fails(update(5), orm.ErrInvalid, "Paper", "")
	e.equal(must(r.ByID(1).Update(e.ctx, orm.PatchOf[Paper](paperPatch{})...)), must(r.ByID(1).One(e.ctx)), "an empty patch reads the row")
	e.fails(second(r.ByID(9).Update(e.ctx, orm.PatchOf[Paper](paperPatch{})...)), orm.ErrNotFound, "Paper", "")
	e.equal(must(r.ByID(1).One(e.ctx)).Version, 0, "nothing was written")
}

func assignComputed(e *env) {
	r := e.papers(3)
	p := must(r.ByID(3).Update(e.ctx, papers.Hits.Mul(21), papers.Score.Mul(2)))
	e.equal([]any{p.Hits, *p.Score}, []any{int64(42), 3.0}, "products")
	p = must(r.ByID(3).Update(e.ctx, papers.Shelf.SetFrom(papers.Code)))
	e.equal(p.Shelf, p.Code, "copied")
	e.equal(must(r.ByID(2).Update(e.ctx, papers.Code.SetFrom(papers.Shelf))).Code, paper(2).Shelf, "another column")
	p = must(r.ByID(3).Update(e.ctx, orm.SetSQL(papers.Hits, "hits * ? + ?", 2, 1), papers.Note.Set("x"), orm.SetSQL(papers.Slot, "slot - 1")))
	e.equal([]any{p.Hits, *p.Note, p.Slot}, []any{int64(85), "x", 2}, "text, in its place among the others")
	p = must(r.ByID(3).Update(e.ctx, orm.SetSQL(papers.Hits, "hits * ? - ?", 2, 1)))
	e.equal(p.Hits, int64(169), "another text")
	e.equal(must(r.Where(papers.ID.Lte(2)).UpdateMany(e.ctx, orm.SetSQL(papers.Hits, "coalesce(hits, 0) + ?", 5))), int64(2), "many")
	e.equal(must(r.ByID(1).One(e.ctx)).Hits, int64(5), "many")
}

func assignRefused(e *env) {
	r := e.papers(1)
	update := func(a orm.Assign[Paper]) error { return second(r.ByID(1).Update(e.ctx, a)) }
	e.fails(update(papers.Open.Mul(true)), orm.ErrInvalid, "Paper", "Open")
	e.fails(update(papers.Hits.SetFrom(papers.Code)), orm.ErrInvalid, "Paper", "Hits")
	e.fails(update(papers.Code.SetFrom(papers.Note)), orm.ErrInvalid, "Paper", "Code")
	e.fails(update(papers.Short.SetFrom(papers.Code)), orm.ErrInvalid, "Paper", "Short")
	e.fails(update(papers.Kind.SetFrom(papers.Code)), orm.ErrInvalid, "Paper", "Kind")
	e.fails(update(papers.Seal.SetFrom(papers.Code)), orm.ErrInvalid, "Paper", "Seal")
	e.fails(update(orm.SetSQL(papers.Kind, "'other'")), orm.ErrInvalid, "Paper", "Kind")
	e.fails(update(orm.SetSQL(papers.Hits, "1; DROP TABLE papers")), orm.ErrInvalid, "Paper", "")
	e.fails(update(orm.SetSQL(papers.Hits, "1), seal = ('x'")), orm.ErrInvalid, "Paper", "")
	e.fails(update(orm.SetSQL(papers.Hits, "hits + ?")), orm.ErrInvalid, "Paper", "")
	e.fails(update(orm.SetSQL(papers.Seal, "'x'")), orm.ErrInvalid, "Paper", "Seal")
	e.fails(update(orm.Col[Paper, int64]{}.SetFrom(papers.Hits)), orm.ErrInvalid, "", "")
	e.equal(must(r.ByID(1).One(e.ctx)).Version, 0, "nothing was written")
}
