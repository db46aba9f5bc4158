package rjson_test

import (
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/multi-orm/orm/rls/rest/rjson"
)

// B28: texts and the JSON they mean; the second group are queries as clients write them.
func TestParse(t *testing.T) {
	for text, want := range map[string]string{
		`()`: `{}`, `_()_`: `[]`, `( a : 1 )`: `{"a":1}`, `(a:1,b:_(1,2)_)`: `{"a":1,"b":[1,2]}`, `_((a:1),(b:2))_`: `[{"a":1},{"b":2}]`,
		`T`: `true`, `F`: `false`, `N`: `null`, `U`: `null`, `abc`: `"abc"`, `Tx`: `"Tx"`, `desc`: `"desc"`,
		`(a:U,b:,c:1)`: `{"c":1}`, `_(1,,U,2)_`: `[1,null,null,2]`, `_(,)_`: `[null,null]`,
		`'it\'s'`: `"it's"`, `"a\"b"`: `"a\"b"`, "`x'\"`": `"x'\""`, `'\u00e4\ud83d\ude00\n'`: `"ä😀\n"`, `''`: `""`,
		`+1`: `1`, `-0.5e-3`: `-0.5e-3`, `-0`: `-0`, `9007199254740993`: `9007199254740993`, `1E+2`: `1E+2`,
		`(a.b-c_d$:1)`: `{"a.b-c_d$":1}`, `('odd key':1)`: `{"odd key":1}`,
		`~T(a,b)~`: `{"a":true,"b":true}`, `~\(x:1)(a)~`: `{"a":{"x":1}}`, `~_(1)_(a)~`: `{"a":[1]}`, `~~F(a)~(b)~`: `{"b":{"a":false}}`, `~T()~`: `{}`, `~asc( a , 'b c' )~`: `{"a":"asc","b c":"asc"}`, `~U(a)~`: `{}`,

		`(where:(body.like:'Bye%%',createdAt.gte:1700000000000),columns:~T(id,title,body)~,orderBy:(createdAt:'asc'))`: `{"where":{"body.like":"Bye%%","createdAt.gte":1700000000000},"columns":{"id":true,"title":true,"body":true},"orderBy":{"createdAt":"asc"}}`,
		`(where:_((title.like:'Hello%',published.eq:T),(createdAt.gte:1234567000))_)`:                                  `{"where":[{"title.like":"Hello%","published.eq":true},{"createdAt.gte":1234567000}]}`,
		`(orderBy:(updatedAt:asc,createdAt:desc))`:                                                                     `{"orderBy":{"updatedAt":"asc","createdAt":"desc"}}`,
		`(columns:F)`: `{"columns":false}`,
		`(columns:~T(id)~,with:(user:(columns:~T(name)~,with:(posts:(columns:~T(title)~,with:(users:(columns:~T(id)~)))))))`: `{"columns":{"id":true},"with":{"user":{"columns":{"name":true},"with":{"posts":{"columns":{"title":true},"with":{"users":{"columns":{"id":true}}}}}}}}`,
		"_(\n( name: 'Apple', sweetness: 7 ),\n( name: 'Banana' )\n)_":                                                       `[{"name":"Apple","sweetness":7},{"name":"Banana"}]`,
	} {
		v, err := rjson.Parse([]byte(text))
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		got, err := v.JSON()
		if err != nil || string(got) != want {
			t.Errorf("%s means %s, want %s (%v)", text, got, want, err)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for text, want := range map[string]string{
		``: "the text ends where a value should stand at byte 0", `(`: "a name is missing at byte 1", `(a)`: "a name is followed by : at byte 2", `(a:1`: "a member is followed by , or )", `(a:1,)`: "a name is missing",
		`(a:1,a:2)`: "a name stands twice in one object at byte 5", `(a:1,'a':2)`: "a name stands twice", `~T(a,a)~`: "a name stands twice", `_(1`: "an item is followed by , or )_", `_(1)`: "an item is followed by",
		`() x`: "there is more behind the value at byte 3", `1 2`: "there is more", `'a`: "a string has no end", `'\x'`: "an escape is unknown", `'\ud800'`: "half of a surrogate pair", `'\ud800\u0041'`: "half of a surrogate pair",
		"'\xff'": "a string is no valid UTF-8", `01`: "a number is followed by", `1.`: "a number is incomplete", `.5`: "no value can begin so", `-`: "a number is incomplete", `1e`: "a number is incomplete", `--1`: "a number is incomplete",
		`1x`: "a number is followed by", `+I`: "a number is incomplete", `{}`: "no value can begin so", `[1]`: "no value can begin so", `~(a:1)(b)~`: `an object in a mapped array begins with \(`, `~T~`: "a mapped array has a list of names",
		`~T(a)`: "a mapped array ends with ~", `ä`: "no value can begin so", `(ä:1)`: "a name is missing",
		strings.Repeat("_(", 70): "it nests deeper than 64 levels", strings.Repeat("~", 70) + "T": "it nests deeper than 64 levels",
		`~~~~~~T(` + wide + `)~(` + wide + `)~(` + wide + `)~(` + wide + `)~(` + wide + `)~(` + wide + `)~`: "mapped arrays make more than 10000 values",
	} {
		_, err := rjson.Parse([]byte(text))
		var syntax *rjson.SyntaxError
		if !errors.As(err, &syntax) || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: got %v, want %q", text, err, want)
		}
		if rjson.Valid([]byte(text)) {
			t.Errorf("%.40q is valid", text)
		}
	}
}

const wide = "a,b,c,d,e,f,g,h,i,j"

func value() *rapid.Generator[rjson.Value] {
	return rapid.Custom(func(t *rapid.T) rjson.Value { return draw(t, 4) })
}

func draw(t *rapid.T, depth int) rjson.Value {
	kinds := []rjson.Kind{rjson.Null, rjson.False, rjson.True, rjson.Number, rjson.String}
	if depth > 0 {
		kinds = append(kinds, rjson.Array, rjson.Object)
	}
	v := rjson.Value{Kind: rapid.SampledFrom(kinds).Draw(t, "kind")}
	switch v.Kind {
	case rjson.Number:
		v.Text = rapid.SampledFrom([]string{"0", "-0", "1", "-12.5e+30", "9007199254740993", "NaN", "Infinity", "-Infinity", "1E5"}).Draw(t, "number")
	case rjson.String:
		v.Text = rapid.String().Draw(t, "string")
	case rjson.Array:
		for range rapid.IntRange(0, 3).Draw(t, "items") {
			v.Items = append(v.Items, draw(t, depth-1))
		}
	case rjson.Object:
		for _, name := range rapid.SliceOfNDistinct(rapid.String(), 0, 3, rapid.ID).Draw(t, "names") {
			v.Members = append(v.Members, rjson.Member{Name: name, Value: draw(t, depth-1)})
		}
	}
	return v
}

// What is written is read back: every kind, digit, name and order.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := value().Draw(t, "value")
		text := want.Append(nil)
		got, err := rjson.Parse(text)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("%s\ngot  %+v\nwant %+v (%v)", text, got, want, err)
		}
	})
}

// FuzzParse reads whatever comes without a panic; what it takes, it writes and reads again as the same.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{`(where:(a.like:'x%',b:_(1,2)_),columns:~T(id)~)`, `~\(a:1)(b)~`, `_(X,I,-I,-0,U,,)_`, "`\\u00e4`", `(a:+1.5e-3)`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		v, err := rjson.Parse(text)
		if err != nil {
			return
		}
		again, err := rjson.Parse(v.Append(nil))
		if err != nil || !reflect.DeepEqual(again, v) {
			t.Errorf("%q is %+v, and written and read %+v (%v)", text, v, again, err)
		}
	})
}

type inner struct {
	X int `json:"x"`
}

type Base struct {
	ID int64 `json:"id"`
}

type everything struct {
	Base
	Bool   bool           `json:"bool"`
	Small  int8           `json:"small"`
	Uint   uint64         `json:"uint"`
	Float  float64        `json:"float"`
	Text   string         `json:"text"`
	Time   time.Time      `json:"time"`
	Bytes  []byte         `json:"bytes"`
	List   []int          `json:"list"`
	Pair   [2]int         `json:"pair"`
	Map    map[string]int `json:"map"`
	Ptr    *inner         `json:"ptr"`
	Any    any            `json:"any"`
	Raw    json.Number    `json:"raw"`
	Quoted int64          `json:"quoted,string"`
	Left   string         `json:"left,omitempty"`
	Never  string         `json:"-"`
	hidden int
}

func TestMarshalAndUnmarshal(t *testing.T) {
	want := everything{Base: Base{9007199254740993}, Bool: true, Small: -128, Uint: math.MaxUint64, Float: math.Inf(-1), Text: "it's", Time: time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC), Bytes: []byte{1, 2},
		List: []int{1}, Pair: [2]int{3, 4}, Map: map[string]int{"b": 2, "a": 1}, Ptr: &inner{5}, Any: map[string]any{"k": []any{json.Number("1"), nil, true}}, Raw: "12345678901234567890.5", Quoted: 7}
	text, err := rjson.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	const expected = `(id:9007199254740993,bool:T,small:-128,uint:18446744073709551615,float:-I,text:'it\'s',time:'2026-01-02T03:04:05.000006Z',bytes:'AQI=',list:_(1)_,pair:_(3,4)_,map:(a:1,b:2),ptr:(x:5),any:(k:_(1,N,T)_),raw:12345678901234567890.5,quoted:'7')`
	if string(text) != expected {
		t.Errorf("got  %s\nwant %s", text, expected)
	}
	var got everything
	if err := rjson.Unmarshal(text, &got); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v (%v)", got, want, err)
	}
	got = everything{}
	if err := rjson.NewDecoder(strings.NewReader(expected), int64(len(expected))).Decode(&got); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v %v", got, err)
	}
	if err := rjson.NewDecoder(strings.NewReader(expected), 10).Decode(&got); err == nil || !strings.Contains(err.Error(), "longer than 10 bytes") {
		t.Error(err)
	}
	_ = got.hidden
}

// Values that the target cannot hold are errors that say where.
func TestUnmarshalRefuses(t *testing.T) {
	for text, want := range map[string]string{
		`(small:128)`: "small is a number", `(small:1.5)`: "small is a number", `(small:X)`: "small is a number", `(uint:-1)`: "uint is a number", `(float:1e400)`: "float is a number", `(bool:1)`: "bool is a number", `(bool:N)`: "bool is null",
		`(text:T)`: "text is true", `(list:(a:1))`: "list is an object", `(list:_(1,x)_)`: "list[1] is a string", `(pair:_(1)_)`: "pair is an array", `(ptr:(x:(a:1)))`: "ptr.x is an object", `(ptr:(y:1))`: "ptr.y is no field",
		`(Bool:T)`: "Bool is no field", `(Never:x)`: "Never is no field", `(bytes:'*')`: "bytes is a string", `(time:x)`: "time: ", `(id:-0)`: "id is a number", `1`: "the text is a number", `(`: "a name is missing",
	} {
		var v everything
		if err := rjson.Unmarshal([]byte(text), &v); err == nil || !strings.HasPrefix(err.Error(), "rjson: ") || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", text, err, want)
		}
	}
	if err := rjson.Unmarshal([]byte(`1`), 1); err == nil {
		t.Error("it took a target that is no pointer")
	}
	type loop struct{ Next *loop }
	round := &loop{}
	round.Next = round
	for _, v := range []any{round, func() {}, make(chan int), map[int]int{1: 1}, json.Number("x")} {
		if text, err := rjson.Marshal(v); err == nil {
			t.Errorf("%T has a text: %.40s", v, text)
		}
	}
}
