package rls_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/rls"
)

type lonely struct {
	ID     int64  `orm:"id,auto,table=lonely"`
	Branch string `orm:"branch,scope=branch"`
	Text   string `orm:"text,unique"`
}

// A column whose scope is not registered is read by everybody, is found by Check, and never holds zero.
func TestAScopeThatIsNotRegistered(t *testing.T) {
	db, _ := watched(t, []any{lonely{}, note{}})
	r, ctx := orm.Repo[lonely](db), t.Context()
	text, branch := r.F("Text"), r.F("Branch")
	found, err := db.Check(ctx)
	if err != nil || len(found) != 1 || found[0].Model != "lonely" || found[0].Field != "Branch" || found[0].Source != "main" || !strings.Contains(found[0].Detail, `"branch"`) {
		t.Errorf("Check finds %+v, %v", found, err)
	}
	given := lonely{Branch: "x", Text: "given"}
	must(t, r.Create(ctx, &given))
	for what, run := range map[string]func(ctx context.Context) error{
		"Create": func(ctx context.Context) error { return r.Create(ctx, &lonely{Text: "a"}) },
		"CreateMany": func(ctx context.Context) error {
			_, err := r.CreateMany(ctx, []lonely{{Branch: "x", Text: "b"}, {Text: "c"}})
			return err
		},
		"SkipDuplicates": func(ctx context.Context) error {
			_, err := r.CreateMany(ctx, []lonely{{Text: "d"}}, orm.SkipDuplicates())
			return err
		},
		"Upsert":         func(ctx context.Context) error { return r.Upsert(ctx, orm.On(text), &lonely{Text: "given"}) },
		"a zero meant":   func(ctx context.Context) error { return r.Create(ctx, &lonely{Text: "e"}, branch.Set("")) },
		"Update to zero": func(ctx context.Context) error { _, err := r.ByID(given.ID).Update(ctx, branch.Set("")); return err },
		"Upsert to zero": func(ctx context.Context) error {
			return r.Upsert(ctx, orm.On(text), &lonely{Branch: "x", Text: "given"}, branch.Set(""))
		},
		"Save of zero": func(ctx context.Context) error { return r.Save(ctx, &lonely{ID: given.ID, Text: "given"}) },
		"SaveMany of zero": func(ctx context.Context) error {
			_, err := r.SaveMany(ctx, []lonely{{ID: given.ID, Text: "given"}})
			return err
		},
	} {
		for who, ctx := range map[string]context.Context{"nobody": ctx, "somebody": inCompany(t, 1), "a bypass": rls.Bypass(ctx, "look")} {
			err := run(ctx)
			is(t, what+" by "+who, err, orm.ErrInvalid)
			var e *orm.Error
			if !errors.As(err, &e) || e.Field != "Branch" || what != "a zero meant" && !strings.Contains(err.Error(), `"branch"`) {
				t.Errorf("%s by %s: the error does not name field and scope: %v", what, who, err)
			}
		}
	}
	if rows, err := r.All(ctx); err != nil || len(rows) != 1 || rows[0] != given {
		t.Errorf("%v, %v", rows, err)
	}
	must(t, db.Use(rls.Scope("branch", valueOf("branch"))))
	if found, err := db.Check(ctx); err != nil || len(found) != 0 {
		t.Errorf("Check finds %+v, %v", found, err)
	}
	_, err = r.All(ctx)
	is(t, "All once it is registered", err, orm.ErrNoActor)
}

func TestScopesThatDoNotFit(t *testing.T) {
	db, _ := watched(t, []any{lonely{}, gauge{}, machine{}, maker{}, tool{}, fitting{}})
	for what, c := range map[string]struct {
		exts []hook.Extension
		says string
	}{
		"a name that nobody tags": {[]hook.Extension{rls.Scope("compny", valueOf("x"))}, `did you mean "company"?`},
		"no name":                 {[]hook.Extension{rls.Scope("", valueOf("x"))}, `scope=`},
		"the tenant":              {[]hook.Extension{rls.Scope("tenant", valueOf("x"))}, `"tenant"`},
		"the owner":               {[]hook.Extension{rls.Scope("owner", valueOf("x"))}, `"owner"`},
		"no function":             {[]hook.Extension{rls.Scope("company", nil)}, `"company"`},
		"twice":                   {[]hook.Extension{rls.Scope("company", valueOf("x")), rls.Scope("company", valueOf("x"))}, `"company" is registered twice`},
	} {
		err := db.Use(c.exts...)
		is(t, what, err, orm.ErrInvalid)
		if !strings.Contains(fmt.Sprint(err), c.says) {
			t.Errorf("%s: %v, want it to say %s", what, err, c.says)
		}
	}
	if names := db.Scopes(); len(names) != 0 {
		t.Errorf("%v are registered", names)
	}
}

// An audit of a refused write tells nothing, one of a write tells the row with the column that the scope filled.
func TestAuditTellsWhatTheScopeFilled(t *testing.T) {
	var told []hook.Entry
	db, _ := watched(t, []any{lonely{}}, rls.Scope("branch", valueOf("branch")), hook.Audit(func(_ context.Context, e hook.Entry) error {
		told = append(told, e)
		return nil
	}))
	ctx := orm.WithActor(t.Context(), orm.Actor{ID: 1, Values: map[string]any{"branch": "west"}})
	r := orm.Repo[lonely](db)
	must(t, r.Create(ctx, &lonely{Text: "x"}))
	is(t, "a row of another branch", r.Create(ctx, &lonely{Text: "y", Branch: "east"}), orm.ErrDenied)
	if len(told) != 1 || fmt.Sprint(told[0].New["Branch"]) != "west" {
		t.Errorf("%+v", told)
	}
}
