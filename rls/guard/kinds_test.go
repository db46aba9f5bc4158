package guard_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"net/netip"
	"testing"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/internal/testkit"
	"github.com/multi-orm/orm/rls/guard"
	"github.com/multi-orm/orm/source/postgres"
	"github.com/multi-orm/orm/source/sqlite"
)

// amount is a decimal number of a type of the program's own.
type amount struct{ r big.Rat }

func (a amount) Value() (driver.Value, error) { return a.r.FloatString(2), nil }

func (a *amount) Scan(src any) error {
	if _, ok := a.r.SetString(fmt.Sprint(src)); !ok {
		return errors.New("no number")
	}
	return nil
}

// opaque is a type that only the program can read.
type opaque struct{ s string }

func (o opaque) Value() (driver.Value, error) { return o.s, nil }
func (o *opaque) Scan(src any) error          { o.s = fmt.Sprint(src); return nil }

type profile struct {
	Name string   `json:"name"`
	Tags []string `json:"tags"`
}

// Everything has a column of every kind that a request can give.
type Everything struct {
	ID     int64 `orm:"id"`
	Bool   bool
	Int8   int8
	Int    int64 `json:"int,string"`
	Uint   uint64
	Float  float64
	Single float32
	Text   string `orm:"text,size=10"`
	Maybe  sql.Null[string]
	Time   time.Time
	UUID   [16]byte
	Bytes  []byte
	Addr   netip.Addr
	Amount amount  `orm:"amount,type=numeric(12,2)"`
	Doc    profile `orm:"doc,json"`
	Any    any     `orm:"any_doc,json"`
	List   []int64 `orm:"list"`
	Own    opaque  `orm:"own,type=text" json:"own"`
}

var Everythings = orm.Bind[Everything, struct {
	ID     orm.Col[Everything, int64]
	Bool   orm.Col[Everything, bool]
	Int8   orm.Col[Everything, int8]
	Int    orm.Col[Everything, int64]
	Uint   orm.Col[Everything, uint64]
	Float  orm.Col[Everything, float64]
	Single orm.Col[Everything, float32]
	Text   orm.Text[Everything]
	Maybe  orm.Text[Everything]
	Time   orm.Col[Everything, time.Time]
	UUID   orm.Col[Everything, [16]byte]
	Bytes  orm.Col[Everything, []byte]
	Addr   orm.Col[Everything, netip.Addr]
	Amount orm.Col[Everything, amount]
	Doc    orm.JSON[Everything, profile]
	Any    orm.Col[Everything, any]
	List   orm.Array[Everything, int64]
	Own    orm.Col[Everything, opaque]
}]()

func everythings(coercion guard.Coercion) *guard.Compiled[Everything] {
	e := &Everythings
	return guard.MustCompile(guard.Shape[Everything]{
		Select: guard.Only[Everything](e.ID, e.Bool, e.Int8, e.Int, e.Uint, e.Float, e.Single, e.Text, e.Maybe, e.Time, e.UUID, e.Bytes, e.Addr, e.Amount, e.Doc, e.Any, e.List),
		Where: guard.Where[Everything]{guard.Allow(e.ID), guard.Allow(e.Bool), guard.Allow(e.Int8), guard.Allow(e.Int), guard.Allow(e.Uint), guard.Allow(e.Float), guard.Allow(e.Single), guard.Allow(e.Text),
			guard.Allow(e.Maybe), guard.Allow(e.Time), guard.Allow(e.UUID), guard.Allow(e.Addr), guard.Allow(e.Amount), guard.Allow(e.Doc), guard.Allow(e.Any), guard.Allow(e.List)},
		Unique: guard.Uniques[Everything]{guard.By(e.ID)},
		Create: guard.Data[Everything]{guard.Accept(e.ID), guard.Accept(e.Bool), guard.Accept(e.Int8), guard.Accept(e.Int), guard.Accept(e.Uint), guard.Accept(e.Float), guard.Accept(e.Single), guard.Accept(e.Text),
			guard.Accept(e.Maybe), guard.Accept(e.Time), guard.Accept(e.UUID), guard.Accept(e.Bytes), guard.Accept(e.Addr), guard.Accept(e.Amount), guard.Accept(e.Doc), guard.Accept(e.Any), guard.Accept(e.List), guard.Fix(e.Own.Set(opaque{"x"}))},
		Coercion: coercion,
	})
}

const whole = `"id": 9007199254740993, "bool": true, "int8": -128, "int": 9223372036854775807, "uint": 9223372036854775807, "float": 0.1, "single": 0.1, "text": "\u00e4<&\u2028",
	"maybe": "m", "time": "2026-01-02T03:04:05.000006+02:00", "uuid": "01234567-89ab-cdef-0123-456789abcdef", "bytes": "AQID", "addr": "10.0.0.1", "amount": 12345678.90,
	"doc": {"name": "n", "tags": ["t"]}, "any_doc": {"big": 9007199254740993}, "list": [1, 9007199254740993]`

// What comes in comes out: no digit and no byte is lost on the way, on either engine.
func TestEveryKindGoesInAndOut(t *testing.T) {
	for name, source := range map[string]func() orm.Option{
		"sqlite":   func() orm.Option { return sqlite.Source("main", ":memory:") },
		"postgres": func() orm.Option { return postgres.Source("main", testkit.Postgres(t)) },
	} {
		t.Run(name, func(t *testing.T) {
			ctx := context.Background()
			db, err := orm.Open(ctx, source(), orm.Models(Everything{}))
			must(t, err)
			defer db.Close()
			must(t, orm.CreateTables(ctx, db))
			repo := orm.Repo[Everything](db)
			const want = `{"id":9007199254740993,"bool":true,"int8":-128,"int":"9223372036854775807","uint":9223372036854775807,"float":0.1,"single":0.1,"text":"ä\u003c\u0026\u2028","maybe":"m",` +
				`"time":"2026-01-02T01:04:05.000006Z","uuid":"01234567-89ab-cdef-0123-456789abcdef","bytes":"AQID","addr":"10.0.0.1","amount":12345678.9,"doc":{"name":"n","tags":["t"]},"any_doc":{"big":9007199254740993},"list":[1,9007199254740993]}`
			row, err := everythings(guard.Coerce).Create(ctx, repo, []byte(`{"data": {`+whole+`}}`))
			shows(t, row, err, want)
			for where, n := range map[string]int{
				`"id": 9007199254740993`: 1, `"id": 9007199254740992`: 0, `"id": "9007199254740993"`: 1, `"id": 9007199254740993.0`: 1, `"id": 9.007199254740993e15`: 1,
				`"bool": "true"`: 1, `"bool": {"not": true}`: 0, `"int8": {"between": [-128, -127]}`: 1, `"float": {"lte": 0.1}`: 1, `"float": {"gt": 1e-1}`: 0,
				`"text": {"contains": "<&"}`: 1, `"text": {"endsWith": "%"}`: 0, `"text": {"startsWith": "Ä", "mode": "default"}`: 0,
				`"maybe": {"equals": "M", "mode": "insensitive"}`: 1, `"maybe": null`: 0, `"maybe": {"isNull": false}`: 1, `"maybe": {"not": null}`: 1, `"maybe": {"in": ["M"], "mode": "insensitive"}`: 1,
				`"time": "2026-01-02T01:04:05.000006Z"`: 1, `"time": {"gte": "2026-01-02T01:04:05.000007Z"}`: 0, `"uuid": {"in": ["01234567-89AB-cdef-0123-456789abcdef"]}`: 1,
				`"addr": "10.0.0.1"`: 1, `"amount": 12345678.9`: 1, `"amount": "12345678.90"`: 1, `"amount": {"gt": 12345678.89, "lt": 12345678.91}`: 1,
				`"doc": {"path": ["name"], "equals": "n"}`: 1, `"doc": {"path": ["tags", 0], "startsWith": "t"}`: 1, `"doc": {"path": ["nothing"], "isNull": true}`: 1, `"any_doc": {"path": ["big"], "gt": 9007199254740000}`: 1,
				`"list": {"has": 9007199254740993}`: 1, `"list": {"hasEvery": [1, 2]}`: 0, `"list": {"hasSome": [1, 2]}`: 1, `"list": {"isEmpty": true}`: 0, `"list": {"isEmpty": false}`: 1,
			} {
				got, err := everythings(guard.Coerce).Count(ctx, repo, []byte(`{"where": {`+where+`}}`))
				if err != nil || got != int64(n) {
					t.Errorf("%s gives %d, want %d (%v, %v)", where, got, n, err, errors.Unwrap(err))
				}
			}
		})
	}
}

// Values that would lose something, or are of another kind, are refused at their column; Strict takes no other kind at all.
func TestValuesAreRefused(t *testing.T) {
	ctx := context.Background()
	db, err := orm.Open(ctx, sqlite.Source("main", ":memory:"), orm.Models(Everything{}))
	must(t, err)
	defer db.Close()
	repo := orm.Repo[Everything](db)
	try := func(c guard.Coercion, column, value string) error {
		var all map[string]json.RawMessage
		must(t, json.Unmarshal([]byte("{"+whole+"}"), &all))
		all[column] = json.RawMessage(value)
		body, err := json.Marshal(map[string]any{"data": all})
		if err != nil { // no JSON at all
			body = []byte(`{"data": {"` + column + `": ` + value + `}}`)
		}
		_, err = everythings(c).Create(ctx, repo, body)
		return err
	}
	for column, values := range map[string][]string{
		"bool":   {`1`, `"yes"`, `"True"`, `null`, `[]`, `{}`},
		"int8":   {`128`, `-129`, `1.5`, `"1.0"`, `" 1"`, `"+1"`, `"0x1"`, `true`, `1e-1`, `1e99999`, `""`, `null`},
		"int":    {`9223372036854775808`, `-9223372036854775809`, `1e19`, `9007199254740992.5`, `"1e3"`},
		"uint":   {`-1`, `18446744073709551616`, `1.1`},
		"float":  {`1e400`, `-1e400`, `"NaN"`, `"Infinity"`, `"0x1p2"`, `true`},
		"single": {`1e40`},
		"text":   {`1`, `true`, `null`, `"a\u0000"`, `{"a": 1}`},
		"time":   {`"2026-01-02"`, `"2026-01-02T03:04:05"`, `"2026-01-02t03:04:05Z"`, `"2026-01-02T03:04:05.0000001Z"`, `"2026-02-30T00:00:00Z"`, `"10000-01-01T00:00:00Z"`, `"0000-12-31T00:00:00Z"`, `"2026-01-02T03:04:05,5Z"`, `0`},
		"uuid":   {`"0123456789abcdef0123456789abcdef"`, `"{01234567-89ab-cdef-0123-456789abcdef}"`, `"g1234567-89ab-cdef-0123-456789abcdef"`, `1`},
		"bytes":  {`"A"`, `"AQ I="`, `"AQJ="`, `[1, 2]`},
		"addr":   {`"10.0.0"`, `1`},
		"amount": {`"1,5"`, `"NaN"`, `" 1"`, `true`, `"١"`, `1e2000`},
		"doc":    {`{"name": 1}`, `{"name": "n", "more": 1}`, `[]`, `"x"`},
		"list":   {`1`, `[1.5]`, `["x"]`, `[[1]]`, `[null]`},
	} {
		for _, v := range values {
			if e := refused(t, try(guard.Coerce, column, v), guard.CodeValidation, "data."+column); e == nil {
				t.Log(column, v)
			}
		}
	}
	for column, values := range map[string][]string{"bool": {`"true"`}, "int8": {`"1"`, `1.0`, `1e0`}, "float": {`"0.1"`}} {
		for _, v := range values {
			refused(t, try(guard.Strict, column, v), guard.CodeValidation, "data."+column)
		}
	}
	for _, v := range []string{`NaN`, `Infinity`, `01`, `1.`, `.5`, `+1`, `0x1`, `1e`} {
		refused(t, try(guard.Coerce, "float", v), guard.CodeShape, "")
	}
	// A column of a type that only the program can read is never a request's.
	for _, s := range []guard.Shape[Everything]{
		{Select: guard.Only(Everythings.ID), Where: guard.Where[Everything]{guard.Allow(Everythings.Own)}},
		{Select: guard.Only(Everythings.ID), Update: guard.Data[Everything]{guard.Accept(Everythings.Own)}},
		{Select: guard.Only(Everythings.ID), Where: guard.Where[Everything]{guard.Allow(Everythings.Bytes)}},
	} {
		if _, err := guard.Compile(s); !errors.Is(err, orm.ErrInvalid) {
			t.Error(err)
		}
	}
}
