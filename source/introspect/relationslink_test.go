package introspect_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/rls"
	"github.com/multi-orm/orm/source/introspect"
)

type (
	clubber struct {
		ID    int64  `orm:"id,table=clubbers"`
		Clubs []club `orm:"relation"`
	}
	club struct {
		ID       int64     `orm:"id,table=clubs"`
		Clubbers []clubber `orm:"relation"`
	}
	// appMember and plainMember are the link table, whose rows belong to tenants.
	appMember struct {
		ClubberID int64 `orm:"clubber,id,table=members,schema=app"`
		ClubID    int64 `orm:"club,id"`
		TenantID  int64 `orm:"tenant_id,tenant"`
	}
	plainMember struct {
		ClubberID int64 `orm:"clubber,id,table=members"`
		ClubID    int64 `orm:"club,id"`
		TenantID  int64 `orm:"tenant_id,tenant"`
	}
	farClubber struct {
		ID    int64     `orm:"id,table=clubbers"`
		Clubs []farClub `orm:"relation"`
	}
	farClub struct {
		ID       int64        `orm:"id,table=clubs"`
		Clubbers []farClubber `orm:"relation"`
	}
)

// Links that keys tell go by the model of their table, however the database writes its name and columns: its scopes hold for them.
func TestRelationsThroughModels(t *testing.T) {
	const tables = `
CREATE TABLE clubbers (id INTEGER PRIMARY KEY);
CREATE TABLE clubs (id INTEGER PRIMARY KEY);
CREATE TABLE MEMBERS (CLUBBER INTEGER NOT NULL REFERENCES clubbers, club INTEGER NOT NULL REFERENCES clubs, tenant_id BIGINT NOT NULL, PRIMARY KEY (CLUBBER, club));
INSERT INTO clubbers VALUES (1), (2);
INSERT INTO clubs VALUES (1), (2), (3);
INSERT INTO MEMBERS VALUES (1, 1, 1), (1, 2, 2), (2, 2, 2);
`
	read := func(t *testing.T, ids func(tenant int64) []int64) {
		for tenant, want := range map[int64]string{1: "[1]", 2: "[2]"} {
			if got := fmt.Sprint(ids(tenant)); got != want {
				t.Errorf("tenant %d is given the clubs %s, want %s", tenant, got, want)
			}
		}
	}
	t.Run("sqlite", func(t *testing.T) {
		e := engines()[0]
		address := e.make(t)
		e.load(t, address, tables)
		db := open(t, e.open(address), orm.Models(clubber{}, plainMember{}), introspect.Relations())
		if err := db.Use(rls.Tenant(), rls.Global(clubber{}), rls.Global(club{})); err != nil {
			t.Fatal(err)
		}
		read(t, func(tenant int64) (ids []int64) {
			x, err := orm.Repo[clubber](db).ByID(1).Include("Clubs").One(as(t.Context(), tenant))
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range x.Clubs {
				ids = append(ids, c.ID)
			}
			slices.Sort(ids)
			return ids
		})
		members := orm.Bind[clubber, struct{ Clubs orm.Many[clubber, club] }]()
		clubs := orm.Bind[club, struct{ ID orm.Col[club, int64] }]()
		if _, err := orm.Repo[clubber](db).ByID(2).Update(as(t.Context(), 1), members.Clubs.Link(clubs.ID.Eq(3))); err != nil {
			t.Fatal(err)
		}
		all, err := orm.Repo[plainMember](db).All(as(t.Context(), 1))
		if err != nil || len(all) != 2 || all[1].ClubID != 3 || all[1].TenantID != 1 {
			t.Error(all, err)
		}
	})
	t.Run("postgres", func(t *testing.T) {
		e := engines()[1]
		address := e.make(t)
		e.load(t, address, "CREATE SCHEMA app; SET search_path = app;"+tables)
		joint := "?"
		if strings.Contains(address, "?") {
			joint = "&"
		}
		db := open(t, e.open(address+joint+"search_path=app"), orm.Models(farClubber{}, appMember{}), introspect.Relations())
		if err := db.Use(rls.Tenant(), rls.Global(farClubber{}), rls.Global(farClub{})); err != nil {
			t.Fatal(err)
		}
		read(t, func(tenant int64) (ids []int64) {
			x, err := orm.Repo[farClubber](db).ByID(1).Include("Clubs").One(as(t.Context(), tenant))
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range x.Clubs {
				ids = append(ids, c.ID)
			}
			slices.Sort(ids)
			return ids
		})
	})
}

// A tag that leaves the schema of its link table out where the model of the table says one is refused: the model's scopes might not hold.
func TestLinkTableGuardsUnclearSchema(t *testing.T) {
	type topic struct {
		ID int64 `orm:"id,table=clubs"`
	}
	type reader struct {
		ID     int64   `orm:"id,table=clubbers"`
		Topics []topic `orm:"relation=id:id,through=members(clubber:club)"`
	}
	type other struct {
		ID     int64   `orm:"id,table=clubbers"`
		Topics []topic `orm:"relation=id:id,through=app.members(clubber:club)"`
	}
	e := engines()[0]
	const want = "relation Topics: through=members may be the table of %s: say the same schema in both"
	for _, c := range []struct {
		models orm.Option
		name   string
	}{{orm.Models(reader{}, appMember{}), "appMember"}, {orm.Models(other{}, plainMember{}), "plainMember"}} {
		db, err := orm.Open(t.Context(), e.open(e.make(t)), c.models)
		if err == nil {
			_ = db.Close()
		}
		if !errors.Is(err, orm.ErrInvalid) || !strings.Contains(err.Error(), fmt.Sprintf(want, c.name)) {
			t.Error(err)
		}
	}
	open(t, e.open(e.make(t)), orm.Models(reader{}, plainMember{}))
	open(t, e.open(e.make(t)), orm.Models(other{}, appMember{}))
}
