package rls_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/rls"
)

func TestWritesCannotLeaveTheirScope(t *testing.T) {
	worked(t, func(t *testing.T, w *works) {
		ms, gs := orm.Repo[machine](w.db), orm.Repo[gauge](w.db)
		set := machines.Name.Set("stolen")
		_, err := ms.ByID(w.theirs.ID).Update(w.a, set)
		is(t, "Update by key", err, orm.ErrNotFound)
		_, err = ms.ByID(w.theirs.ID).Delete(w.a)
		is(t, "Delete by key", err, orm.ErrNotFound)
		if n, err := ms.Where(machines.ID.Eq(w.theirs.ID)).UpdateMany(w.a, set); n != 0 || err != nil {
			t.Errorf("UpdateMany: %d, %v", n, err)
		}
		if rows, err := gs.Where(gauges.Level.Lt(99)).UpdateReturning(w.a, gauges.Level.Inc(1)); len(rows) != 2 || err != nil {
			t.Errorf("UpdateReturning: %v, %v", rows, err)
		}
		if n, err := gs.Where(orm.Or(gauges.ID.Gt(0), gauges.ID.Lte(0))).DeleteMany(w.a); n != 2 || err != nil {
			t.Errorf("DeleteMany took %d rows: %v", n, err)
		}
		foreign := w.theirs
		foreign.Name, foreign.BossID = "stolen", nil
		is(t, "Save of a row of b", ms.Save(w.a, &foreign), orm.ErrDenied)
		foreign.MakerID = 1
		is(t, "Save of a row of b, relabelled", notFoundOrStale(ms.Save(w.a, &foreign)), orm.ErrNotFound)
		foreign.MakerID = 0
		is(t, "Save of a row of b without a company", notFoundOrStale(ms.Save(w.a, &foreign)), orm.ErrNotFound)
		moved := w.mine
		moved.MakerID = 2
		is(t, "Save that moves a row", ms.Save(w.a, &moved), orm.ErrDenied)
		_, err = ms.SaveMany(w.a, []machine{moved})
		is(t, "SaveMany that moves a row", err, orm.ErrDenied)
		is(t, "Upsert on b's key", ms.Upsert(w.a, orm.On(machines.ID), &machine{ID: w.theirs.ID, Name: "stolen"}), orm.ErrConflict)
		is(t, "Upsert on b's name", ms.Upsert(w.a, orm.On(machines.Name), &machine{Name: w.theirs.Name}), orm.ErrConflict)
		is(t, "Upsert into b", ms.Upsert(w.a, orm.On(machines.Name), &machine{Name: w.mine.Name}, machines.MakerID.Set(2)), orm.ErrDenied)
		is(t, "Create in b's name", ms.Create(w.a, &machine{MakerID: 2, Name: "new"}), orm.ErrDenied)
		is(t, "Create below b's machine", gs.Create(w.a, &gauge{MachineID: w.theirs.ID}), orm.ErrReference)
		is(t, "a fitting of b's tool", orm.Repo[fitting](w.db).Create(w.a, &fitting{MachineID: w.mine.ID, ToolID: w.tool.ID}), orm.ErrReference)
		for what, a := range map[string]orm.Assign[machine]{
			"moving a row":              machines.MakerID.Set(2),
			"counting it up":            machines.MakerID.Inc(1),
			"copying into it":           machines.MakerID.SetFrom(machines.ID),
			"computing it":              orm.SetSQL(machines.MakerID, "2"),
			"taking it away":            machines.MakerID.Set(0),
			"moving a row by its name":  ms.F("MakerID").Set(2),
			"moving a row by its patch": orm.PatchOf[machine](struct{ MakerID orm.Opt[int64] }{orm.Value(int64(2))})[0],
		} {
			_, err = ms.ByID(w.mine.ID).Update(w.a, a)
			is(t, what, err, orm.ErrDenied)
		}
		if got, err := ms.ByID(w.mine.ID).Update(w.a, machines.MakerID.Set(1)); err != nil || got.MakerID != 1 {
			t.Errorf("an assignment that changes nothing: %+v, %v", got, err)
		}
		_, err = ms.ByID(w.mine.ID).Update(w.a, ms.F("BossID").Set(w.theirs.ID))
		is(t, "a boss of b", err, orm.ErrReference)
		rows := make([]machine, 1000)
		for i := range rows {
			rows[i].Name = fmt.Sprint("bulk ", i)
		}
		rows[700].MakerID = 2
		_, err = ms.CreateMany(w.a, rows)
		is(t, "a bulk insert with one foreign row", err, orm.ErrDenied)
		if rows[0].MakerID != 0 {
			t.Errorf("a row that is not there was given a company: %+v", rows[0])
		}
		res, err := ms.Import(w.a, []machine{{Name: "imported"}, {Name: "smuggled", MakerID: 2}})
		if err != nil || res[0].Err != nil || !errors.Is(res[1].Err, orm.ErrDenied) {
			t.Errorf("Import: %v, %v", res, err)
		}
		if n, err := ms.CreateMany(w.a, []machine{{Name: w.theirs.Name}, {Name: "skipped none"}}, orm.SkipDuplicates()); n != 1 || err != nil {
			t.Errorf("CreateMany that skips b's: %d, %v", n, err)
		}
		own := machine{Name: w.mine.Name}
		must(t, ms.Upsert(w.a, orm.On(machines.Name), &own))
		if own.ID != w.mine.ID || own.MakerID != 1 || own.TenantID != 1 {
			t.Errorf("the row upserted is %+v", own)
		}
		saved := own
		saved.Name = "renamed"
		must(t, ms.Save(w.a, &saved))
		saved.MakerID, saved.TenantID, saved.Name = 0, 0, "renamed again" // zero says nothing
		if _, err := ms.SaveMany(w.a, []machine{saved}); err != nil {
			t.Error(err)
		}
		if got, err := ms.ByID(own.ID).One(w.a); err != nil || got.Name != "renamed again" || got.MakerID != 1 {
			t.Errorf("%+v, %v", got, err)
		}
		makers := orm.Repo[maker](w.db)
		is(t, "a company makes a company", makers.Create(w.a, &maker{Name: "x"}), orm.ErrDenied)
		is(t, "a company makes another", makers.Create(w.a, &maker{ID: 77, Name: "x"}), orm.ErrDenied)
		w.intact(t)
	})
}

func notFoundOrStale(err error) error { // a model with a version tells a row that may be seen from one that may not
	if errors.Is(err, orm.ErrStale) {
		return fmt.Errorf("the row was seen: %w", err)
	}
	return err
}

func TestNestedWritesKeepTheirScope(t *testing.T) {
	worked(t, func(t *testing.T, w *works) {
		ms, gs := orm.Repo[machine](w.db), orm.Repo[gauge](w.db)
		must(t, orm.Repo[gauge](w.db).Create(rls.Bypass(t.Context(), "plant"), &gauge{MachineID: w.mine.ID, MakerID: 2, Region: "north", Level: 99}))
		made := gauge{Level: 5}
		m, err := ms.ByID(w.mine.ID).Update(w.a, machines.Gauges.Create(&made))
		if err != nil || made.MakerID != 1 || made.Region != "north" || made.MachineID != w.mine.ID {
			t.Errorf("the row below is %+v, %v", made, err)
		}
		if m.Version != w.mine.Version+1 || m.MakerID != 1 {
			t.Errorf("the row above is not touched: %+v", m)
		}
		tl := tool{Name: "linked"}
		must(t, ms.Create(w.a, &machine{Name: "with a tool"}, machines.Tools.Create(&tl)))
		if tl.MakerID != 1 {
			t.Errorf("the row linked is %+v", tl)
		}
		level := gauges.Level.Set(666)
		for what, c := range map[string]struct {
			set  orm.Assign[machine]
			want error
		}{
			"a row below of b":        {machines.Gauges.Create(&gauge{MakerID: 2}), orm.ErrDenied},
			"rows below of b":         {machines.Gauges.CreateMany([]*gauge{{}, {Region: "south"}}), orm.ErrDenied},
			"link a gauge of b":       {machines.Gauges.Link(orm.Key[gauge](w.gauge.ID)), orm.ErrReference},
			"link a tool of b":        {machines.Tools.Link(orm.Key[tool](w.tool.ID)), orm.ErrReference},
			"set a tool of b":         {machines.Tools.Set(orm.Key[tool](w.tool.ID)), orm.ErrReference},
			"a boss of b":             {machines.Boss.Link(orm.Key[machine](w.theirs.ID)), orm.ErrReference},
			"the maker b":             {machines.Maker.Link(orm.Key[maker](int64(2))), orm.ErrReference},
			"update a gauge of b":     {machines.Gauges.Update(orm.Key[gauge](w.gauge.ID), level), orm.ErrNotFound},
			"delete a gauge of b":     {machines.Gauges.Delete(orm.Key[gauge](w.gauge.ID)), orm.ErrNotFound},
			"move gauges to b":        {machines.Gauges.UpdateMany(orm.And[gauge](), gauges.MakerID.Set(2)), orm.ErrDenied},
			"upsert a gauge of b":     {machines.Gauges.Upsert(orm.Key[gauge](w.gauge.ID), &gauge{ID: w.gauge.ID}, level), orm.ErrConflict},
			"take a gauge of b":       {machines.Gauges.LinkOrCreate(orm.Key[gauge](w.gauge.ID), &gauge{ID: w.gauge.ID}), orm.ErrConflict},
			"delete gauges of b":      {machines.Gauges.DeleteMany(gauges.Level.Eq(99)), nil},
			"the maker's own":         {machines.Maker.Link(orm.Key[maker](int64(1))), nil},
			"upsert one's own gauge":  {machines.Gauges.Upsert(orm.Key[gauge](made.ID), &gauge{ID: made.ID, Level: 7}), nil},
			"update gauges, by name":  {machines.Gauges.UpdateMany(gauges.Region.Eq("north"), level), nil},
			"the boss, and no column": {machines.Boss.Update(machines.Name.Set("boss of a")), nil},
		} {
			_, err := ms.ByID(w.mine.ID).Update(w.a, c.set)
			if c.want == nil {
				if err != nil {
					t.Errorf("%s: %v", what, err)
				}
				continue
			}
			is(t, what, err, c.want)
		}
		if n, err := gs.Where(gauges.Level.Eq(99)).Count(rls.Bypass(t.Context(), "look")); err != nil || n != 1 {
			t.Errorf("the planted gauge of b: %d, %v", n, err)
		}
		if got, err := gs.ByID(made.ID).One(w.a); err != nil || got.MakerID != 1 || got.Region != "north" {
			t.Errorf("%+v, %v", got, err)
		}
		w.intact(t)
	})
}
