package conformance

import (
	"context"
	"errors"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
)

// Filling has a column for everybody who fills one: the database, the library and hooks.
type Filling struct {
	ID      int64     `orm:"id,auto"`
	UID     string    `orm:"uid,default=uuid"`
	Made    time.Time `orm:"made,default=now"`
	Changed time.Time `orm:"changed,update=now"`
	Code    string    `orm:"code,unique"`
	Kind    string    `orm:"kind,enum=a|b"`
	Note    string    `orm:"note"`
	Version int64     `orm:"version,version"`
	UpID    *int64    `orm:"up_id"`
	Below   []Filling `orm:"relation=id:up_id"`
}

var fillings = orm.Bind[Filling, struct {
	ID    orm.Col[Filling, int64]
	Code  orm.Text[Filling]
	Kind  orm.Text[Filling]
	Below orm.Many[Filling, Filling]
}]()

var takeBackCases = []testCase{
	{"takeback/verbs", "a call that fails gives its structs back as it was given them", takeBack},
}

// failurePoint makes one row of a write fail at one place.
type failurePoint struct {
	name  string
	spoil func(row *Filling)
	kind  error
}

var errVeto = errors.New("veto")

// takeBack is each verb with each point of failure.
func takeBack(e *env) {
	if e.engine.API {
		return // it has no transactions: what became of earlier rows is said in errors
	}
	db := e.open(Filling{})
	var before, after bool
	ok(db.Use(hook.Hook{Name: "fill", Before: func(_ context.Context, op *hook.Op) error {
		if op.Rows.IsValid() {
			for i := range op.Rows.Len() {
				if row, is := op.Rows.Index(i).Addr().Interface().(*Filling); is && op.Insert != nil {
					row.Note = "by a hook"
				}
			}
		}
		if before && op.Kind != hook.Read && op.Kind != hook.Count {
			return errVeto
		}
		return nil
	}, After: func(_ context.Context, op *hook.Op) error {
		if after && op.Kind != hook.Read && op.Kind != hook.Count {
			return errVeto
		}
		return nil
	}}))
	r := orm.Repo[Filling](db)
	ok(r.Create(e.ctx, &Filling{Code: "taken", Kind: "a"}))
	points := []failurePoint{
		{"a conflict", func(row *Filling) { row.Code = "taken" }, orm.ErrConflict},
		{"a word that the enum has not", func(row *Filling) { row.Kind = "z" }, orm.ErrInvalid},
		{"text that no database takes", func(row *Filling) { row.Code = "\xff" }, orm.ErrInvalid},
		{"a hook before", func(*Filling) { before = true }, errVeto},
		{"a hook after", func(*Filling) { after = true }, errVeto},
	}
	for _, p := range points {
		fresh := func(codes ...string) []Filling {
			rows := make([]Filling, len(codes))
			for i, c := range codes {
				rows[i] = Filling{Code: p.name + c, Kind: "a"}
			}
			p.spoil(&rows[len(rows)-1])
			return rows
		}
		held := func(codes ...string) []Filling {
			was := [2]bool{before, after}
			before, after = false, false
			for _, c := range codes {
				ok(r.Create(e.ctx, &Filling{Code: p.name + c, Kind: "a"}))
			}
			rows := must(r.Where(fillings.Code.StartsWith(p.name)).OrderBy(fillings.ID.Asc()).All(e.ctx))
			rows = rows[len(rows)-len(codes):]
			before, after = was[0], was[1]
			p.spoil(&rows[len(rows)-1])
			return rows
		}
		for verb, c := range map[string]struct {
			rows []Filling
			run  func(rows []Filling) error
		}{
			"Create":     {fresh("1"), func(rows []Filling) error { return r.Create(e.ctx, &rows[0]) }},
			"CreateMany": {fresh("2", "3"), func(rows []Filling) error { return errOf(r.CreateMany(e.ctx, rows)) }},
			"CreateMany in parts": {append([]Filling{{ID: 9000, Code: p.name + "4", Kind: "a"}}, fresh("5")...), func(rows []Filling) error {
				return errOf(r.CreateMany(e.ctx, rows))
			}},
			"Create with related rows": {fresh("6", "7"), func(rows []Filling) error {
				return r.Create(e.ctx, &rows[0], fillings.Below.Create(&rows[1]))
			}},
			"Create by a query": {fresh("8"), func(rows []Filling) error { return r.Query().Create(e.ctx, &rows[0]) }},
			"Upsert": {held("9"), func(rows []Filling) error {
				rows[0].ID = 0
				if p.kind == orm.ErrConflict {
					return r.Upsert(e.ctx, orm.On[Filling](fillings.ID), &rows[0])
				}
				return r.Upsert(e.ctx, orm.On[Filling](fillings.Code), &rows[0])
			}},
			"Save":     {held("a"), func(rows []Filling) error { return r.Save(e.ctx, &rows[0]) }},
			"SaveMany": {held("b", "c"), func(rows []Filling) error { return errOf(r.SaveMany(e.ctx, rows)) }},
			"Save by a query": {held("d"), func(rows []Filling) error {
				return r.Select(fillings.ID).Save(e.ctx, &rows[0])
			}},
			"Update with a new row below": {fresh("e"), func(rows []Filling) error {
				return errOf(r.Where(fillings.Code.Eq("taken")).Update(e.ctx, fillings.Below.Create(&rows[0])))
			}},
			"Import as a whole": {fresh("f"), func(rows []Filling) error {
				res, err := r.Import(e.ctx, rows)
				if err == nil {
					err = res[0].Err
				}
				return err
			}},
		} {
			was := append([]Filling(nil), c.rows...)
			if verb == "Upsert" {
				was[0].ID = 0
			}
			err := c.run(c.rows)
			if !errors.Is(err, p.kind) {
				e.Errorf("%s, %s: %v", verb, p.name, err)
			}
			e.equal(c.rows, was, verb+", "+p.name)
		}
		before, after = false, false
	}
	before, after = false, false
	e.equal(must(r.Where(fillings.Code.Eq("taken")).Count(e.ctx)), int64(1), "the row that was there")

	// a call that fails as a whole, after rows that went well
	ctx, cancel := context.WithCancel(e.ctx)
	rows := []Filling{{Code: "i1", Kind: "a"}, {Code: "i2", Kind: "a"}}
	stop := 0
	ok(db.Use(hook.Hook{Name: "stop", Before: func(_ context.Context, op *hook.Op) error {
		if op.Insert != nil {
			if stop++; stop == 2 {
				cancel()
			}
		}
		return nil
	}}))
	_, err := r.Import(ctx, rows, orm.Batch(1))
	if !errors.Is(err, context.Canceled) {
		e.Errorf("an import that is given up: %v", err)
	}
	e.equal(rows, []Filling{{Code: "i1", Kind: "a"}, {Code: "i2", Kind: "a"}}, "an import that is given up")
	e.equal(must(r.Where(fillings.Code.StartsWith("i")).Count(e.ctx)), int64(0), "its rows")
}

func errOf(_ any, err error) error { return err }
