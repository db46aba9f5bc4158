package rls_test

import (
	"context"
	"errors"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
)

// Error hooks are told what the caller is told, After hooks nothing of what did not happen.
func TestErrorHooksSeeWhatTheCallerSees(t *testing.T) {
	databases(t, []any{cellar{}, bottle{}}, func(t *testing.T, db orm.DB) {
		var seen []error
		after := 0
		must(t, db.Use(hook.SoftDelete(), hook.Hook{Name: "look", Error: func(_ context.Context, op *hook.Op, err error) error {
			if op.Model.Name == "bottle" {
				seen = append(seen, err)
			}
			return nil
		}, After: func(_ context.Context, op *hook.Op) error {
			if op.Kind != hook.Count { // Save asks whether the row is there
				after++
			}
			return nil
		}}))
		ctx := t.Context()
		r := orm.Repo[bottle](db)
		must2(t)(r.CreateMany(ctx, []bottle{{Code: "a"}, {Code: "b"}}))
		after = 0
		for name, c := range map[string]struct {
			run  func() error
			want error
		}{
			"One":               {func() error { return told(r.ByID(99).One(ctx)) }, orm.ErrNotFound},
			"One of two":        {func() error { return told(r.Where(bottlesOf.Code.Ne("x")).One(ctx)) }, orm.ErrInvalid},
			"First":             {func() error { return told(r.Where(bottlesOf.Code.Eq("x")).First(ctx)) }, orm.ErrNotFound},
			"Update":            {func() error { return told(r.ByID(99).Update(ctx, bottlesOf.Note.Set("x"))) }, orm.ErrNotFound},
			"Update, returning": {func() error { return told(r.Include("Cellar").ByID(99).Update(ctx, bottlesOf.Note.Set("x"))) }, orm.ErrNotFound},
			"Delete":            {func() error { return told(r.ByID(99).Delete(ctx)) }, orm.ErrNotFound},
			"Save":              {func() error { return r.Save(ctx, &bottle{ID: 99}) }, orm.ErrNotFound},
			"Save of a stale":   {func() error { return r.Save(ctx, &bottle{ID: 1, Version: 7}) }, orm.ErrStale},
			"UpdateMany":        {func() error { return told(r.UpdateMany(ctx, bottlesOf.Note.Set("x"))) }, orm.ErrUnboundedWrite},
			"DeleteMany":        {func() error { return told(r.DeleteMany(ctx)) }, orm.ErrUnboundedWrite},
			"Update of many":    {func() error { return told(r.Where(bottlesOf.Note.Eq("x")).Update(ctx, bottlesOf.Note.Set("x"))) }, orm.ErrInvalid},
		} {
			seen = nil
			err := c.run()
			is(t, name, err, c.want)
			if len(seen) == 0 || !errors.Is(seen[len(seen)-1], c.want) {
				t.Errorf("%s: the hook saw %v, the caller %v", name, seen, err)
			}
		}
		c := orm.Repo[cellar](db)
		_, err := c.ByID(99).Update(ctx, cellarsOf.Bottles.Unlink(bottlesOf.Code.Eq("a")))
		is(t, "a nested write below no row", err, orm.ErrNotFound)
		if after != 0 {
			t.Errorf("After ran %d times", after)
		}
	})
}

func told(_ any, err error) error { return err }
