package conformance

import (
	"encoding/json"
	"fmt"
	"math"
	"time"

	"github.com/multi-orm/orm"
)

var bulkLoadCases = []testCase{
	{"bulk/load", "many rows of which nothing comes back keep every kind, whatever way the database has for them", bulkLoad},
	{"bulk/load decimals", "decimals are loaded to their last digit", bulkLoadDecimals},
	{"bulk/load refused", "one row of many that is refused leaves none, and the transaction goes on from its savepoint", bulkLoadRefused},
	{"bulk/load by statement", "columns that no load is for keep their values too, in thousands of rows", bulkLoadByStatement},
}

// Parcel is a row whose table makes nothing of it.
type Parcel struct {
	Code  string `orm:"code,id,size=20"`
	Shelf *int64 `orm:"shelf,unique"`
	Yes   bool
	I8    int8
	I16   int16
	I32   int32
	I64   int64
	U8    uint8
	U32   uint32
	F32   float32
	F64   float64
	Name  string
	Short string `orm:"short,size=5"`
	Slim  string `orm:"slim,type=varchar(10)"`
	Raw   []byte
	UID   Key
	At    time.Time
	Doc   Doc `orm:"doc,json"`
	Any   json.RawMessage
	Nums  []int64
	PName *string
	PI    *int64
	PF    *float64
	PAt   *time.Time
	PUID  *Key
	PYes  *bool
}

// Diary is a row with a day, which a load does not take everywhere.
type Diary struct {
	Code string    `orm:"code,id,size=20"`
	Day  time.Time `orm:"day,type=date"`
	N    int64
}

// Purse is a row with decimals.
type Purse struct {
	Code  string `orm:"code,id,size=20"`
	U64   uint64
	Price string  `orm:"price,type=numeric(10,2)"`
	Debt  *string `orm:"debt,type=numeric(30,4)"`
}

var purses = orm.Bind[Purse, struct {
	U64   orm.Col[Purse, uint64]
	Price orm.Text[Purse]
	Debt  orm.Text[Purse]
}]()

func parcels(n int) []Parcel {
	at := time.Date(2026, 3, 4, 5, 6, 7, 891_234_000, time.UTC)
	key := Key{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 255}
	out := make([]Parcel, n)
	for i := range out {
		out[i] = Parcel{Code: fmt.Sprintf("c%06d", i), At: time.Unix(int64(i), 0).UTC(), Any: json.RawMessage(`null`)}
		if i%2 == 0 {
			continue
		}
		out[i] = Parcel{Code: out[i].Code, Shelf: ptr(int64(i)), Yes: true, I8: -128, I16: math.MinInt16, I32: math.MinInt32, I64: math.MinInt64, U8: 255, U32: math.MaxUint32,
			F32: math.MaxFloat32, F64: 5e-300, Name: "Ünï 😀 'q' \x01", Short: "ÄÖÜ€5", Slim: "slim", Raw: []byte{0, 1, 255}, UID: key, At: at,
			Doc: Doc{Title: "<b>", Deep: map[string]any{"n": 1.5}}, Any: json.RawMessage(`{"a":[1,"ü"]}`), Nums: []int64{1, math.MaxInt64},
			PName: ptr(""), PI: ptr(int64(0)), PF: ptr(-0.5), PAt: &at, PUID: &key, PYes: ptr(false)}
	}
	if n > 5 {
		out[3].Raw, out[5].Nums = []byte{}, []int64{}
	}
	return out
}

func bulkLoad(e *env) {
	db := e.open(Parcel{})
	r := orm.Repo[Parcel](db)
	in := parcels(600)
	e.equal(must(r.CreateMany(e.ctx, in)), int64(600), "loaded")
	back := must(r.Sort("Code").All(e.ctx))
	e.equal(back, in, "read back", sameThing)
	one := parcels(6)[1]
	one.Code, one.Shelf = "by itself", nil
	ok(r.Create(e.ctx, &one))
	one.Code = in[1].Code
	alone := must(r.ByID("by itself").One(e.ctx))
	alone.Code = in[1].Code
	loaded := back[1]
	loaded.Shelf = nil
	e.equal(loaded, alone, "as a row that was created alone", sameThing)
}

func bulkLoadDecimals(e *env) {
	db := e.open(Purse{})
	r := orm.Repo[Purse](db)
	in := make([]Purse, 0, 100)
	for i := range 50 {
		in = append(in, Purse{Code: fmt.Sprintf("p%06d", i), Price: "0"}, Purse{Code: fmt.Sprintf("q%06d", i), U64: math.MaxInt64, Price: "-12345678.9", Debt: ptr("-12345678901234567890123456.7891")})
	}
	e.equal(must(r.CreateMany(e.ctx, in)), int64(100), "loaded")
	e.equal(must(r.Where(purses.Price.Eq("0"), purses.Debt.IsNull()).Count(e.ctx)), int64(50), "zeros")
	e.equal(must(r.Where(purses.Price.Eq("-12345678.9"), purses.U64.Eq(math.MaxInt64), purses.Debt.Eq("-12345678901234567890123456.7891")).Count(e.ctx)), int64(50), "debts")
}

func bulkLoadRefused(e *env) {
	db := e.open(Parcel{})
	r := orm.Repo[Parcel](db)
	for name, c := range map[string]struct {
		spoil func(x *Parcel)
		kind  error
	}{
		"a key that is there":     {func(x *Parcel) { x.Code = "c000001" }, orm.ErrConflict},
		"a number that is there":  {func(x *Parcel) { x.Shelf = ptr(int64(1)) }, orm.ErrConflict},
		"a text that is too long": {func(x *Parcel) { x.Short = "sixsix" }, orm.ErrInvalid},
	} {
		must(r.EveryRow().DeleteMany(e.ctx))
		in := parcels(300)
		c.spoil(&in[250])
		if e.engine.Name == "sqlite" && c.kind == orm.ErrInvalid { //nolint:errorlint // the sentinel itself
			continue // it does not count characters
		}
		e.fails(second(r.CreateMany(e.ctx, in)), c.kind, "Parcel", "")
		e.equal(must(r.Count(e.ctx)), int64(0), name)
		ok(db.Tx(e.ctx, func(tx orm.DB) error {
			first := parcels(2)[:1]
			ok(orm.Repo[Parcel](tx).Create(e.ctx, &first[0]))
			err := tx.Tx(e.ctx, func(in2 orm.DB) error {
				bad := parcels(300)[1:]
				c.spoil(&bad[250])
				return second(orm.Repo[Parcel](in2).CreateMany(e.ctx, bad))
			})
			e.fails(err, c.kind, "Parcel", "")
			e.equal(must(orm.Repo[Parcel](tx).CreateMany(e.ctx, parcels(60)[1:])), int64(59), name+": afterwards")
			return nil
		}))
		e.equal(must(r.Count(e.ctx)), int64(60), name+": committed")
	}
}

func bulkLoadByStatement(e *env) {
	db := e.open(Diary{})
	r := orm.Repo[Diary](db)
	in := make([]Diary, 3000)
	for i := range in {
		in[i] = Diary{Code: fmt.Sprintf("s%06d", i), Day: time.Date(2000, 1, 1+i, 0, 0, 0, 0, time.UTC), N: int64(i)}
	}
	e.equal(must(r.CreateMany(e.ctx, in)), int64(3000), "inserted")
	e.equal(must(r.Sort("Code").All(e.ctx)), in, "read back")
	again := make([]Diary, 2000)
	for i := range again {
		again[i] = Diary{Code: fmt.Sprint("n", i), Day: in[0].Day}
	}
	again = append(again, in[1500])
	e.fails(second(r.CreateMany(e.ctx, again)), orm.ErrConflict, "Diary", "")
	e.equal(must(r.Count(e.ctx)), int64(3000), "none of those whose last one is there")
}
