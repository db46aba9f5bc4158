package guard_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/rls"
	"github.com/multi-orm/orm/rls/guard"
)

// A request names a row by what is unique within its tenant; the tenant is the caller's, whatever the request says.
func TestRowsAreNamedWithinATenant(t *testing.T) {
	shape := guard.MustCompile(guard.Shape[Project]{
		Select: guard.Only(Projects.Slug, Projects.Title),
		Unique: guard.Uniques[Project]{guard.By(Projects.Slug)},
		Update: guard.Data[Project]{guard.Accept(Projects.Title), guard.Nest(Projects.Tags, guard.Ops[Tag]{Link: guard.By(Tags.Name)})},
	})
	onBoth(t, func(t *testing.T, ctx context.Context, db orm.DB) {
		repo := orm.Repo[Project](db)
		row, err := shape.Update(ctx, repo, []byte(`{"where": {"slug": "p1"}, "data": {"title": "mine"}}`))
		shows(t, row, err, `{"slug":"p1","title":"mine"}`)
		_, err = shape.Update(ctx, repo, []byte(`{"where": {"slug": "p3"}, "data": {"tags": {"link": [{"name": "red"}]}}}`))
		must(t, err)
		linked, err := repo.Where(Projects.Slug.Eq("p3")).With(Projects.Tags).One(ctx)
		must(t, err)
		if !slices.ContainsFunc(linked.Tags, func(x Tag) bool { return x.Name == "red" && x.TenantID == 1 }) {
			t.Errorf("linked %+v", linked.Tags)
		}
		row, err = shape.FindUnique(actor(2), repo, []byte(`{"where": {"slug": "p1"}}`))
		shows(t, row, err, `{"slug":"p1","title":"Project 1"}`)
		row, err = shape.Delete(ctx, repo, []byte(`{"where": {"slug": "p1"}}`))
		shows(t, row, err, `{"slug":"p1","title":"mine"}`)
		if n, err := repo.Where(Projects.Slug.Eq("p1")).Count(actor(2)); err != nil || n != 1 {
			t.Errorf("the other tenant has %d rows of the name (%v)", n, err)
		}
		all := rls.Bypass(context.Background(), "several rows have a name")
		for about, ask := range map[string]func() error{
			"FindUnique": func() error { _, err := shape.FindUnique(all, repo, []byte(`{"where": {"slug": "p2"}}`)); return err },
			"Update": func() error {
				_, err := shape.Update(all, repo, []byte(`{"where": {"slug": "p2"}, "data": {"title": "x"}}`))
				return err
			},
			"Delete": func() error { _, err := shape.Delete(all, repo, []byte(`{"where": {"slug": "p2"}}`)); return err },
		} {
			if err := ask(); !errors.Is(err, orm.ErrInvalid) && !errors.Is(err, orm.ErrConflict) {
				t.Errorf("%s under a bypass: %v", about, err)
			}
		}
	})
}
