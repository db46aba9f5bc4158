package conformance

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/google/go-cmp/cmp"

	"github.com/multi-orm/orm"
)

// Folder has documents of every shape that a Go type gives them.
type Folder struct {
	ID    int64           `orm:"id,auto"`
	Map   map[string]any  `orm:"map,json"`
	Any   any             `orm:"anything,json"`
	Maybe *map[string]any `orm:"maybe,json"`
	Raw   json.RawMessage `orm:"raw,json"`
	Typed FolderPart      `orm:"typed,json"`
}

// FolderPart has a number of a kind of its own beside one of any kind.
type FolderPart struct {
	N    int64
	Kept json.Number
	Free any
	Text string
}

var folders = orm.Bind[Folder, struct {
	ID  orm.Col[Folder, int64]
	Map orm.JSON[Folder, map[string]any]
}]()

var jsonExactCases = []testCase{
	{"json/exact", "numbers in documents survive reading and saving", jsonExact},
	{"json/text", "text in documents is refused as in text columns", jsonBadText},
}

// sameJSON compares documents without the spaces that a database puts in.
var sameJSON = cmp.Comparer(func(a, b json.RawMessage) bool {
	var x, y bytes.Buffer
	return json.Compact(&x, a) == nil && json.Compact(&y, b) == nil && x.String() == y.String()
})

const bigInt, longFraction = "9007199254740993", "0.12345678901234567890123"

func jsonExact(e *env) {
	if e.engine.API {
		return // its test server has no such endpoint; the decoding is the same
	}
	db := e.open(Folder{})
	r := orm.Repo[Folder](db)
	in := Folder{
		Map: map[string]any{"big": json.Number(bigInt), "small": 1.5, "list": []any{json.Number("-18446744073709551615"), true}},
		Any: json.Number(longFraction), Maybe: &map[string]any{"n": json.Number(bigInt)}, Raw: json.RawMessage(`{"n":` + bigInt + `}`),
		Typed: FolderPart{N: 9007199254740993, Kept: "1", Free: json.Number(bigInt)},
	}
	ok(r.Create(e.ctx, &in))
	for range 3 { // what is read and saved again is what was read
		got := must(r.ByID(in.ID).One(e.ctx))
		e.equal(got, in, "read", sameJSON)
		ok(r.Save(e.ctx, &got))
	}
	text := must(orm.Raw[string](e.ctx, db, "SELECT CAST(map AS text) FROM folders"))[0]
	if !strings.Contains(text, bigInt) || !strings.Contains(text, "-18446744073709551615") {
		e.Errorf("the database holds %s", text)
	}
	got := must(r.ByID(in.ID).Update(e.ctx, folders.Map.Set(map[string]any{"int": int64(9007199254740993)})))
	e.equal(got.Map["int"], any(json.Number(bigInt)), "an update gives it back")
}

func jsonBadText(e *env) {
	if e.engine.API {
		return
	}
	db := e.open(Folder{})
	r := orm.Repo[Folder](db)
	good := Folder{Raw: json.RawMessage(`{}`), Map: map[string]any{"replaced": "\ufffd", "slashes": `\u0000 \ufffd`}}
	ok(r.Create(e.ctx, &good))
	e.equal(must(r.ByID(good.ID).One(e.ctx)).Map, good.Map, "what only looks bad")
	for about, row := range map[string]Folder{
		"a value":                  {Map: map[string]any{"a": "x\xff"}},
		"a key":                    {Map: map[string]any{"x\xff": 1}},
		"a NUL":                    {Map: map[string]any{"a": "x\x00"}},
		"a NUL in a key":           {Map: map[string]any{"\x00": 1}},
		"deep":                     {Map: map[string]any{"a": []any{map[string]any{"b": "\xff"}}}},
		"an any":                   {Any: "x\xff"},
		"behind a pointer":         {Maybe: &map[string]any{"a": "\xff"}},
		"a field":                  {Typed: FolderPart{Text: "\xff"}},
		"a field of any":           {Typed: FolderPart{Free: []string{"\x00"}}},
		"raw, not UTF-8":           {Raw: json.RawMessage("\"\xff\"")},
		"raw, an escaped NUL":      {Raw: json.RawMessage(`"a\u0000"`)},
		"raw, half of a surrogate": {Raw: json.RawMessage(`"\ud83d"`)},
	} {
		if row.Raw == nil {
			row.Raw = json.RawMessage(`{}`)
		}
		e.Log(about)
		e.fails(r.Create(e.ctx, &row), orm.ErrInvalid, "Folder", "")
		row.ID = good.ID
		e.fails(r.Save(e.ctx, &row), orm.ErrInvalid, "Folder", "")
		e.fails(second(r.SaveMany(e.ctx, []Folder{row})), orm.ErrInvalid, "Folder", "")
		e.fails(r.Upsert(e.ctx, orm.On[Folder](folders.ID), &row), orm.ErrInvalid, "Folder", "")
		if row.Map != nil {
			e.fails(second(r.ByID(good.ID).Update(e.ctx, folders.Map.Set(row.Map))), orm.ErrInvalid, "Folder", "Map")
			e.fails(second(r.ByID(good.ID).Update(e.ctx, folders.Map.SetPath(row.Map, "k"))), orm.ErrInvalid, "Folder", "Map")
		}
	}
	e.equal(must(r.Count(e.ctx)), int64(1), "nothing else was written")
	e.equal(must(r.ByID(good.ID).One(e.ctx)).Map, good.Map, "nothing was changed")
}
