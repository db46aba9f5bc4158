package conformance

import (
	"database/sql"
	"encoding/json"
	"math"
	"net/netip"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/multi-orm/orm"
)

var typeCases = []testCase{
	{"types/round trip", "every kind of column, filled and zero, comes back as it was", typesRoundTrip},
	{"types/extremes", "the ends of every range survive", typesExtremes},
	{"types/text", "empty text is not NULL; unicode and long text survive", typesText},
	{"types/times", "times keep microseconds and come back in UTC", typesTimes},
	{"types/refused", "values that a column cannot hold are refused, not bent", typesRefused},
	{"types/compare", "every kind can be compared with what was stored", typesCompare},
	{"types/bulk", "many rows at once keep every kind", typesBulk},
	{"types/json", "documents keep numbers and nulls", typesJSON},
}

var sameThing = cmp.Options{
	cmpopts.EquateComparable(netip.Addr{}),
	cmp.Transformer("json", func(m json.RawMessage) any {
		var v any
		_ = json.Unmarshal(m, &v)
		return v
	}),
}

func fullThing() Thing {
	at := time.Date(2026, 3, 4, 5, 6, 7, 891_234_000, time.UTC)
	key := Key{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 255}
	level, tint, addr := Level(-3), Colour("blue"), netip.MustParseAddr("2001:db8::1")
	return Thing{
		Yes: true, I: -1, I8: -8, I16: -16, I32: -32, I64: -64, U8: 8, U16: 16, U32: 32, U64: 64, F32: 1.5, F64: 2.25,
		S: "plain", Raw: []byte{0, 1, 255}, At: at, UID: key, Level: 7, Tint: "red",
		Doc: Doc{Title: "<b>", Tags: []string{"x", "y"}, Deep: map[string]any{"n": 1.5, "z": nil}}, Any: json.RawMessage(`{"a":[1,null,"ü"]}`),
		Nums: []int64{1, -2, math.MaxInt64}, Words: []string{"a", `q"u,o{t}e\`, "", "NULL"}, Addr: netip.MustParseAddr("10.0.0.1"), Price: Cents{1999},
		Stamps: Stamps{MadeAt: at, By: "me"}, Home: Spot{City: "Bern", Zip: ptr("3000")},
		PYes: ptr(false), PI: ptr(0), PI64: ptr(int64(-5)), PU32: ptr(uint32(0)), PF: ptr(0.0), PS: ptr(""), PAt: &at, PUID: &key, PLevel: &level,
		PTint: &tint, PAddr: &addr, PPrice: &Cents{5}, PDoc: &Doc{Title: "p"},
		NS: sql.Null[string]{V: "", Valid: true}, NI: sql.Null[int64]{V: 0, Valid: true}, NT: sql.Null[time.Time]{V: at, Valid: true},
		NB: sql.NullBool{Bool: false, Valid: true}, NF: sql.NullFloat64{Float64: 0, Valid: true}, Old: sql.NullString{String: "o", Valid: true},
	}
}

// emptyThing has NULL wherever it can, and the least that the others allow.
func emptyThing() Thing {
	return Thing{Tint: "green", Addr: netip.MustParseAddr("::"), At: time.Unix(0, 0).UTC(), Stamps: Stamps{MadeAt: time.Unix(0, 0).UTC()}}
}

func typesRoundTrip(e *env) {
	db := e.open(Thing{})
	for i, want := range []Thing{fullThing(), emptyThing()} {
		have := want
		ok(orm.Repo[Thing](db).Create(e.ctx, &have))
		want.ID = int64(i + 1)
		e.equal(have, want, "after Create", sameThing)
		back := must(orm.Repo[Thing](db).ByID(want.ID).One(e.ctx))
		e.equal(back, want, "read back", sameThing)
		e.same("row", back)
		back.S = "saved"
		ok(orm.Repo[Thing](db).Save(e.ctx, &back))
		want.S = "saved"
		e.equal(must(orm.Repo[Thing](db).ByID(want.ID).One(e.ctx)), want, "after Save", sameThing)
	}
}

func typesExtremes(e *env) {
	db := e.open(Thing{})
	low, high := emptyThing(), emptyThing()
	low.I, low.I8, low.I16, low.I32, low.I64 = math.MinInt, math.MinInt8, math.MinInt16, math.MinInt32, math.MinInt64
	high.I, high.I8, high.I16, high.I32, high.I64 = math.MaxInt, math.MaxInt8, math.MaxInt16, math.MaxInt32, math.MaxInt64
	high.U8, high.U16, high.U32, high.U64 = math.MaxUint8, math.MaxUint16, math.MaxUint32, math.MaxInt64
	low.F32, low.F64 = -math.MaxFloat32, -math.MaxFloat64
	high.F32, high.F64 = math.SmallestNonzeroFloat32, math.SmallestNonzeroFloat64
	low.ID, high.ID = 1<<53+1, math.MaxInt64
	for _, want := range []Thing{low, high} {
		have := want
		ok(orm.Repo[Thing](db).Create(e.ctx, &have))
		back := must(orm.Repo[Thing](db).ByID(want.ID).One(e.ctx))
		e.equal(back, want, "extremes", sameThing)
	}
	ids := must(orm.Repo[Thing](db).Where(orm.F(func(t *Thing) *int64 { return &t.ID }).In(1<<53+1, 1<<53)).All(e.ctx))
	e.equal(len(ids), 1, "ids one apart are two ids")
	for i, f := range []float64{math.Inf(1), math.Inf(-1), math.NaN()} { // a source keeps them or says that it cannot
		odd := emptyThing()
		odd.ID, odd.PF = int64(i+1), &f
		if err := orm.Repo[Thing](db).Create(e.ctx, &odd); err != nil {
			e.fails(err, orm.ErrInvalid, "Thing", "")
			continue
		}
		back := must(orm.Repo[Thing](db).ByID(i + 1).One(e.ctx))
		e.equal(*back.PF, f, "kept", cmpopts.EquateNaNs())
	}
}

func typesText(e *env) {
	db := e.open(Row{})
	long := strings.Repeat("0123456789abcdé€", 1<<17) // more than 2 MB
	for i, s := range []string{"", e.blank(), "a\nb\tc\r\n", "Ünïcödé 漢字 🙂 \u200d", `'"\;--`, long} {
		row := Row{ID: int64(i + 1), S: &s, T: s, Raw: []byte(s)}
		ok(orm.Repo[Row](db).Create(e.ctx, &row))
		back, err := orm.Repo[Row](db).Where(rows.T.Eq(s), rows.S.Eq(s), rows.S.IsNotNull()).One(e.ctx)
		if e.refused(err, "a condition of megabytes") {
			back, err = orm.Repo[Row](db).ByID(row.ID).One(e.ctx)
		}
		ok(err)
		if back.T != s || back.S == nil || *back.S != s || string(back.Raw) != s || back.Raw == nil {
			e.Errorf("text %d changed", i)
		}
	}
	ok(orm.Repo[Row](db).Create(e.ctx, &Row{ID: 100}))
	back := must(orm.Repo[Row](db).ByID(100).One(e.ctx))
	if back.S != nil || back.Raw != nil {
		e.Errorf("NULL came back as %v and %v", back.S, back.Raw)
	}
	e.equal(must(orm.Repo[Row](db).Where(rows.S.Eq("")).Count(e.ctx)), int64(1), "empty is not NULL")
}

func typesTimes(e *env) {
	db := e.open(Row{})
	zone := time.FixedZone("x", 5*3600+1800)
	times := []time.Time{
		time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 999_999_000, time.UTC), time.Date(1969, 12, 31, 23, 59, 59, 999_999_000, time.UTC),
		time.Date(1900, 2, 28, 12, 0, 0, 1000, time.UTC), time.Date(2026, 10, 25, 2, 30, 0, 0, zone), time.Date(2026, 7, 1, 0, 0, 0, 123_456_789, time.UTC),
	}
	for i, at := range times {
		ok(orm.Repo[Row](db).Create(e.ctx, &Row{ID: int64(i + 1), At: &at}))
		back := must(orm.Repo[Row](db).ByID(i + 1).One(e.ctx))
		if !back.At.Equal(at.Truncate(time.Microsecond)) || back.At.Location() != time.UTC {
			e.Errorf("%v came back as %v", at, back.At)
		}
		e.equal(must(orm.Repo[Row](db).Where(rows.At.Eq(at), rows.ID.Eq(int64(i+1))).Count(e.ctx)), int64(1), "found by its time "+at.String())
	}
	sorted := must(orm.Repo[Row](db).OrderBy(rows.At.Asc()).All(e.ctx))
	e.equal(pick(sorted, func(r Row) int64 { return r.ID }), []int64{1, 4, 3, 6, 5, 2}, "times sort as times")
	e.equal(must(orm.Repo[Row](db).Where(rows.At.Between(times[3], times[5])).Count(e.ctx)), int64(3), "times between")
}

func typesRefused(e *env) {
	db := e.open(Thing{}, Paper{})
	bad := emptyThing()
	bad.Tint = "mauve"
	e.fails(orm.Repo[Thing](db).Create(e.ctx, &bad), orm.ErrInvalid, "Thing", "Tint", "mauve")
	bad = emptyThing()
	bad.S = "a\x00secret"
	e.fails(orm.Repo[Thing](db).Create(e.ctx, &bad), orm.ErrInvalid, "Thing", "S", "secret")
	bad = emptyThing()
	bad.Any = json.RawMessage(`{"secret":`)
	e.fails(orm.Repo[Thing](db).Create(e.ctx, &bad), orm.ErrInvalid, "Thing", "Any", "secret")
	long := paper(1)
	long.Short = "secret"
	e.fails(orm.Repo[Paper](db).Create(e.ctx, &long), orm.ErrInvalid, "Paper", "Short", "secret")
	long.Short = "äöüßé"
	ok(orm.Repo[Paper](db).Create(e.ctx, &long))
	e.equal(must(orm.Repo[Thing](db).Count(e.ctx)), int64(0), "nothing was written")
}

func typesCompare(e *env) {
	db := e.open(Thing{})
	thing := fullThing()
	ok(orm.Repo[Thing](db).Create(e.ctx, &thing))
	r := orm.Repo[Thing](db)
	for name, v := range map[string]any{
		"Yes": true, "I": -1, "I8": int8(-8), "I16": int16(-16), "I32": int32(-32), "I64": int64(-64), "U8": uint8(8), "U16": uint16(16), "U32": uint32(32), "U64": uint64(64),
		"F32": float32(1.5), "F64": 2.25, "S": "plain", "Raw": []byte{0, 1, 255}, "At": thing.At, "UID": thing.UID, "Level": Level(7), "Tint": Colour("red"),
		"Addr": thing.Addr, "Price": thing.Price, "MadeAt": thing.MadeAt, "By": "me", "Home.City": "Bern", "home_zip": "3000",
		"PYes": false, "PI": 0, "PI64": int64(-5), "PU32": uint32(0), "PF": 0.0, "PS": "", "PAt": thing.At, "PUID": thing.UID, "PLevel": Level(-3), "PTint": "blue", "PAddr": *thing.PAddr,
		"NS": "", "NI": int64(0), "NT": thing.At, "NB": false, "NF": 0.0, "Old": "o",
	} {
		c := r.F(name)
		for about, p := range map[string]orm.Pred[Thing]{"Eq": c.Eq(v), "In": c.In(v), "Between": c.Between(v, v), "Gte": c.Gte(v), "Not Ne": orm.Not(c.Ne(v)), "not DistinctFrom": orm.Not(c.DistinctFrom(v)), "not NotIn": orm.Not(c.NotIn(v, v))} {
			n, err := r.Where(p).Count(e.ctx)
			if !e.refused(err, name+" "+about) && (err != nil || n != 1) {
				e.Errorf("%s %s: found %d, %v", name, about, n, err)
			}
		}
		for about, p := range map[string]orm.Pred[Thing]{"Ne": c.Ne(v), "NotIn": c.NotIn(v), "Gt": c.Gt(v), "Lt": c.Lt(v), "DistinctFrom": c.DistinctFrom(v)} {
			n, err := r.Where(p).Count(e.ctx)
			if !e.refused(err, name+" "+about) && (err != nil || n != 0) {
				e.Errorf("%s %s: found %d, %v", name, about, n, err)
			}
		}
	}
}

func typesBulk(e *env) {
	db := e.open(Thing{})
	var in []Thing
	for i := range 6 {
		if i%2 == 0 {
			in = append(in, fullThing())
		} else {
			in = append(in, emptyThing())
		}
		in[i].I = i
	}
	want := append([]Thing(nil), in...)
	e.equal(must(orm.Repo[Thing](db).CreateMany(e.ctx, in)), int64(6), "inserted")
	for i := range want {
		want[i].ID = int64(i + 1)
	}
	e.equal(in, want, "ids in input order", sameThing)
	e.equal(must(orm.Repo[Thing](db).Sort("ID").All(e.ctx)), want, "read back", sameThing)
}

func typesJSON(e *env) {
	db := e.open(Thing{})
	r := orm.Repo[Thing](db)
	thing := emptyThing()
	thing.Any = json.RawMessage(`{"id":9007199254740993,"n":null,"s":"<&>","u":"\u00fc"}`)
	thing.PDoc = nil
	ok(r.Create(e.ctx, &thing))
	back := must(r.ByID(thing.ID).One(e.ctx))
	var doc struct{ ID int64 }
	ok(json.Unmarshal(back.Any, &doc))
	e.equal(doc.ID, int64(9007199254740993), "numbers in documents keep their digits")
	if back.PDoc != nil {
		e.Error("NULL came back as a document")
	}
	if !strings.Contains(string(back.Any), "<&>") {
		e.Errorf("the document was escaped: %s", back.Any)
	}
	must(r.ByID(thing.ID).Update(e.ctx, r.F("Doc").Set(Doc{Title: "new"}), r.F("Nums").Set([]int64{}), r.F("Words").Set([]string{"é"})))
	back = must(r.ByID(thing.ID).One(e.ctx))
	e.equal(back.Doc, Doc{Title: "new"}, "updated document")
	e.equal(back.Words, []string{"é"}, "updated array")
	if back.Nums == nil || len(back.Nums) != 0 {
		e.Errorf("an empty array came back as %#v", back.Nums)
	}
}
