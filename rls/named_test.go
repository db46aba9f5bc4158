package rls_test

import (
	"context"
	"errors"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/rls"
)

// box holds secrets that not everybody who may fill it may read; its columns are its key and scopes alone.
type box struct {
	ID       int64    `orm:"id,auto"`
	TenantID int64    `orm:"tenant_id,tenant"`
	Mark     string   `orm:"mark,createonly"`
	Secrets  []secret `orm:"relation=id:box_id"`
	Labels   []label  `orm:"relation=id:id,through=box_labels(box_id:label_id)"`
}

type secret struct {
	ID       int64  `orm:"id,auto"`
	TenantID int64  `orm:"tenant_id,tenant"`
	BoxID    *int64 `orm:"box_id"`
	Text     string `orm:"text,unique"`
}

type label struct {
	ID       int64  `orm:"id,auto"`
	TenantID int64  `orm:"tenant_id,tenant"`
	Name     string `orm:"name,unique"`
}

var (
	boxesOf = orm.Bind[box, struct {
		ID      orm.Col[box, int64]
		Secrets orm.Many[box, secret]
		Labels  orm.Many[box, label]
	}]()
	secretsOf = orm.Bind[secret, struct {
		ID   orm.Col[secret, int64]
		Text orm.Text[secret]
	}]()
	labelsOf = orm.Bind[label, struct {
		ID   orm.Col[label, int64]
		Name orm.Text[label]
	}]()
)

func TestGuardNamingRelatedRowsNeedsRead(t *testing.T) {
	databases(t, []any{box{}, secret{}, label{}}, func(t *testing.T, db orm.DB) {
		must(t, db.Use(rls.Tenant(), rls.RBAC{
			"box":    {"boss": rls.All, "packer": rls.All},
			"secret": {"boss": rls.All, "packer": rls.Update},
			"label":  {"boss": rls.All, "packer": rls.Update},
		}))
		as := func(role string) context.Context {
			return orm.WithActor(t.Context(), orm.Actor{ID: 1, TenantID: 1, Role: role})
		}
		b := box{Mark: "x"}
		must(t, orm.Repo[box](db).Create(as("boss"), &b))
		s, l := secret{BoxID: &b.ID, Text: "swordfish"}, label{Name: "hidden"}
		must(t, orm.Repo[secret](db).Create(as("boss"), &s))
		must(t, orm.Repo[label](db).Create(as("boss"), &l))
		must2(t)(orm.Repo[box](db).ByID(b.ID).Update(as("boss"), boxesOf.Labels.Link(orm.Key[label](l.ID))))
		undo := errors.New("undo")
		try := func(role string, a orm.Assign[box]) error {
			err := db.Tx(as(role), func(tx orm.DB) error {
				if _, err := orm.Repo[box](tx).ByID(b.ID).Update(as(role), a); err != nil {
					return err
				}
				return undo
			})
			if errors.Is(err, undo) {
				return nil
			}
			return err
		}
		for name, a := range map[string]orm.Assign[box]{
			"unlink what begins so":     boxesOf.Secrets.Unlink(secretsOf.Text.StartsWith("s")),
			"unlink what does not":      boxesOf.Secrets.Unlink(secretsOf.Text.StartsWith("z")),
			"link by a unique column":   boxesOf.Secrets.Link(secretsOf.Text.Eq("swordfish")),
			"link by one that is not":   boxesOf.Secrets.Link(secretsOf.Text.Eq("other")),
			"set by a unique column":    boxesOf.Secrets.Set(secretsOf.Text.Eq("swordfish")),
			"unlink a label so":         boxesOf.Labels.Unlink(labelsOf.Name.StartsWith("h")),
			"unlink a label not so":     boxesOf.Labels.Unlink(labelsOf.Name.StartsWith("z")),
			"link a label by its name":  boxesOf.Labels.Link(labelsOf.Name.Eq("hidden")),
			"link a label of no name":   boxesOf.Labels.Link(labelsOf.Name.Eq("none")),
			"unlink by key and by text": boxesOf.Secrets.Unlink(orm.And(secretsOf.ID.Eq(s.ID), secretsOf.Text.StartsWith("s"))),
		} {
			if err := try("packer", a); !errors.Is(err, orm.ErrDenied) {
				t.Errorf("%s: %v", name, err)
			}
			if err := try("boss", a); errors.Is(err, orm.ErrDenied) {
				t.Errorf("%s, by one who may read: %v", name, err)
			}
		}
		if err := try("packer", boxesOf.Secrets.Unlink(secretsOf.ID.Eq(s.ID))); err != nil {
			t.Errorf("by key: %v", err)
		}
	})
}

func must2(t *testing.T) func(any, error) {
	return func(_ any, err error) { t.Helper(); must(t, err) }
}

// A write of related rows alone is an update of the row above to every hook, whatever columns it has.
func TestGuardNestedWritesMeetTheHooksOfTheRowAbove(t *testing.T) {
	databases(t, []any{box{}, secret{}, label{}}, func(t *testing.T, db orm.DB) {
		seen := 0
		veto := errors.New("veto")
		deny := false
		must(t, db.Use(rls.Tenant(), hook.Before[box](func(_ context.Context, op *hook.Op) error {
			if op.Kind == hook.Update {
				seen++
				if deny {
					return veto
				}
			}
			return nil
		})))
		ctx := orm.WithActor(t.Context(), orm.Actor{ID: 1, TenantID: 1})
		b := box{Mark: "x"}
		must(t, orm.Repo[box](db).Create(ctx, &b))
		got, err := orm.Repo[box](db).Select(boxesOf.ID).ByID(b.ID).Update(ctx, boxesOf.Secrets.Create(&secret{Text: "a"}))
		must(t, err)
		if seen != 1 || got.Mark != "" {
			t.Errorf("%d updates were seen; %+v", seen, got)
		}
		deny = true
		if _, err := orm.Repo[box](db).ByID(b.ID).Update(ctx, boxesOf.Secrets.Create(&secret{Text: "b"})); !errors.Is(err, veto) {
			t.Errorf("past a veto: %v", err)
		}
		if n, err := orm.Repo[secret](db).Count(ctx); err != nil || n != 1 {
			t.Error(n, err)
		}
	})
}

// What a hook makes of a statement neither goes round the scopes nor breaks out of the library.
func TestGuardForgedStatements(t *testing.T) {
	databases(t, []any{box{}, secret{}, label{}}, func(t *testing.T, db orm.DB) {
		var forge func(st *builder.Select)
		must(t, db.Use(rls.Tenant(), hook.Before[box](func(_ context.Context, op *hook.Op) error {
			if op.Select != nil && forge != nil {
				forge(op.Select)
			}
			return nil
		})))
		ctx := orm.WithActor(t.Context(), orm.Actor{ID: 1, TenantID: 1})
		must(t, orm.Repo[box](db).Create(ctx, &box{Mark: "x"}))
		for name, f := range map[string]func(st *builder.Select){
			"joins": func(st *builder.Select) {
				st.Joins = []builder.Join{{Relation: st.Model.Relations[0], Rows: &builder.Select{Model: st.Model.Relations[0].Target, Scoped: true}}}
			},
			"an empty join": func(st *builder.Select) { st.Joins = make([]builder.Join, 1) },
			"extra":         func(st *builder.Select) { st.Extra = &builder.Extra{} },
			"no model":      func(st *builder.Select) { st.Model = nil },
		} {
			forge = f
			if _, err := orm.Repo[box](db).All(ctx); !errors.Is(err, orm.ErrDenied) && !errors.Is(err, orm.ErrInvalid) && err != nil {
				t.Errorf("%s: %v", name, err)
			} else if err == nil && name != "extra" {
				t.Errorf("%s: it ran", name)
			}
		}
	})
}
