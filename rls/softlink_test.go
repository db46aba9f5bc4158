package rls_test

import (
	"context"
	"testing"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/rls"
)

type singer struct {
	ID       int64   `orm:"id,auto"`
	TenantID int64   `orm:"tenant_id,tenant"`
	Name     string  `orm:"name"`
	Choirs   []choir `orm:"relation=id:id,through=singings(singer_id:choir_id)"`
}

type choir struct {
	ID       int64  `orm:"id,auto"`
	TenantID int64  `orm:"tenant_id,tenant"`
	Name     string `orm:"name"`
}

// singing links a singer with a choir, and is deleted softly.
type singing struct {
	SingerID  int64      `orm:"singer_id,id,table=singings"`
	ChoirID   int64      `orm:"choir_id,id"`
	TenantID  int64      `orm:"tenant_id,tenant"`
	DeletedAt *time.Time `orm:"deleted_at,softdelete"`
}

// engagement is a link row with a key of its own, whose pair is unique among the living alone.
type engagement struct {
	ID        int64      `orm:"id,auto,table=singings"`
	SingerID  int64      `orm:"singer_id,unique=pair"`
	ChoirID   int64      `orm:"choir_id,unique=pair"`
	TenantID  int64      `orm:"tenant_id,tenant"`
	DeletedAt *time.Time `orm:"deleted_at,softdelete"`
}

var (
	singersOf = orm.Bind[singer, struct {
		ID     orm.Col[singer, int64]
		Choirs orm.Many[singer, choir]
	}]()
	choirsOf = orm.Bind[choir, struct{ ID orm.Col[choir, int64] }]()
)

func TestLinksThatWereDeletedSoftlyAreMadeAgain(t *testing.T) {
	for name, link := range map[string]any{"the pair is the key": singing{}, "the pair is unique": engagement{}} {
		t.Run(name, func(t *testing.T) {
			databases(t, []any{singer{}, choir{}, link}, func(t *testing.T, db orm.DB) {
				must(t, db.Use(rls.Tenant(), hook.SoftDelete()))
				ctx := orm.WithActor(t.Context(), orm.Actor{ID: 1, TenantID: 1})
				s, c := singer{Name: "s"}, []choir{{Name: "a"}, {Name: "b"}}
				must(t, orm.Repo[singer](db).Create(ctx, &s))
				must2(t)(orm.Repo[choir](db).CreateMany(ctx, c))
				r := orm.Repo[singer](db)
				do := func(what string, want int, a orm.Assign[singer]) {
					t.Helper()
					if _, err := r.ByID(s.ID).Update(ctx, a); err != nil {
						t.Fatalf("%s: %v", what, err)
					}
					got, err := r.Include("Choirs").ByID(s.ID).One(ctx)
					must(t, err)
					if len(got.Choirs) != want {
						t.Errorf("%s: %d choirs, want %d", what, len(got.Choirs), want)
					}
				}
				both := choirsOf.ID.In(c[0].ID, c[1].ID)
				for range 3 {
					do("Link", 2, singersOf.Choirs.Link(both))
					do("Link again", 2, singersOf.Choirs.Link(both))
					do("Unlink one", 1, singersOf.Choirs.Unlink(choirsOf.ID.Eq(c[0].ID)))
					do("Set the other", 1, singersOf.Choirs.Set(choirsOf.ID.Eq(c[0].ID)))
					do("Set both", 2, singersOf.Choirs.Set(both))
					do("Set none", 0, singersOf.Choirs.Set())
				}
				other := orm.WithActor(context.WithoutCancel(t.Context()), orm.Actor{ID: 2, TenantID: 2})
				_, err := r.ByID(s.ID).Update(other, singersOf.Choirs.Link(both))
				is(t, "a link of another tenant", err, orm.ErrNotFound)
			})
		})
	}
}
