package conformance

import (
	"context"
	"errors"
	"fmt"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
)

func pointersWrite(e *env) {
	if e.engine.API {
		return
	}
	r := orm.Repo[Pointed](e.open(Pointed{}))
	stored := func(id int64) Pointed { return must(r.ByID(id).One(e.ctx)) }
	bare := Pointed{Code: "bare"}
	ok(r.Create(e.ctx, &bare))
	if bare.Basis == nil || bare.ID == 0 || bare.UID == "" || bare.Made.IsZero() || bare.Changed.IsZero() {
		e.Errorf("%+v", bare)
	}
	e.equal(stored(bare.ID), bare, "what Create filled is what is stored")
	bare.Details = nil
	bare.Title = "saved"
	ok(r.Save(e.ctx, &bare))
	e.equal(bare.Version, int64(1), "the version moved on below nil pointers")
	back := stored(bare.ID)
	e.equal([]any{back.Title, back.Changed.Equal(bare.Changed), back.Version}, []any{"saved", true, int64(1)}, "Save")
	own := &Basis{Title: "mine"}
	mine := Pointed{Basis: own, Code: "mine"}
	ok(r.Create(e.ctx, &mine))
	if mine.Basis != own || own.ID == 0 {
		e.Errorf("the caller's own struct is filled: %+v", own)
	}
	up := Pointed{Code: "mine", Details: &Details{Colour: "green"}}
	ok(r.Upsert(e.ctx, orm.On[Pointed](pointed.Code), &up))
	e.equal([]any{up.ID, up.Colour, stored(own.ID).Colour}, []any{own.ID, "green", "green"}, "Upsert")
	many := []Pointed{{Code: "m1"}, {Code: "m2", Basis: &Basis{Title: "two"}}, {Code: "m3"}}
	e.equal(must(r.CreateMany(e.ctx, many)), int64(3), "CreateMany")
	if many[0].ID == 0 || many[0].ID == many[2].ID || many[1].Title != "two" {
		e.Errorf("%+v %+v", many[0].Basis, many[2].Basis)
	}
	for i := range many {
		many[i].Title = fmt.Sprint("t", i)
		many[i].Details = nil
	}
	must(r.SaveMany(e.ctx, many))
	for i, row := range must(r.Where(pointed.Code.StartsWith("m"), pointed.Code.Ne("mine")).OrderBy(pointed.ID.Asc()).All(e.ctx)) {
		e.equal([]any{row.Title, row.Version, many[i].Version}, []any{fmt.Sprint("t", i), int64(1), int64(1)}, "SaveMany")
	}
	changed := must(r.ByID(own.ID).Update(e.ctx, pointed.Title.Set("new"), pointed.Grams.Inc(4)))
	e.equal([]any{changed.Title, changed.Grams}, []any{"new", int64(4)}, "Update")
	e.equal(must(r.Where(pointed.Title.StartsWith("t")).UpdateMany(e.ctx, pointed.Colour.Set("x"))), int64(3), "UpdateMany")
	fields := must(r.ByID(own.ID).Select(pointed.Code, pointed.Colour).Update(e.ctx, pointed.Note.Set("n")))
	if fields.Basis != nil || fields.Colour != "green" {
		e.Errorf("%+v", fields)
	}
	parent := Pointed{Code: "parent"}
	kids := []Pointed{{Code: "kid 1"}, {Code: "kid 2", Basis: &Basis{Title: "k"}}}
	ok(r.Create(e.ctx, &parent, pointed.Below.Create(&kids[0], &kids[1])))
	if kids[0].ID == 0 || kids[1].ID == 0 || *kids[1].UpID != parent.ID {
		e.Errorf("%+v", kids)
	}
	res := must(r.Import(e.ctx, []Pointed{{Code: "i1"}, {Code: "bare"}, {Code: "i2"}}))
	if res[0].Err != nil || res[0].Row.ID == 0 || !errors.Is(res[1].Err, orm.ErrConflict) || res[1].Row.Basis != nil || res[2].Row.ID == 0 {
		e.Errorf("%+v", res)
	}
	gone := must(r.ByID(own.ID).Delete(e.ctx))
	e.equal([]any{gone.Title, gone.Code}, []any{"new", "mine"}, "Delete")
}

// BeforeCreate is a method that a struct embedded by pointer lends.
func (b *Basis) BeforeCreate(context.Context, *hook.Op) error {
	if b.Title == "by method" {
		b.Note = ptr("seen")
	}
	return nil
}

func pointersHooks(e *env) {
	if e.engine.API {
		return
	}
	db := e.open(Pointed{})
	r := orm.Repo[Pointed](db)
	var was, is []any
	fill := hook.Hook{Name: "fill", Before: func(_ context.Context, op *hook.Op) error {
		for i := 0; op.Insert != nil && i < op.Rows.Len(); i++ {
			if row := op.Rows.Index(i).Addr().Interface().(*Pointed); row.Colour == "" {
				row.Colour = "by a hook"
			}
		}
		return nil
	}}
	audit := hook.Audit(func(_ context.Context, x hook.Entry) error {
		was, is = append(was, x.Old["Title"]), append(is, x.New["Title"])
		return nil
	})
	ok(db.Use(fill, hook.Methods(), hook.Validate(), audit))
	bad := Pointed{Code: "bad"}
	err := r.Create(e.ctx, &bad)
	e.fails(err, orm.ErrInvalid, "Pointed", "")
	e.says(err, "Title breaks the rule required")
	if bad.Basis != nil || bad.Details != nil {
		e.Errorf("%+v", bad)
	}
	row := Pointed{Basis: &Basis{Title: "by method"}, Code: "a"}
	ok(r.Create(e.ctx, &row))
	e.equal([]any{row.Colour, *row.Note}, []any{"by a hook", "seen"}, "hooks")
	_, err = r.ByID(row.ID).Update(e.ctx, pointed.Title.Set("a title that is longer than twenty"))
	e.fails(err, orm.ErrInvalid, "Pointed", "Title")
	_, err = r.ByID(row.ID).Update(e.ctx, pointed.Grams.Set(-1))
	e.fails(err, orm.ErrInvalid, "Pointed", "Grams")
	worse := row
	worse.Details = &Details{Weight: &Weight{Grams: -1}}
	e.fails(r.Save(e.ctx, &worse), orm.ErrInvalid, "Pointed", "")
	must(r.ByID(row.ID).Update(e.ctx, pointed.Title.Set("b")))
	row.Title, row.Version = "c", row.Version+1
	ok(r.Save(e.ctx, &row))
	e.equal(was, []any{nil, "by method", "b"}, "before")
	e.equal(is, []any{"by method", "b", "c"}, "after")
}

func pointersTakenBack(e *env) {
	if e.engine.API {
		return
	}
	db := e.open(Pointed{})
	r := orm.Repo[Pointed](db)
	veto := false
	ok(db.Use(hook.Hook{Name: "veto", After: func(_ context.Context, op *hook.Op) error {
		for i := 0; op.Insert != nil && i < op.Rows.Len(); i++ {
			if row, is := op.Rows.Index(i).Addr().Interface().(*Pointed); is && row.Basis != nil && veto {
				row.Title = "by a hook"
			}
		}
		if veto && op.Kind.Writes() {
			return errVeto
		}
		return nil
	}}))
	taken := Pointed{Code: "taken"}
	ok(r.Create(e.ctx, &taken))
	kept := []Pointed{{Code: "s1", Basis: &Basis{Title: "s1"}}, {Code: "s2"}}
	must(r.CreateMany(e.ctx, kept))
	for _, last := range []string{"taken", "free"} {
		veto = last == "free"
		for verb, c := range map[string]struct {
			rows []Pointed
			run  func(rows []Pointed) error
		}{
			"Create":         {[]Pointed{{Code: last}}, func(rows []Pointed) error { return r.Create(e.ctx, &rows[0]) }},
			"Create, given":  {[]Pointed{{Code: last, Basis: &Basis{Title: "x"}, Details: &Details{}}}, func(rows []Pointed) error { return r.Create(e.ctx, &rows[0]) }},
			"CreateMany":     {[]Pointed{{Code: "f1", Basis: &Basis{Title: "x"}}, {Code: last}}, func(rows []Pointed) error { return errOf(r.CreateMany(e.ctx, rows)) }},
			"Create, nested": {[]Pointed{{Code: "f2", Basis: &Basis{}}, {Code: "f3", Basis: &Basis{}}, {Code: last, Basis: &Basis{}}}, func(rows []Pointed) error { return r.Create(e.ctx, &rows[0], pointed.Below.Create(&rows[1], &rows[2])) }},
			"Create, in a Tx that fails": {[]Pointed{{Code: "f4", Basis: &Basis{}}, {Code: "f5", Basis: &Basis{}}, {Code: last, Basis: &Basis{}}}, func(rows []Pointed) error {
				return r.Create(e.ctx, &rows[0], pointed.Below.Create(&rows[1]), pointed.Below.Create(&rows[2]))
			}},
			"Upsert": {[]Pointed{{Code: last, Basis: &Basis{Title: "x"}}}, func(rows []Pointed) error {
				return r.Upsert(e.ctx, orm.On[Pointed](pointed.ID), &rows[0])
			}},
			"Save": {[]Pointed{must(r.ByID(kept[0].ID).One(e.ctx))}, func(rows []Pointed) error {
				rows[0].Code = last
				return r.Save(e.ctx, &rows[0])
			}},
			"SaveMany": {[]Pointed{must(r.ByID(kept[0].ID).One(e.ctx)), must(r.ByID(kept[1].ID).One(e.ctx))}, func(rows []Pointed) error {
				rows[1].Code = last
				return errOf(r.SaveMany(e.ctx, rows))
			}},
			"Import": {[]Pointed{{Code: last, Basis: &Basis{Title: "x"}}}, func(rows []Pointed) error { return must(r.Import(e.ctx, rows))[0].Err }},
		} {
			was := make([]Pointed, len(c.rows))
			pointers := make([]*Basis, len(c.rows))
			for i, row := range c.rows {
				was[i], pointers[i] = clonePointed(row), row.Basis
			}
			if err := c.run(c.rows); err == nil {
				e.Errorf("%s, %s: it passed", verb, last)
			}
			for i := range c.rows {
				c.rows[i].Code, was[i].Code = "", ""
				if c.rows[i].Basis != pointers[i] {
					e.Errorf("%s, %s: row %d points elsewhere", verb, last, i)
				}
			}
			e.equal(c.rows, was, verb+", "+last)
		}
	}
	veto = false
	e.equal(must(r.Count(e.ctx)), int64(3), "the rows that were there")
	rows := []Pointed{{Code: "w3", Basis: &Basis{}}, {Code: "w4"}}
	ok(db.Use(hook.Hook{Name: "late", Before: func(_ context.Context, op *hook.Op) error {
		if op.Insert != nil && op.Rows.Len() == 1 && op.Rows.Index(0).Interface().(Pointed).Code == "w4" {
			return context.Canceled
		}
		return nil
	}}))
	if _, err := r.Import(e.ctx, rows, orm.Batch(1)); err == nil {
		e.Error("the import passed")
	}
	e.equal(rows, []Pointed{{Code: "w3", Basis: &Basis{}}, {Code: "w4"}}, "Import as a whole")
}

func clonePointed(p Pointed) Pointed {
	if p.Basis != nil {
		p.Basis = ptr(*p.Basis)
	}
	if p.Home != nil {
		p.Home = ptr(*p.Home)
	}
	if p.Details != nil {
		p.Details = ptr(*p.Details)
		if p.Weight != nil {
			p.Details.Weight = ptr(*p.Weight)
		}
	}
	return p
}

func pointersShared(e *env) {
	if e.engine.API {
		return
	}
	r := orm.Repo[Pointed](e.open(Pointed{}))
	one := &Basis{Title: "one"}
	twins := func() []Pointed { return []Pointed{{Basis: one, Code: "a"}, {Basis: one, Code: "b"}} }
	e.fails(errOf(r.CreateMany(e.ctx, twins())), orm.ErrInvalid, "Pointed", "")
	e.fails(errOf(r.Import(e.ctx, twins())), orm.ErrInvalid, "Pointed", "")
	rows := twins()
	e.fails(r.Create(e.ctx, &Pointed{Code: "c"}, pointed.Below.Create(&rows[0], &rows[1])), orm.ErrInvalid, "", "")
	e.fails(r.Create(e.ctx, &rows[0], pointed.Below.Create(&rows[1])), orm.ErrInvalid, "", "")
	weight := &Weight{}
	e.fails(errOf(r.CreateMany(e.ctx, []Pointed{{Code: "d", Details: &Details{Weight: weight}}, {Code: "e", Details: &Details{Weight: weight}}})), orm.ErrInvalid, "Pointed", "")
	e.equal(must(r.Count(e.ctx)), int64(0), "nothing is written")
	e.equal(*one, Basis{Title: "one"}, "nothing is filled")
}
