package conformance

import (
	"github.com/multi-orm/orm"
)

// Sheet tells what it was read with.
type Sheet struct {
	ID      int64   `orm:"id,auto"`
	Title   string  `orm:"title"`
	Body    string  `orm:"body"`
	Pages   int64   `orm:"pages"`
	Version int64   `orm:"version,version"`
	UpID    *int64  `orm:"up_id"`
	Below   []Sheet `orm:"relation=id:up_id"`

	orm.Loaded
}

var sheets = orm.Bind[Sheet, struct {
	ID      orm.Col[Sheet, int64]
	Title   orm.Text[Sheet]
	Body    orm.Text[Sheet]
	Version orm.Col[Sheet, int64]
	UpID    orm.Col[Sheet, int64]
	Below   orm.Many[Sheet, Sheet]
}]()

var loadedCases = []testCase{
	{"loaded/save", "a row that tells what it was read with is saved with that, and no more", loadedSave},
}

func loadedSave(e *env) {
	if e.engine.API {
		return
	}
	db := e.open(Sheet{})
	r := orm.Repo[Sheet](db)
	top := Sheet{Title: "t", Body: "kept", Pages: 7}
	ok(r.Create(e.ctx, &top))
	ok(r.Create(e.ctx, &Sheet{Title: "low", Body: "kept", Pages: 7, UpID: &top.ID}))
	q := r.Select(sheets.ID, sheets.Title, sheets.Version)
	part := must(q.ByID(top.ID).One(e.ctx))
	kept := func(about string, title string) {
		e.Helper()
		got := must(r.ByID(part.ID).One(e.ctx))
		e.equal([]any{got.Title, got.Body, got.Pages, got.All()}, []any{title, "kept", int64(7), true}, about)
	}
	e.equal([]bool{part.All(), part.Has("Title"), part.Has("Body")}, []bool{false, true, false}, "what it was read with")
	part.Title = "saved"
	ok(r.Save(e.ctx, &part))
	kept("Save", "saved")
	part.Title = "together"
	must(r.SaveMany(e.ctx, []Sheet{part}))
	kept("SaveMany", "together")
	part = must(q.ByID(top.ID).One(e.ctx))
	part.Body = "changed"
	e.fails(r.Save(e.ctx, &part), orm.ErrInvalid, "Sheet", "Body")
	e.fails(second(r.SaveMany(e.ctx, []Sheet{part})), orm.ErrInvalid, "Sheet", "Body")
	kept("a field that was not read", "together")
	part.Body = ""
	e.fails(r.Upsert(e.ctx, orm.On[Sheet](sheets.ID), &part), orm.ErrInvalid, "Sheet", "")
	ok(r.Upsert(e.ctx, orm.On[Sheet](sheets.ID), &part, sheets.Title.Set("put")))
	bare := must(r.Select(sheets.ID, sheets.Title).ByID(top.ID).One(e.ctx))
	e.fails(r.Save(e.ctx, &bare), orm.ErrInvalid, "Sheet", "Version")

	for about, row := range map[string]Sheet{
		"a page":             must(q.OrderBy(sheets.Body.Asc(), sheets.ID.Asc()).Take(1).Page(e.ctx, "")).Rows[0],
		"an include":         must(r.With(sheets.Below.Select(sheets.ID, sheets.Title, sheets.Version)).ByID(top.ID).One(e.ctx)).Below[0],
		"what an update is":  must(q.ByID(top.ID).Update(e.ctx, sheets.Title.Set("x"))),
		"an include of a UD": must(q.With(sheets.Below.Select(sheets.ID)).ByID(top.ID).Update(e.ctx, sheets.Title.Set("x"))),
	} {
		if row.All() || row.Has("Body") || !row.Has("ID") {
			e.Errorf("%s: %+v", about, row.Loaded.Fields())
		}
	}
	for row, err := range q.Rows(e.ctx) {
		if ok(err); row.All() || row.Has("Body") {
			e.Errorf("a stream: %+v", row)
		}
	}
	for row, err := range r.Rows(e.ctx) {
		if ok(err); !row.All() {
			e.Errorf("a stream of all: %+v", row)
		}
	}
}
