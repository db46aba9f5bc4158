package hook_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/source/sqlite"
)

// gauge has every method that Methods and Validate call, and writes them down.
type gauge struct {
	ID    int64            `orm:"id,auto,table=gauges"`
	Name  string           `orm:"name,unique"`
	Small int8             `orm:"small"`
	Ratio float32          `orm:"ratio"`
	Maybe *int32           `orm:"maybe"`
	Null  sql.Null[uint16] `orm:"nothing"`
	Seen  int              `orm:"-"`
}

type diary struct {
	calls   []string
	changed map[string]any
}

type diaryKey struct{}

func wrote(ctx context.Context, format string, args ...any) {
	if d, ok := ctx.Value(diaryKey{}).(*diary); ok {
		d.calls = append(d.calls, fmt.Sprintf(format, args...))
	}
}

func (g *gauge) BeforeGet(ctx context.Context, op *hook.Op) error {
	wrote(ctx, "BeforeGet %s", op.Kind)
	return nil
}

func (g *gauge) AfterUpdate(ctx context.Context, _ *hook.Op) error {
	wrote(ctx, "AfterUpdate %s %d", g.Name, g.Small)
	if g.Small == 66 {
		return errors.New("no")
	}
	return nil
}

func (g *gauge) AfterLoad(context.Context) error { g.Seen++; return nil }

func (g *gauge) ValidateCreate(ctx context.Context) error {
	wrote(ctx, "ValidateCreate %s", g.Name)
	if g.Name == "bad" {
		return errors.New("bad")
	}
	return nil
}

func (g *gauge) ValidateUpdate(ctx context.Context, changed map[string]any) error {
	if d, ok := ctx.Value(diaryKey{}).(*diary); ok {
		d.changed = changed
	}
	return nil
}

func TestMethodsSeeEveryStageOfARow(t *testing.T) {
	db, err := orm.Open(t.Context(), sqlite.Source("main", ":memory:"), orm.Models(gauge{}))
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	must(t, orm.CreateTables(t.Context(), db))
	must(t, db.Use(hook.Methods(), hook.Validate()))
	r := orm.Repo[gauge](db)
	var d diary
	ctx := context.WithValue(t.Context(), diaryKey{}, &d)
	calls := func(what string, want ...string) {
		t.Helper()
		if !slices.Equal(d.calls, want) {
			t.Errorf("%s: %q, want %q", what, d.calls, want)
		}
		d.calls = nil
	}

	rows := []gauge{{Name: "a"}, {Name: "bad"}, {Name: "a"}, {Name: "b"}}
	res, err := r.Import(ctx, rows)
	must(t, err)
	calls("Import", "ValidateCreate a", "ValidateCreate bad", "ValidateCreate a", "ValidateCreate b")
	if res[0].Err != nil || res[1].Err == nil || res[2].Err == nil || res[3].Err != nil || rows[3].ID == 0 || rows[1].ID != 0 {
		t.Errorf("%+v", res)
	}

	got, err := r.ByID(rows[0].ID).Update(ctx, r.F("Small").Set(int8(7)), r.F("Ratio").Set(float32(0.1)), r.F("Maybe").Set(int32(3)), r.F("Null").Set(uint16(9)))
	must(t, err)
	calls("Update", "AfterUpdate a 7")
	if got.Seen != 1 {
		t.Errorf("AfterLoad of an updated row ran %d times", got.Seen)
	}
	want := map[string]any{"Small": int8(7), "Ratio": float32(0.1), "Maybe": int32(3), "Null": uint16(9)}
	for k, v := range want {
		if d.changed[k] != v {
			t.Errorf("%s came as %T, want %T", k, d.changed[k], v)
		}
	}
	_, err = r.ByID(rows[0].ID).Update(ctx, r.F("Maybe").SetNull())
	must(t, err)
	if v, ok := d.changed["Maybe"]; !ok || v != nil {
		t.Errorf("NULL came as %v", v)
	}
	d.calls = nil

	n, err := r.Where(r.F("Name").In("a", "b")).UpdateMany(ctx, r.F("Small").Set(int8(8)))
	must(t, err)
	calls("UpdateMany", "AfterUpdate a 8", "AfterUpdate b 8")
	if n != 2 {
		t.Error(n)
	}
	if _, err := r.ByID(rows[0].ID).Update(ctx, r.F("Small").Set(int8(66))); err == nil {
		t.Error("AfterUpdate did not deny")
	}
	d.calls = nil
	one, err := r.ByID(rows[0].ID).One(ctx)
	must(t, err)
	calls("One", "BeforeGet read")
	if one.Small != 8 || one.Seen != 1 {
		t.Errorf("%+v", one)
	}
	_, err = r.Count(ctx)
	must(t, err)
	calls("Count", "BeforeGet count")
	one.Small = 9
	must(t, r.Save(ctx, &one))
	calls("Save", "AfterUpdate a 9")
	gone, err := r.ByID(rows[0].ID).Delete(ctx)
	must(t, err)
	if gone.Seen != 1 {
		t.Errorf("AfterLoad of a deleted row ran %d times", gone.Seen)
	}
}
