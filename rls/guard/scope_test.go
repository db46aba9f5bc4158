package guard_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/rls"
	"github.com/multi-orm/orm/rls/guard"
	"github.com/multi-orm/orm/source/sqlite"
)

// Depots and their crates belong to a region; a depot to a company too.

type Depot struct {
	ID        int64  `orm:"id,auto"`
	Region    string `orm:"region,scope=region"`
	CompanyID int64  `orm:"company_id,scope=company"`
	Name      string `orm:"name"`

	Crates []Crate `orm:"relation=id:depot_id"`
}

type Crate struct {
	ID      int64  `orm:"id,auto"`
	DepotID int64  `orm:"depot_id"`
	Region  string `orm:"region,scope=region"`
	Label   string `orm:"label"`
}

var (
	Depots = orm.Bind[Depot, struct {
		ID        orm.Col[Depot, int64]
		Region    orm.Text[Depot]
		CompanyID orm.Col[Depot, int64]
		Name      orm.Text[Depot]
		Crates    orm.Many[Depot, Crate]
	}]()
	Crates = orm.Bind[Crate, struct {
		ID     orm.Col[Crate, int64]
		Region orm.Text[Crate]
		Label  orm.Text[Crate]
	}]()
)

// depots never name the columns of scopes: they count as filled.
var depots = guard.MustCompile(guard.Shape[Depot]{
	Select: guard.Only(Depots.ID, Depots.Name, Depots.Region, Depots.CompanyID),
	Unique: guard.Uniques[Depot]{guard.By(Depots.ID)},
	Create: guard.Data[Depot]{guard.Accept(Depots.Name), guard.Nest(Depots.Crates, guard.Ops[Crate]{Create: guard.Data[Crate]{guard.Accept(Crates.Label)}})},
	Update: guard.Data[Depot]{guard.Accept(Depots.Name)},
})

func depotDB(t *testing.T) orm.DB {
	t.Helper()
	db, err := orm.Open(t.Context(), sqlite.Source("main", ":memory:"), orm.Models(Depot{}, Crate{}))
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	must(t, orm.CreateTables(t.Context(), db))
	return db
}

func value(name string) func(context.Context, orm.Actor) (any, error) {
	return func(_ context.Context, a orm.Actor) (any, error) { return a.Values[name], nil }
}

func TestAScopesColumnIsNeverAccepted(t *testing.T) {
	for want, s := range map[string]guard.Shape[Depot]{
		"Create: Region cannot be accepted: it is a scope's column: the scope region fills it": {
			Select: guard.Only(Depots.ID), Create: guard.Data[Depot]{guard.Accept(Depots.Name), guard.Accept(Depots.Region)}},
		"Create: CompanyID cannot be accepted: it is a scope's column: the scope company fills it": {
			Select: guard.Only(Depots.ID), Create: guard.Data[Depot]{guard.Accept(Depots.Name), guard.Accept(Depots.CompanyID)}},
		"Update: Region cannot be accepted": {Select: guard.Only(Depots.ID), Unique: guard.Uniques[Depot]{guard.By(Depots.ID)}, Update: guard.Data[Depot]{guard.Accept(Depots.Region)}},
		"Update.Crates.create: Region cannot be accepted": {Select: guard.Only(Depots.ID), Unique: guard.Uniques[Depot]{guard.By(Depots.ID)},
			Update: guard.Data[Depot]{guard.Nest(Depots.Crates, guard.Ops[Crate]{Create: guard.Data[Crate]{guard.Accept(Crates.Label), guard.Accept(Crates.Region)}})}},
	} {
		if _, err := guard.Compile(s); !errors.Is(err, orm.ErrInvalid) || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want a mistake that says %q", err, want)
		}
	}
}

// A new row whose scope nobody registered is refused at the first use, in every way of making one.
func TestAScopesColumnWantsTheScope(t *testing.T) {
	db := depotDB(t)
	ctx := orm.WithActor(t.Context(), orm.Actor{ID: int64(1), Values: map[string]any{"region": "north", "company": 7}})
	repo, create := orm.Repo[Depot](db), []byte(`{"data": {"name": "a", "crates": {"create": {"label": "x"}}}}`)
	for _, missing := range []string{"region", "company"} {
		for what, run := range map[string]func() error{
			"Create":     func() error { _, err := depots.Create(ctx, repo, create); return err },
			"CreateMany": func() error { _, err := depots.CreateMany(ctx, repo, []byte(`{"data": [{"name": "a"}]}`)); return err },
			"Upsert": func() error {
				_, err := depots.Upsert(ctx, repo, []byte(`{"where": {"id": 1}, "create": {"name": "a"}, "update": {"name": "b"}}`))
				return err
			},
		} {
			if e := refused(t, run(), guard.CodeInternal, ""); e != nil && !strings.Contains(e.Err.Error(), fmt.Sprintf("scope %q", missing)) {
				t.Errorf("%s without %s: %v", what, missing, e.Err)
			}
		}
		must(t, db.Use(rls.Scope(missing, value(missing))))
	}
	row, err := depots.Create(ctx, repo, create)
	shows(t, row, err, `{"id":1,"name":"a","region":"north","company_id":7}`)
	if n, err := orm.Repo[Crate](db).Where(Crates.Region.Eq("north")).Count(ctx); n != 1 || err != nil {
		t.Errorf("%d crates, %v", n, err)
	}
	south := orm.WithActor(t.Context(), orm.Actor{ID: int64(1), Values: map[string]any{"region": "south", "company": 7}})
	_, err = depots.Update(south, repo, []byte(`{"where": {"id": 1}, "data": {"name": "stolen"}}`))
	refused(t, err, guard.CodeNotFound, "")
	_, err = depots.Create(ctx, repo, []byte(`{"data": {"name": "b", "region": "south"}}`))
	refused(t, err, guard.CodeShape, "data.region")
	_, err = depots.Create(orm.WithActor(t.Context(), orm.Actor{ID: int64(1)}), repo, []byte(`{"data": {"name": "b"}}`))
	refused(t, err, guard.CodePolicy, "")
}
