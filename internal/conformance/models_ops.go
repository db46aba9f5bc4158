package conformance

import (
	"encoding/json"
	"time"

	"github.com/multi-orm/orm"
)

// Shop has articles, and numbers that are computed.
type Shop struct {
	ID     int64 `orm:"id,auto"`
	Name   string
	OwnID  *int64 `orm:"own_id"`
	Wares  []Ware `orm:"relation=id:shop_id"`
	Labels []Tag  `orm:"relation=id:id,through=shop_tags(shop_id:tag_id)"`
	Best   *Ware  `orm:"relation=best_id:id"`
	Parent *Shop  `orm:"relation=own_id:id"`
	Kids   []Shop `orm:"relation=id:own_id"`
	BestID *int64 `orm:"best_id"`

	WareCount  int64   `orm:",computed"`
	DearCount  *uint64 `orm:",computed"`
	LabelCount int     `orm:",computed"`
	Short      int8    `orm:",computed"`
}

// Ware belongs to a shop.
type Ware struct {
	ID     int64  `orm:"id,auto"`
	ShopID *int64 `orm:"shop_id"`
	Name   *string
	Price  int64
	Meta   json.RawMessage `orm:"meta,json"`
	Words  []string
	Sizes  []int64
	MadeAt *time.Time
	Shop   *Shop  `orm:"relation=shop_id:id"`
	Notes  []Note `orm:"relation=id:ware_id"`

	NoteCount int64 `orm:",computed"`
}

// Note is searched in full.
type Note struct {
	ID     int64 `orm:"id,auto"`
	WareID int64 `orm:"ware_id"`
	Title  string
	Body   *string
}

// Tag is the far end of a many-to-many relation.
type Tag struct {
	ID   int64 `orm:"id,auto"`
	Name string
}

var shops = orm.Bind[Shop, struct {
	ID         orm.Col[Shop, int64]
	Name       orm.Text[Shop]
	OwnID      orm.Col[Shop, int64]
	Wares      orm.Many[Shop, Ware]
	Labels     orm.Many[Shop, Tag]
	Best       orm.One[Shop, Ware]
	Parent     orm.One[Shop, Shop]
	Kids       orm.Many[Shop, Shop]
	WareCount  orm.Col[Shop, int64]
	DearCount  orm.Col[Shop, uint64]
	LabelCount orm.Col[Shop, int]
	Short      orm.Col[Shop, int8]
}]()

var wares = orm.Bind[Ware, struct {
	ID        orm.Col[Ware, int64]
	ShopID    orm.Col[Ware, int64]
	Name      orm.Text[Ware]
	Price     orm.Col[Ware, int64]
	Meta      orm.JSON[Ware, json.RawMessage]
	Words     orm.Array[Ware, string]
	Sizes     orm.Array[Ware, int64]
	MadeAt    orm.Time[Ware]
	Shop      orm.One[Ware, Shop]
	Notes     orm.Many[Ware, Note]
	NoteCount orm.Col[Ware, int64]
}]()

var notes = orm.Bind[Note, struct {
	ID     orm.Col[Note, int64]
	WareID orm.Col[Note, int64]
	Title  orm.Text[Note]
	Body   orm.Text[Note]
}]()

var tags = orm.Bind[Tag, struct {
	ID   orm.Col[Tag, int64]
	Name orm.Text[Tag]
}]()

// market fills the database with four shops:
//
//	1 "a": wares 1 (x, 10), 2 (y, 20), 3 (no name, 30); labels 1, 2; best ware 3
//	2 "b": ware 4 (X, 5); label 1; best ware 2; child of 1
//	3 "c": none; best ware 4; child of 2
//	4 "d": none, and no best ware; child of 1
//
// Ware 5 (z, 50) is in no shop.
func (e *env) market() orm.DB {
	db := e.open(Shop{}, Ware{}, Note{}, Tag{})
	must(orm.Repo[Shop](db).CreateMany(e.ctx, []Shop{
		{Name: "a", BestID: ptr(int64(3))}, {Name: "b", BestID: ptr(int64(2)), OwnID: ptr(int64(1))},
		{Name: "c", BestID: ptr(int64(4)), OwnID: ptr(int64(2))}, {Name: "d", OwnID: ptr(int64(1))},
	}))
	day := func(y, m, d, h int) *time.Time {
		t := time.Date(y, time.Month(m), d, h, 59, 59, 999999000, time.UTC)
		return &t
	}
	must(orm.Repo[Ware](db).CreateMany(e.ctx, []Ware{
		{ShopID: ptr(int64(1)), Name: ptr("x"), Price: 10, Words: []string{"red", "big"}, Sizes: []int64{1, 2}, MadeAt: day(2024, 2, 29, 23)},
		{ShopID: ptr(int64(1)), Name: ptr("y"), Price: 20, Words: []string{}, Sizes: []int64{}, MadeAt: day(2024, 12, 31, 0)},
		{ShopID: ptr(int64(1)), Price: 30, Words: []string{"red"}, Sizes: []int64{2, 2, 3}},
		{ShopID: ptr(int64(2)), Name: ptr("X"), Price: 5, MadeAt: day(1969, 7, 20, 12)},
		{Name: ptr("z"), Price: 50, Words: []string{"Red", "100%", `"q"`, "é"}, Sizes: []int64{-1, 1 << 60}, MadeAt: day(2023, 1, 1, 5)},
	}))
	must(orm.Repo[Note](db).CreateMany(e.ctx, []Note{
		{WareID: 1, Title: "Red shoes", Body: ptr("Running in the rain")}, {WareID: 1, Title: "Blue shoes"}, {WareID: 4, Title: "A red hat", Body: ptr("shoes not included")},
	}))
	must(orm.Repo[Tag](db).CreateMany(e.ctx, []Tag{{Name: "t1"}, {Name: "t2"}}))
	if e.engine.Exec != nil {
		ok(e.engine.Exec(e.ctx, "INSERT INTO shop_tags (shop_id, tag_id) VALUES (1, 1), (1, 2), (2, 1)"))
	} else {
		must(db.Exec(e.ctx, "INSERT INTO shop_tags (shop_id, tag_id) VALUES (1, 1), (1, 2), (2, 1)"))
	}
	e.log.reset()
	return db
}

func shopNames(xs []Shop) []string { return pick(xs, func(x Shop) string { return x.Name }) }

// thoseWares checks which wares pass, where the engine can be asked for them.
func (e *env) thoseWares(q orm.Query[Ware], want []int64, about string) {
	e.Helper()
	got, err := q.All(e.ctx)
	if e.refused(err, about) {
		return
	}
	e.equal(wareIDs(must(got, err)), append([]int64{}, want...), about)
}

func wareIDs(xs []Ware) []int64 { return pick(xs, func(x Ware) int64 { return x.ID }) }
