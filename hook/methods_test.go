package hook_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/source/sqlite"
)

type page struct {
	ID     int64  `orm:"id,auto,table=pages"`
	Title  string `orm:"title"`
	Slug   string `orm:"slug"`
	Public bool   `orm:"public"`
	Loaded bool   `orm:"-"`

	Kids  []page `orm:"relation=id:parent"`
	Above *int64 `orm:"parent"`
}

var errTitle = errors.New("a title must not shout")

func (p *page) BeforeCreate(context.Context, *hook.Op) error {
	p.Slug = strings.ToLower(p.Title)
	return nil
}

func (p *page) AfterLoad(context.Context) error { p.Loaded = true; return nil }

func (p page) ValidateUpdate(_ context.Context, changed map[string]any) error {
	if s, ok := changed["Title"].(string); ok && s == strings.ToUpper(s) {
		return errTitle
	}
	return nil
}

func pages(t *testing.T) (orm.DB, orm.Repo[page]) {
	t.Helper()
	db, err := orm.Open(t.Context(), sqlite.Source("main", ":memory:"), orm.Models(page{}))
	must(t, err)
	t.Cleanup(func() { _ = db.Close() })
	must(t, orm.CreateTables(t.Context(), db))
	return db, orm.Repo[page](db)
}

func TestMethodsOfModelsAreEvents(t *testing.T) {
	db, repo := pages(t)
	must(t, db.Use(hook.Methods(), hook.Validate()))
	top := page{Title: "Top"}
	must(t, repo.Create(t.Context(), &top))
	_, err := repo.CreateMany(t.Context(), []page{{Title: "Kid", Above: &top.ID}})
	must(t, err)
	got, err := repo.ByID(top.ID).Include("Kids").One(t.Context())
	must(t, err)
	if got.Slug != "top" || !got.Loaded || len(got.Kids) != 1 || got.Kids[0].Slug != "kid" || !got.Kids[0].Loaded {
		t.Errorf("got %+v", got)
	}
	if _, err := repo.ByID(top.ID).Update(t.Context(), repo.F("Title").Set("LOUD")); !errors.Is(err, errTitle) || !errors.Is(err, orm.ErrInvalid) {
		t.Errorf("ValidateUpdate: %v", err)
	}
}

func TestFilterHoldsOnEveryPath(t *testing.T) {
	db, repo := pages(t)
	must(t, db.Use(hook.Filter("public only", func(context.Context) (orm.Pred[page], error) {
		return orm.F(func(p *page) *bool { return &p.Public }).Eq(true), nil
	})))
	top := page{Title: "top", Public: true}
	must(t, repo.Create(t.Context(), &top))
	_, err := repo.CreateMany(t.Context(), []page{{Title: "a", Above: &top.ID}, {Title: "b", Above: &top.ID, Public: true}})
	must(t, err)
	got, err := repo.ByID(top.ID).Include("Kids").One(t.Context())
	must(t, err)
	n, err := repo.Count(t.Context())
	must(t, err)
	if len(got.Kids) != 1 || n != 2 {
		t.Errorf("%d kids, counted %d", len(got.Kids), n)
	}
	if _, err := repo.ByID(int64(2)).Update(t.Context(), repo.F("Title").Set("x")); !errors.Is(err, orm.ErrNotFound) {
		t.Errorf("a hidden row was changed: %v", err)
	}
}

func TestAHookMayClampTake(t *testing.T) {
	db, repo := pages(t)
	_, err := repo.CreateMany(t.Context(), make([]page, 9))
	must(t, err)
	must(t, db.Use(hook.Before[page](func(_ context.Context, op *hook.Op) error {
		if op.Select != nil && (!op.Select.HasTake || op.Select.Take > 5) {
			op.Select.Take, op.Select.HasTake = 5, true
		}
		return nil
	})))
	rows, err := repo.All(t.Context())
	must(t, err)
	if len(rows) != 5 {
		t.Errorf("%d rows", len(rows))
	}
}
