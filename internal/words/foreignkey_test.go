package words_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/internal/testkit"
	"github.com/multi-orm/orm/source/introspect"
	"github.com/multi-orm/orm/source/postgres"
	"github.com/multi-orm/orm/source/sqlite"
)

// made stands first, so that its table must come behind those that it leads to; makers and their flagship lead to each other.
type made struct {
	ID      int64  `orm:"id,auto,table=mades"`
	MakerID int64  `orm:"maker_id"`
	PartOf  *int64 `orm:"part_of"`
	Code    string `orm:"code"`
	Soft    int64  `orm:"soft_id"`

	Maker *maker `orm:"relation=maker_id:id,ondelete=cascade,onupdate=restrict"`
	Whole *made  `orm:"relation=part_of:id,ondelete=setnull"`
	Label *label `orm:"relation=code:code,foreignkey"`
	Loose *maker `orm:"relation=soft_id:id"`
	Shops []shop `orm:"relation=id:id,through=shown(made_id:shop_id),ondelete=cascade"`
}

type maker struct {
	ID         int64  `orm:"id,auto,table=makers"`
	FlagshipID *int64 `orm:"flagship_id"`

	Flagship *made  `orm:"relation=flagship_id:id,foreignkey"`
	Made     []made `orm:"relation=id:maker_id"`
}

type label struct {
	ID   int64  `orm:"id,auto,table=labels"`
	Code string `orm:"code,unique"`
}

type shop struct {
	ID int64 `orm:"id,auto,table=shops"`

	Till []till `orm:"relation=id:shop_id,foreignkey"` // said at the end that many rows have
}

type till struct {
	ID     int64 `orm:"id,auto,table=tills"`
	ShopID int64 `orm:"shop_id"`
}

var (
	mades = orm.Bind[made, struct{ Shops orm.Many[made, shop] }]()
	shops = orm.Bind[shop, struct{ ID orm.Col[shop, int64] }]()
)

func keyed(t *testing.T, fn func(t *testing.T, db orm.DB)) {
	engines(t, func(t *testing.T, db orm.DB) { fn(t, db) }, made{}, maker{}, label{}, shop{}, till{})
}

func TestForeignKeysHold(t *testing.T) {
	keyed(t, func(t *testing.T, db orm.DB) {
		ctx := t.Context()
		refused := func(err error, words string) {
			t.Helper()
			if !errors.Is(err, orm.ErrReference) || !strings.Contains(err.Error(), words) {
				t.Errorf("%v, want ErrReference with %q", err, words)
			}
		}
		m, l, s := maker{}, label{Code: "x"}, shop{}
		must(t, orm.Repo[maker](db).Create(ctx, &m))
		must(t, orm.Repo[label](db).Create(ctx, &l))
		must(t, orm.Repo[shop](db).Create(ctx, &s))
		refused(orm.Repo[made](db).Create(ctx, &made{MakerID: m.ID + 9, Code: "x"}), "relation Maker leads to no row of maker")
		refused(orm.Repo[made](db).Create(ctx, &made{MakerID: m.ID, Code: "y"}), "relation Label leads to no row of label")
		refused(orm.Repo[till](db).Create(ctx, &till{ShopID: 99}), "ShopID leads to no row of shop")

		whole := made{MakerID: m.ID, Code: "x", Soft: 999} // a relation that says nothing has no key
		must(t, orm.Repo[made](db).Create(ctx, &whole))
		part := made{MakerID: m.ID, Code: "x", PartOf: &whole.ID}
		must(t, orm.Repo[made](db).Create(ctx, &part))
		done(t)(orm.Repo[made](db).ByID(part.ID).Update(ctx, mades.Shops.Link(shops.ID.Eq(s.ID))))

		_, err := orm.Repo[label](db).ByID(l.ID).Delete(ctx)
		refused(err, "rows of made still refer to the row by Code")
		must(t, orm.Repo[till](db).Create(ctx, &till{ShopID: s.ID}))
		_, err = orm.Repo[shop](db).ByID(s.ID).Delete(ctx)
		refused(err, "rows of till still refer to the row by ShopID")

		_, err = orm.Repo[made](db).ByID(whole.ID).Delete(ctx) // setnull
		must(t, err)
		got, err := orm.Repo[made](db).ByID(part.ID).One(ctx)
		if err != nil || got.PartOf != nil {
			t.Errorf("%+v, %v", got, err)
		}
		m.FlagshipID = &part.ID
		must(t, orm.Repo[maker](db).Save(ctx, &m))
		wrong := part.ID + 99
		m.FlagshipID = &wrong
		refused(orm.Repo[maker](db).Save(ctx, &m), "relation Flagship leads to no row of made")
	})
}

func TestForeignKeysCascade(t *testing.T) {
	keyed(t, func(t *testing.T, db orm.DB) {
		ctx := t.Context()
		m, l, s := maker{}, label{Code: "x"}, shop{}
		must(t, orm.Repo[maker](db).Create(ctx, &m))
		must(t, orm.Repo[label](db).Create(ctx, &l))
		must(t, orm.Repo[shop](db).Create(ctx, &s))
		x := made{MakerID: m.ID, Code: "x"}
		must(t, orm.Repo[made](db).Create(ctx, &x))
		done(t)(orm.Repo[made](db).ByID(x.ID).Update(ctx, mades.Shops.Link(shops.ID.Eq(s.ID))))
		_, err := orm.Repo[maker](db).ByID(m.ID).Delete(ctx) // its rows go, and their links with them
		must(t, err)
		n, err := orm.Repo[made](db).Count(ctx)
		if err != nil || n != 0 {
			t.Errorf("%d rows are left, %v", n, err)
		}
		links, err := orm.Raw[struct{ N int64 }](ctx, db, "SELECT count(*) AS n FROM shown")
		if err != nil || links[0].N != 0 {
			t.Errorf("%v links are left, %v", links, err)
		}
	})
}

// Tables that lead to each other are made twice over without a word, and what is made is what is looked for.
func TestForeignKeysAreWhatIsLookedFor(t *testing.T) {
	keyed(t, func(t *testing.T, db orm.DB) {
		must(t, orm.CreateTables(t.Context(), db))
		plan, err := introspect.Plan(t.Context(), db)
		if err != nil || len(plan.Changes)+len(plan.Notes) > 0 {
			t.Errorf("%v\n%s", err, plan)
		}
		found, err := db.Check(t.Context())
		if err != nil || len(found) > 0 {
			t.Errorf("%v, %v", found, err)
		}
		live, err := db.Catalogue(t.Context())
		must(t, err)
		keys := map[string]int{}
		for _, x := range live.Tables {
			keys[x.Name] = len(x.ForeignKeys)
		}
		for name, n := range map[string]int{"mades": 3, "makers": 1, "shown": 2, "tills": 1, "labels": 0, "shops": 0} {
			if keys[name] != n {
				t.Errorf("%s has %d foreign keys, want %d", name, keys[name], n)
			}
		}
	})
}

// A key that is not there, or acts otherwise, is found, and the steps bring it.
func TestForeignKeysThatAreMissing(t *testing.T) {
	for name, src := range map[string]orm.Option{"sqlite": sqlite.Source("main", ":memory:"), "postgres": postgres.Source("main", testkit.Postgres(t))} {
		t.Run(name, func(t *testing.T) {
			ctx := t.Context()
			db, err := orm.Open(ctx, src, orm.Models(shop{}))
			must(t, err)
			defer func() { must(t, db.Close()) }()
			id := "bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY"
			if name == "sqlite" {
				id = "INTEGER PRIMARY KEY"
			}
			for _, s := range []string{"CREATE TABLE shops (id " + id + ")", "CREATE TABLE tills (id " + id + ", shop_id bigint NOT NULL)", "CREATE INDEX tills_shop_id_idx ON tills (shop_id)"} {
				done(t)(db.Exec(ctx, orm.Unsafe(s)))
			}
			found, err := db.Check(ctx)
			if err != nil || len(found) != 1 || !strings.Contains(found[0].Detail, "the tag wants a foreign key and none leads from tills(shop_id) to shops(id)") {
				t.Errorf("%v, %v", found, err)
			}
			plan, err := introspect.Plan(ctx, db, introspect.Destructive())
			must(t, err)
			if name == "sqlite" {
				if len(plan.Changes) > 0 || len(plan.Notes) != 1 || !strings.Contains(plan.String(), "no foreign key leads from (shop_id) to shops") {
					t.Errorf("%s", plan)
				}
				return
			}
			apply(t, db, plan)
			again, err := introspect.Plan(ctx, db)
			if err != nil || len(plan.Changes) != 1 || len(again.Changes)+len(again.Notes) > 0 {
				t.Errorf("%v\n%s\n%s", err, plan, again)
			}
		})
	}
}

func TestForeignKeyWordsAreChecked(t *testing.T) {
	type plainParent struct {
		ID   int64  `orm:"id,auto"`
		Name string `orm:"name"`
	}
	type a struct {
		ID     int64        `orm:"id,auto"`
		Of     int64        `orm:"of"`
		Parent *plainParent `orm:"relation=of:id,ondelete=casacde"`
	}
	type b struct {
		ID     int64        `orm:"id,auto"`
		Of     int64        `orm:"of"`
		Parent *plainParent `orm:"relation=of:id,ondelete=setnull"`
	}
	type c struct {
		ID     int64        `orm:"id,auto"`
		Of     string       `orm:"of"`
		Parent *plainParent `orm:"relation=of:name,foreignkey"`
	}
	type d struct {
		ID     int64        `orm:"id,auto"`
		Of     int64        `orm:"of,ondelete=cascade"`
		Parent *plainParent `orm:"relation=of:id"`
	}
	type e struct {
		ID     int64        `orm:"id,auto,datasource=other"`
		Of     int64        `orm:"of"`
		Parent *plainParent `orm:"relation=of:id,foreignkey"`
	}
	type f struct {
		ID     int64        `orm:"id,auto"`
		Of     int64        `orm:"of"`
		Parent *plainParent `orm:"relation=of:id,foreignkey=of"`
	}
	type g struct {
		ID     int64        `orm:"id,auto"`
		Of     int64        `orm:"of"`
		Parent *plainParent `orm:"relation=of:id,ondelete=setdefault"`
	}
	type pairParent struct {
		Firm int64 `orm:"firm,id"`
		No   int64 `orm:"no,id"`
	}
	type h struct {
		ID     int64       `orm:"id,auto"`
		Firm   int64       `orm:"firm"`
		No     *int64      `orm:"no"`
		Parent *pairParent `orm:"relation=firm+no:firm+no,ondelete=setnull"` // which sets both
	}
	type i struct {
		ID     int64        `orm:"id,auto"`
		N      int64        `orm:"n"`
		Of     *int64       `orm:"of,generated=n"`
		Parent *plainParent `orm:"relation=of:id,onupdate=cascade"`
	}
	for _, x := range []struct {
		model any
		words string
	}{
		{g{}, "the action setdefault needs a column that has a default (dbdefault, default=) or may be NULL, and g.Of has none"},
		{h{}, "the action setnull needs a column that may be NULL, and h.Firm may not"},
		{i{}, "the database makes the values of i.Of (generated), and the action cascade would set it"},
		{a{}, `unknown action "ondelete=casacde" (did you mean "cascade"?)`},
		{b{}, "the action setnull needs a column that may be NULL, and b.Of may not"},
		{c{}, "a foreign key leads to the key of plainParent or to a unique set of it, and Name is neither"},
		{d{}, `a relation`},
		{e{}, "no foreign key leads from one source to another"},
		{f{}, `word "foreignkey=of" takes no value`},
	} {
		db, err := orm.Open(t.Context(), sqlite.Source("main", ":memory:"), sqlite.Source("other", ":memory:"), orm.Models(x.model))
		if err == nil {
			must(t, db.Close())
		}
		if !errors.Is(err, orm.ErrInvalid) || !strings.Contains(err.Error(), x.words) {
			t.Errorf("%T: %v, want %q", x.model, err, x.words)
		}
	}
}

// done is must for calls that give something back too.
func done(t *testing.T) func(any, error) {
	return func(_ any, err error) { t.Helper(); must(t, err) }
}
