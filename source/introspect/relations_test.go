package introspect_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/rls"
	"github.com/multi-orm/orm/source/introspect"
)

// Market's keys bear no names that relations could be read from. Rows 1 to 9 are of tenant 1, 11 to 19 of tenant 2; those that end in 5
// are crossed: they refer to the other tenant.
const market = `
CREATE TABLE traders (id INTEGER PRIMARY KEY, tenant_id BIGINT NOT NULL, name TEXT NOT NULL, above INTEGER REFERENCES traders);
CREATE TABLE deals (id INTEGER PRIMARY KEY, tenant_id BIGINT NOT NULL, buyer INTEGER NOT NULL REFERENCES traders, seller INTEGER REFERENCES traders);
CREATE TABLE shops (id INTEGER PRIMARY KEY, tenant_id BIGINT NOT NULL, name TEXT NOT NULL);
CREATE TABLE stalls (held_by INTEGER NOT NULL REFERENCES traders, within INTEGER NOT NULL REFERENCES shops, PRIMARY KEY (held_by, within));
CREATE TABLE licences (id INTEGER PRIMARY KEY, tenant_id BIGINT NOT NULL, of_trader INTEGER NOT NULL UNIQUE REFERENCES traders, code TEXT NOT NULL);
INSERT INTO traders VALUES (1, 1, 'ann', NULL), (2, 1, 'bob', 1), (11, 2, 'uma', NULL), (15, 2, 'crossed', 1);
INSERT INTO deals VALUES (1, 1, 1, 2), (2, 1, 1, NULL), (5, 1, 11, 11), (11, 2, 11, 11), (15, 2, 1, 1);
INSERT INTO shops VALUES (1, 1, 'corner'), (11, 2, 'esquina');
INSERT INTO stalls VALUES (1, 1), (2, 1), (11, 11), (1, 11), (11, 1);
INSERT INTO licences VALUES (1, 1, 1, 'A1'), (11, 2, 11, 'U1');
`

type (
	trader struct {
		ID       int64  `orm:"id,table=traders"`
		TenantID int64  `orm:"tenant_id,tenant"`
		Name     string `orm:"name"`
		Above    *int64 `orm:"above"`

		Boss    *trader  `orm:"relation=above"`
		Team    []trader `orm:"relation"`
		Bought  []deal   `orm:"relation=buyer"`
		Sold    []deal   `orm:"relation=SellerID"`
		Shops   []shop   `orm:"relation"`
		Licence *licence `orm:"relation"`
	}
	deal struct {
		ID       int64  `orm:"id,table=deals"`
		TenantID int64  `orm:"tenant_id,tenant"`
		BuyerID  int64  `orm:"buyer"`
		SellerID *int64 `orm:"seller"`

		Buyer  *trader `orm:"relation=buyer"`
		Seller *trader `orm:"relation=seller"`
	}
	shop struct {
		ID       int64  `orm:"id,table=shops"`
		TenantID int64  `orm:"tenant_id,tenant"`
		Name     string `orm:"name"`

		Traders []trader `orm:"relation"`
	}
	licence struct {
		ID       int64  `orm:"id,table=licences"`
		TenantID int64  `orm:"tenant_id,tenant"`
		HolderID int64  `orm:"of_trader"`
		Code     string `orm:"code"`

		Holder *trader `orm:"relation,strategy=join"`
	}
)

var traders = orm.Bind[trader, struct {
	ID      orm.Col[trader, int64]
	Name    orm.Text[trader]
	Bought  orm.Many[trader, deal]
	Shops   orm.Many[trader, shop]
	Licence orm.One[trader, licence]
	Team    orm.Many[trader, trader]
}]()

var shops = orm.Bind[shop, struct {
	ID      orm.Col[shop, int64]
	Name    orm.Text[shop]
	Traders orm.Many[shop, trader]
}]()

var licences = orm.Bind[licence, struct{ Holder orm.One[licence, trader] }]()

func marketDB(t *testing.T, e engine) orm.DB {
	t.Helper()
	address := e.make(t)
	e.load(t, address, market)
	return open(t, e.open(address), orm.Models(trader{}), introspect.Relations())
}

// told is what a trader and what is below it holds, in one line.
func (x trader) told() string {
	var parts []string
	ids := func(name string, n int, id func(int) int64) {
		var all []int64
		for i := range n {
			all = append(all, id(i))
		}
		slices.Sort(all)
		parts = append(parts, fmt.Sprint(name, all))
	}
	ids("team", len(x.Team), func(i int) int64 { return x.Team[i].ID })
	ids("bought", len(x.Bought), func(i int) int64 { return x.Bought[i].ID })
	ids("sold", len(x.Sold), func(i int) int64 { return x.Sold[i].ID })
	ids("shops", len(x.Shops), func(i int) int64 { return x.Shops[i].ID })
	if x.Boss != nil {
		parts = append(parts, "boss "+x.Boss.Name)
	}
	if x.Licence != nil {
		parts = append(parts, "licence "+x.Licence.Code)
	}
	return x.Name + ": " + strings.Join(parts, ", ")
}

// Relations go by the keys of the database: loads, filters, joins, counts and writes below them, on every engine and inside the tenant.
func TestRelationsOfKeys(t *testing.T) {
	onEngines(t, func(t *testing.T, e engine) {
		db := marketDB(t, e)
		every := func(ctx context.Context) string {
			all, err := orm.Repo[trader](db).Include("Boss", "Team", "Bought", "Sold", "Shops", "Licence").OrderBy(traders.ID.Asc()).All(ctx)
			if err != nil {
				t.Fatal(err)
			}
			var lines []string
			for _, x := range all {
				lines = append(lines, x.told())
			}
			return strings.Join(lines, "\n")
		}
		const whole = `ann: team[2 15], bought[1 2 15], sold[15], shops[1 11], licence A1
bob: team[], bought[], sold[1], shops[1], boss ann
uma: team[], bought[5 11], sold[5 11], shops[1 11], licence U1
crossed: team[], bought[], sold[], shops[], boss ann`
		if got := every(t.Context()); got != whole {
			t.Errorf("got\n%s\nwant\n%s", got, whole)
		}
		if err := db.Use(rls.Tenant()); err != nil {
			t.Fatal(err)
		}
		const first = `ann: team[2], bought[1 2], sold[], shops[1], licence A1
bob: team[], bought[], sold[1], shops[1], boss ann`
		const second = `uma: team[], bought[11], sold[11], shops[11], licence U1
crossed: team[], bought[], sold[], shops[]`
		for tenant, want := range map[int64]string{1: first, 2: second} {
			if got := every(as(t.Context(), tenant)); got != want {
				t.Errorf("tenant %d got\n%s\nwant\n%s", tenant, got, want)
			}
		}

		ctx := as(t.Context(), 1)
		names := func(ps ...orm.Pred[trader]) string {
			all, err := orm.Repo[trader](db).Where(ps...).OrderBy(traders.ID.Asc()).All(ctx)
			if err != nil {
				t.Fatal(err)
			}
			var out []string
			for _, x := range all {
				out = append(out, x.Name)
			}
			return strings.Join(out, " ")
		}
		for want, p := range map[string]orm.Pred[trader]{
			"ann":     traders.Bought.Some(),
			"bob":     traders.Bought.None(),
			"ann bob": traders.Shops.Some(shops.Name.Eq("corner")),
			"":        traders.Shops.Some(shops.ID.Eq(11)),
		} {
			if got := names(p); got != want {
				t.Errorf("%q, want %q", got, want)
			}
		}
		held, err := orm.Repo[licence](db).Include("Holder").All(ctx)
		if err != nil || len(held) != 1 || held[0].Holder == nil || held[0].Holder.Name != "ann" {
			t.Error(held, err)
		}

		fresh := trader{ID: 3, Name: "cyd"}
		if err := orm.Repo[trader](db).Create(ctx, &fresh, traders.Bought.Create(&deal{ID: 3}), traders.Shops.Link(shops.ID.Eq(1))); err != nil {
			t.Fatal(err)
		}
		if err := orm.Repo[trader](db).Create(ctx, &trader{ID: 4, Name: "dan"}, traders.Shops.Link(shops.ID.Eq(11))); !errors.Is(err, orm.ErrReference) {
			t.Error("a shop of another tenant was linked:", err)
		}
		got, err := orm.Repo[trader](db).Where(traders.ID.Eq(3)).Include("Bought", "Shops").One(ctx)
		if err != nil || got.told() != "cyd: team[], bought[3], sold[], shops[1]" {
			t.Error(got.told(), err)
		}
	})
}

// What the keys do not tell is refused by name, and nothing is decided then.
func TestRelationsRefused(t *testing.T) {
	const script = market + `
CREATE TABLE pairs (a INTEGER NOT NULL, b INTEGER NOT NULL, PRIMARY KEY (a, b));
CREATE TABLE visits (id INTEGER PRIMARY KEY, shop_id INTEGER NOT NULL, place INTEGER NOT NULL REFERENCES shops, pa INTEGER, pb INTEGER, FOREIGN KEY (pa, pb) REFERENCES pairs);
CREATE TABLE peers (one INTEGER NOT NULL REFERENCES traders, other INTEGER NOT NULL REFERENCES traders, PRIMARY KEY (one, other));
`
	onEngines(t, func(t *testing.T, e engine) {
		address := e.make(t)
		e.load(t, address, script)
		refused := func(name string, m any, opts []orm.Option, want string) {
			t.Run(name, func(t *testing.T) {
				db, err := orm.Open(t.Context(), slices.Concat([]orm.Option{e.open(address), orm.Models(m)}, opts)...)
				if err == nil {
					_ = db.Close()
				}
				if !errors.Is(err, orm.ErrInvalid) || !strings.Contains(strings.ReplaceAll(err.Error(), " (source main)", ""), want) {
					t.Errorf("got  %v\nwant %s", err, want)
				}
			})
		}
		keys := []orm.Option{introspect.Relations()}
		type person struct {
			ID    int64 `orm:"id,table=traders"`
			Above int64 `orm:"above"`
		}
		type sale struct {
			ID            int64 `orm:"id,table=deals"`
			Buyer, Seller int64
			By            *person `orm:"relation"`
		}
		refused("several", sale{}, keys, `sale.By: invalid: tag "relation": more than one foreign key gives the relation: say relation=buyer:id or relation=seller:id`)
		refused("without the option", sale{}, nil, `sale.By: invalid: tag "relation": no column holds the relation (looked for sale.by_id, sale.person_id, person.sale_id): say relation=local:remote, or have`)
		type odd struct {
			ID    int64   `orm:"id,table=deals"`
			Buyer int64   `orm:"buyer"`
			By    *person `orm:"relation=id"`
		}
		refused("no key of the column", odd{}, keys, `odd.By: invalid: tag "relation=id": no foreign key of id between deals and traders gives the relation: say relation=local:remote; foreign keys between the two would be relation=buyer:id or relation=seller:id`)
		type bare struct {
			ID int64   `orm:"id,table=deals"`
			By *person `orm:"relation=buyer"`
		}
		refused("no field", bare{}, keys, `bare.By: invalid: tag "relation=buyer": the foreign key of buyer cannot give the relation: relation=buyer:id needs a field for bare.buyer`)
		type clock struct {
			ID    int64   `orm:"id,table=deals"`
			Buyer bool    `orm:"buyer"`
			By    *person `orm:"relation=buyer"`
		}
		refused("kinds", clock{}, keys, `clock.By: invalid: tag "relation=buyer": the foreign key of buyer cannot give the relation: relation=buyer:id: clock.Buyer (bool) cannot be compared with person.ID (int64)`)
		type text struct {
			ID    int64   `orm:"id,table=deals"`
			Buyer string  `orm:"buyer"`
			By    *person `orm:"relation=buyer"`
		}
		refused("types", text{}, keys, `text: invalid: relation By: text.Buyer (string) cannot be compared with person.ID (int64) inside one database`)
		type place struct {
			ID int64 `orm:"id,table=shops"`
		}
		type visit struct {
			ID     int64  `orm:"id,table=visits"`
			ShopID int64  `orm:"shop_id"`
			Place  int64  `orm:"place"`
			Shop   *place `orm:"relation"`
		}
		refused("names against keys", visit{}, keys, `visit.Shop: invalid: tag "relation": by the names of columns it would be relation=shop_id:id, and by the foreign keys relation=place:id: say one of them`)
		type away struct {
			ID   int64   `orm:"id,table=nowhere"`
			Near *person `orm:"relation"`
		}
		refused("no table", away{}, keys, `away.Near: invalid: tag "relation": the table nowhere of away is not there, so no foreign key tells`)
		type peer struct {
			ID    int64  `orm:"id,table=traders"`
			Above int64  `orm:"above"`
			Peers []peer `orm:"relation"`
		}
		refused("both ways through a table", peer{}, keys, `peer.Peers: invalid: tag "relation": more than one foreign key gives the relation: say relation=id:above or relation=id:id,through=peers(one:other) or relation=id:id,through=peers(other:one)`)
		type stand struct {
			ID    int64   `orm:"id,table=licences"`
			Of    int64   `orm:"of_trader"`
			Man   *person `orm:"relation"`
			Woman *person `orm:"relation"`
		}
		refused("one key for two", stand{}, keys, `stand.Woman: invalid: tag "relation": relations Man and Woman would both go by relation=of_trader:id: say relation=local:remote`)
		type unlike struct {
			ID    int64     `orm:"id,table=shops"`
			Other []unknown `orm:"relation"`
		}
		refused("no key at all", unlike{}, keys, `unlike.Other: invalid: tag "relation": no foreign key between shops and deals gives the relation: say relation=local:remote`)

		type pair struct {
			A int64 `orm:"a,id,table=pairs"`
			B int64 `orm:"b,id"`
		}
		type trip struct {
			ID   int64  `orm:"id,table=visits"`
			PA   *int64 `orm:"pa"`
			PB   *int64 `orm:"pb"`
			Pair *pair  `orm:"relation=pb"`
		}
		type friend struct {
			ID      int64    `orm:"id,table=traders"`
			Friends []friend `orm:"relation=other"`
		}
		db := open(t, e.open(address), orm.Models(trip{}, friend{}), introspect.Relations())
		models, err := db.Models()
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, m := range models {
			for _, r := range m.Relations {
				s := m.Name + " "
				for i := range r.Local {
					s += r.Local[i].Column + ":" + r.Remote[i].Column + " "
				}
				if r.Through != nil {
					s += fmt.Sprint(*r.Through)
				}
				got = append(got, strings.TrimSpace(s))
			}
		}
		slices.Sort(got)
		if want := "friend id:id {peers  [other] [one]}, trip pa:a pb:b"; strings.Join(got, ", ") != want {
			t.Errorf("got %q, want %q", got, want)
		}
		// The column of a key that is half of it may name it; a second database of the same keys is as good.
		if second := open(t, e.open(address), orm.Models(trip{}), introspect.Relations()); orm.Schema(second) == "" {
			t.Error("no tables")
		}
	})
}

type unknown struct {
	ID     int64 `orm:"id,table=deals"`
	Seller int64 `orm:"seller"`
}

// A second database whose keys tell otherwise is refused: the models are those of the first.
func TestRelationsOfTwoDatabases(t *testing.T) {
	type author struct {
		ID int64 `orm:"id,table=authors"`
	}
	type book struct {
		ID       int64   `orm:"id,table=books"`
		WriterID int64   `orm:"writer"`
		EditorID int64   `orm:"editor"`
		By       *author `orm:"relation"`
	}
	const script = "CREATE TABLE authors (id INTEGER PRIMARY KEY);\nCREATE TABLE books (id INTEGER PRIMARY KEY, writer INTEGER%s, editor INTEGER%s);\n"
	onEngines(t, func(t *testing.T, e engine) {
		if e.name != "sqlite" { // the models are decided once
			return
		}
		first, second := e.make(t), e.make(t)
		e.load(t, first, fmt.Sprintf(script, " REFERENCES authors", ""))
		e.load(t, second, fmt.Sprintf(script, "", " REFERENCES authors"))
		db := open(t, e.open(first), orm.Models(book{}), introspect.Relations())
		const want = `book.By: invalid: by the keys of this database the tag would say "relation=editor:id" and by those of one that was opened before it "relation=writer:id": write it in the tag`
		if _, err := orm.Open(t.Context(), e.open(second), orm.Models(book{}), introspect.Relations()); !errors.Is(err, orm.ErrInvalid) || !strings.Contains(err.Error(), want) {
			t.Error(err)
		}
		if _, err := orm.Open(t.Context(), e.open(first), orm.Models(book{})); !errors.Is(err, orm.ErrInvalid) {
			t.Error("what another database told was taken without asking:", err)
		}
		if _, err := orm.Repo[book](db).Include("By").All(t.Context()); err != nil {
			t.Error(err)
		}
	})
}
