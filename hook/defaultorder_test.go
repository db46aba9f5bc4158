package hook_test

import (
	"context"
	"errors"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/source/sqlite"
)

// hoard is sorted by what Sanitize may empty, and by its key.
type hoard struct {
	ID     int64  `orm:"id,auto,table=hoards,order=2 desc"`
	Worth  int    `orm:"worth,order=1"`
	Door   *door  `orm:"relation=door_id:id"`
	DoorID *int64 `orm:"door_id"`
}

// door is reached by a relation only.
type door struct {
	ID    int64 `orm:"id,auto,table=doors"`
	Locks int   `orm:"locks,order=1"`
}

// The order of rows tells what an emptied column holds, so no model has such a default order unless the column may be searched.
func TestDefaultOrderByAnEmptiedColumn(t *testing.T) {
	ctx := context.Background()
	opened := func() orm.DB {
		db, err := orm.Open(ctx, sqlite.Source("main", ":memory:"), orm.Models(hoard{}))
		must(t, err)
		t.Cleanup(func() { must(t, db.Close()) })
		must(t, orm.CreateTables(ctx, db))
		return db
	}
	for about, c := range map[string]struct {
		ext          hook.Extension
		model, field string // refused
	}{
		"by name":                {hook.Sanitize("Worth"), "hoard", "Worth"},
		"by model and name":      {hook.Sanitize("hoard.Worth"), "hoard", "Worth"},
		"of a related model":     {hook.Sanitize("Locks"), "door", "Locks"},
		"another column":         {hook.Sanitize("DoorID"), "", ""},
		"searchable":             {hook.Sanitize("Worth").Searchable(), "", ""},
		"the key":                {hook.Sanitize("hoard.ID"), "", ""},
		"an extension that asks": {concealing{"hoard", "Worth"}, "hoard", "Worth"},
	} {
		db := opened()
		err := db.Use(c.ext)
		if c.model == "" {
			must(t, err)
			_, err = orm.Repo[hoard](db).CreateMany(ctx, []hoard{{Worth: 2}, {Worth: 1}, {Worth: 2}})
			must(t, err)
			rows, err := orm.Repo[hoard](db).Omit(orm.F(func(v *hoard) **int64 { return &v.DoorID })).All(ctx)
			if err != nil || len(rows) != 3 {
				t.Errorf("%s: %v %v", about, rows, err)
			}
			continue
		}
		var typed *orm.Error
		if !errors.Is(err, orm.ErrInvalid) || !errors.As(err, &typed) || typed.Model != c.model || typed.Field != c.field {
			t.Errorf("%s: %v", about, err)
		}
		if _, err := orm.Repo[hoard](db).All(ctx); err != nil {
			t.Errorf("%s: what Use refused holds: %v", about, err)
		}
	}
	db := opened()
	must(t, db.Use(hook.Sanitize("Worth").Searchable()))
	_, err := orm.Repo[hoard](db).CreateMany(ctx, []hoard{{Worth: 2}, {Worth: 1}, {Worth: 2}})
	must(t, err)
	rows, err := orm.Repo[hoard](db).All(ctx)
	must(t, err)
	if len(rows) != 3 || rows[0].ID != 2 || rows[1].ID != 3 || rows[2].ID != 1 || rows[0].Worth != 0 {
		t.Errorf("searchable: %v", rows)
	}
	if err := db.Use(hook.Sanitize("Worth")); !errors.Is(err, orm.ErrInvalid) {
		t.Errorf("one that may not be searched, behind one that may: %v", err)
	}
}

// concealing is an extension of a program's own.
type concealing struct{ model, field string }

func (c concealing) Extend(r *hook.Registrar) error {
	for _, m := range r.Models() {
		if m.Name == c.model {
			f, err := m.Field(c.field)
			if err != nil {
				return err
			}
			r.Conceal(f)
		}
	}
	return nil
}
