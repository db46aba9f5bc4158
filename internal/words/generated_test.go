package words_test

import (
	"database/sql"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/internal/testkit"
	"github.com/multi-orm/orm/source/introspect"
	"github.com/multi-orm/orm/source/postgres"
	"github.com/multi-orm/orm/source/sqlite"
)

// derived has columns of many kinds that the database makes of two others.
type derived struct {
	ID    int64            `orm:"id,generated,table=deriveds"`
	Name  string           `orm:"name,unique"`
	N     int64            `orm:"n"`
	Twice int64            `orm:"twice,generated=n * 2"`
	Half  float64          `orm:"half,generated=n / 2.0"`
	Big   bool             `orm:"big,generated=n > 10"`
	Upper string           `orm:"upper,size=20,generated=upper(name)"`
	Some  *string          `orm:"some,generated=nullif(name, 'none')"`
	Rank  sql.Null[int32]  `orm:"rank,generated=nullif(n, 0)"`
	Sum   amount           `orm:"sum,type=numeric(12,2),generated=n"`
	Doc   *map[string]bool `orm:"doc,json,generated='{\"a\":true}'"`
	OfID  *int64           `orm:"of_id"`

	Parts []derived `orm:"relation=id:of_id,foreignkey"`
}

var deriveds = orm.Bind[derived, struct {
	ID    orm.Col[derived, int64]
	Name  orm.Text[derived]
	N     orm.Col[derived, int64]
	Twice orm.Col[derived, int64]
	Parts orm.Many[derived, derived]
}]()

// derivation reports whether a row does not hold what its columns are made by.
func derivation(d *derived) string {
	n := d.N
	if d.ID == 0 || d.Twice != 2*n || d.Half != float64(n)/2 || d.Big != (n > 10) || d.Upper != strings.ToUpper(d.Name) || (d.Some == nil) != (d.Name == "none") ||
		d.Rank.Valid != (n != 0) || int64(d.Rank.V) != n || d.Sum.r == nil || d.Sum.r.FloatString(0) != fmt.Sprint(n) || d.Doc == nil || !(*d.Doc)["a"] {
		return fmt.Sprintf("%+v", *d)
	}
	return ""
}

func TestGeneratedColumnsOfEveryKind(t *testing.T) {
	engines(t, func(t *testing.T, db orm.DB) {
		ctx := t.Context()
		repo := orm.Repo[derived](db)
		is := func(what string, d *derived) {
			t.Helper()
			if why := derivation(d); why != "" {
				t.Errorf("%s gives %s", what, why)
			}
		}
		d := derived{Name: "none", N: 7}
		must(t, repo.Create(ctx, &d))
		is("Create", &d)
		many := []derived{{Name: "b", N: 20}, {Name: "c"}}
		done(t)(repo.CreateMany(ctx, many))
		is("CreateMany", &many[0])
		is("CreateMany", &many[1])

		d.N = 11
		must(t, repo.Save(ctx, &d))
		is("Save", &d)
		many[0].N, many[1].N = 3, 4
		done(t)(repo.SaveMany(ctx, many))
		for i := range many {
			kept, err := repo.ByID(many[i].ID).One(ctx)
			must(t, err)
			is("SaveMany", &kept)
			if kept.N != int64(3+i) {
				t.Errorf("%+v", kept)
			}
		}
		id := d.ID
		d = derived{ID: id, Name: "none", N: 12} // a row that was read holds the key
		must(t, repo.Upsert(ctx, orm.On(deriveds.Name), &d))
		is("Upsert", &d)
		if d.ID != id {
			t.Errorf("the row got another key: %d, %d", d.ID, id)
		}
		fresh := derived{Name: "fresh", N: 2}
		must(t, repo.Upsert(ctx, orm.On(deriveds.Name), &fresh))
		is("Upsert", &fresh)
		got, err := repo.ByID(d.ID).Update(ctx, deriveds.N.Set(1), deriveds.Parts.Create(&derived{Name: "part", N: 5}))
		must(t, err)
		is("Update", &got)
		got, err = repo.ByID(d.ID).Update(ctx, deriveds.Parts.Upsert(deriveds.Name.Eq("part"), &derived{Name: "part", N: 6}))
		must(t, err)
		part, err := repo.Where(deriveds.Name.Eq("part")).One(ctx)
		must(t, err)
		is("a nested upsert", &part)
		if part.N != 6 || part.OfID == nil || *part.OfID != got.ID {
			t.Errorf("%+v", part)
		}
		for what, err := range map[string]error{
			"a key":    repo.Create(ctx, &derived{ID: 99, Name: "x"}),
			"a value":  repo.Create(ctx, &derived{Name: "x", Twice: 4}),
			"by key":   repo.Upsert(ctx, orm.On(deriveds.ID), &derived{ID: 1, Name: "x"}),
			"assigned": second(repo.ByID(d.ID).Update(ctx, deriveds.Twice.Set(1))),
		} {
			if !errors.Is(err, orm.ErrInvalid) {
				t.Errorf("%s: %v", what, err)
			}
		}
		plan, err := introspect.Plan(ctx, db)
		if err != nil || len(plan.Changes)+len(plan.Notes) > 0 {
			t.Errorf("%v\n%s", err, plan)
		}
		found, err := db.Check(ctx)
		if err != nil || len(found) > 0 {
			t.Errorf("%v, %v", found, err)
		}
	}, derived{})
}

func second[T any](_ T, err error) error { return err }

// What a key that the database always makes meets where the tag says auto alone.
func TestAlwaysIdentity(t *testing.T) {
	type always struct {
		ID   int64  `orm:"id,auto,table=alwayses"`
		Name string `orm:"name,unique"`
	}
	ctx := t.Context()
	db, err := orm.Open(ctx, postgres.Source("main", testkit.Postgres(t)), orm.Models(always{}))
	must(t, err)
	defer func() { must(t, db.Close()) }()
	done(t)(db.Exec(ctx, orm.Unsafe("CREATE TABLE alwayses (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL UNIQUE)")))
	repo := orm.Repo[always](db)
	many := []always{{Name: "a"}, {Name: "b"}}
	done(t)(repo.CreateMany(ctx, many))
	many[0].Name, many[1].Name = "c", "d"
	must(t, repo.Save(ctx, &many[0]))
	done(t)(repo.SaveMany(ctx, many))
	up := always{Name: "c"}
	must(t, repo.Upsert(ctx, orm.On(repo.F("Name")), &up))
	if up.ID != many[0].ID {
		t.Errorf("%+v, %+v", up, many)
	}
	if err := repo.Create(ctx, &always{ID: 9, Name: "x"}); !errors.Is(err, orm.ErrInvalid) || !strings.Contains(err.Error(), "the database always makes the value") {
		t.Errorf("%v", err)
	}
}

// never has columns of types that hold NULL themselves.
type never struct {
	ID   int64          `orm:"id,auto,table=nevers"`
	Sum  amount         `orm:"sum,type=numeric(10,2),notnull"`
	Raw  []byte         `orm:"raw,notnull"`
	Tags []string       `orm:"tags,notnull"`
	Doc  map[string]int `orm:"doc,json,notnull"`
	List []int          `orm:"list,json,notnull"`
	May  amount         `orm:"may,type=numeric(10,2)"`
}

func TestNotNullOfTypesThatHoldNull(t *testing.T) {
	engines(t, func(t *testing.T, db orm.DB) {
		ctx := t.Context()
		repo := orm.Repo[never](db)
		x := never{Sum: amount{big.NewRat(3, 2)}}
		must(t, repo.Create(ctx, &x))
		got, err := repo.ByID(x.ID).One(ctx)
		if err != nil || got.Raw == nil || got.Tags == nil || got.Doc == nil || got.List == nil || len(got.Raw)+len(got.Tags)+len(got.Doc)+len(got.List) > 0 || got.Sum.r.Cmp(x.Sum.r) != 0 {
			t.Errorf("%+v, %v", got, err)
		}
		must(t, repo.Save(ctx, &x)) // nil again
		for what, err := range map[string]error{
			"create": repo.Create(ctx, &never{}),
			"save":   repo.Save(ctx, &never{ID: x.ID}),
			"assign": second(repo.ByID(x.ID).Update(ctx, orm.F(func(n *never) *amount { return &n.Sum }).Set(amount{}))),
		} {
			if !errors.Is(err, orm.ErrInvalid) || !strings.Contains(err.Error(), "Sum") {
				t.Errorf("%s: %v", what, err)
			}
		}
		live, err := db.Catalogue(ctx)
		must(t, err)
		for i := range live.Tables {
			for _, c := range live.Tables[i].Columns {
				if live.Tables[i].Name == "nevers" && c.Nullable != (c.Name == "may") {
					t.Errorf("%s may be NULL: %t", c.Name, c.Nullable)
				}
			}
		}
		found, err := db.Check(ctx)
		if err != nil || len(found) > 0 {
			t.Errorf("%v, %v", found, err)
		}
	}, never{})
}

func TestNotNullIsChecked(t *testing.T) {
	type pointed struct {
		ID   int64   `orm:"id,auto"`
		Name *string `orm:"name,notnull"`
	}
	_, err := orm.Open(t.Context(), sqlite.Source("main", ":memory:"), orm.Models(pointed{}))
	if !errors.Is(err, orm.ErrInvalid) || !strings.Contains(err.Error(), "is there for NULL: use string instead") {
		t.Error(err)
	}
}
