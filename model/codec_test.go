package model

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"errors"
	"math"
	"net"
	"net/netip"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"
	"unsafe"

	"github.com/multi-orm/orm/internal/fault"
	"pgregory.net/rapid"
)

type everything struct {
	ID    int64
	B     bool
	I8    int8
	I16   myInt
	I32   *int32
	U8    uint8
	U16   uint16
	U32   sql.Null[uint32]
	U64   uint64
	F32   float32
	F64   *float64
	S     string
	NS    sql.NullString
	PS    *myString
	Y     []byte
	T     time.Time
	PT    *time.Time
	NT    sql.NullTime
	MT    myTime
	U     [16]byte
	PU    *myUUID
	Doc   map[string]int        `orm:",json"`
	Point *plainStruct          `orm:",json"`
	Flat  plainStruct           `orm:",json"`
	Any   any                   `orm:",json"`
	Null  sql.Null[plainStruct] `orm:",json"`
	Raw   json.RawMessage
	Tags  []string
	Nums  *[]int64
	Blobs [][]byte
	Times []time.Time
	Uids  [][16]byte
	Addr  netip.Addr
	Addrs []netip.Addr
	IP    net.IP
	Level level
	Cents cents
	PC    *cents
	NC    nullCents
	Role  string  `orm:",enum=admin|user"`
	PRole *string `orm:",enum=admin|user"`
}

func modelOf[T any](t testing.TB) *Model {
	t.Helper()
	m, err := For[T]()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func fieldOf[T any](t testing.TB, name string) *Field {
	t.Helper()
	f, err := modelOf[T](t).Field(name)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func drawTime(t *rapid.T, label string) time.Time {
	return time.UnixMicro(rapid.Int64Range(-62135596800000000, 253402300799999999).Draw(t, label)).UTC()
}

func drawUUID(t *rapid.T, label string) (u [16]byte) {
	copy(u[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, label))
	return u
}

func optional[T any](t *rapid.T, label string, v T) *T {
	if rapid.Bool().Draw(t, label+"?") {
		return nil
	}
	return &v
}

func draw(t *rapid.T) everything {
	text := rapid.String()
	var e everything
	e.ID = rapid.Int64().Draw(t, "ID")
	e.B = rapid.Bool().Draw(t, "B")
	e.I8 = rapid.Int8().Draw(t, "I8")
	e.I16 = myInt(rapid.Int16().Draw(t, "I16"))
	e.I32 = optional(t, "I32", rapid.Int32().Draw(t, "I32"))
	e.U8 = rapid.Byte().Draw(t, "U8")
	e.U16 = rapid.Uint16().Draw(t, "U16")
	if p := optional(t, "U32", rapid.Uint32().Draw(t, "U32")); p != nil {
		e.U32 = sql.Null[uint32]{V: *p, Valid: true}
	}
	e.U64 = rapid.Uint64().Draw(t, "U64")
	e.F32 = rapid.Float32().Draw(t, "F32")
	e.F64 = optional(t, "F64", rapid.Float64().Draw(t, "F64"))
	e.S = text.Draw(t, "S")
	if p := optional(t, "NS", text.Draw(t, "NS")); p != nil {
		e.NS = sql.NullString{String: *p, Valid: true}
	}
	e.PS = optional(t, "PS", myString(text.Draw(t, "PS")))
	if p := optional(t, "Y", rapid.SliceOf(rapid.Byte()).Draw(t, "Y")); p != nil {
		e.Y = append([]byte{}, *p...)
	}
	e.T = drawTime(t, "T")
	e.PT = optional(t, "PT", drawTime(t, "PT"))
	if p := optional(t, "NT", drawTime(t, "NT")); p != nil {
		e.NT = sql.NullTime{Time: *p, Valid: true}
	}
	e.MT = myTime(drawTime(t, "MT"))
	e.U = drawUUID(t, "U")
	e.PU = optional(t, "PU", myUUID(drawUUID(t, "PU")))
	if rapid.Bool().Draw(t, "Doc?") {
		e.Doc = rapid.MapOf(rapid.StringMatching("[a-z<>&]*"), rapid.Int()).Draw(t, "Doc")
	}
	e.Point = optional(t, "Point", plainStruct{rapid.Int().Draw(t, "A"), 2})
	e.Flat = plainStruct{A: rapid.Int().Draw(t, "Flat")}
	e.Any = rapid.SampledFrom([]any{nil, "x", true, 1.5, []any{"a", nil}}).Draw(t, "Any")
	if rapid.Bool().Draw(t, "Null?") {
		e.Null = sql.Null[plainStruct]{V: plainStruct{B: 7}, Valid: true}
	}
	e.Raw = rapid.SampledFrom([]json.RawMessage{nil, json.RawMessage(`{"a":[1,"<"]}`), json.RawMessage(`null`)}).Draw(t, "Raw")
	if rapid.Bool().Draw(t, "Tags?") {
		e.Tags = append([]string{}, rapid.SliceOf(text).Draw(t, "Tags")...)
	}
	e.Nums = optional(t, "Nums", append([]int64{}, rapid.SliceOf(rapid.Int64()).Draw(t, "Nums")...))
	e.Blobs = [][]byte{{}, rapid.SliceOfN(rapid.Byte(), 1, 4).Draw(t, "Blobs")}
	e.Times = []time.Time{drawTime(t, "Times")}
	e.Uids = [][16]byte{drawUUID(t, "Uids"), {}}
	e.Addr = netip.AddrFrom4([4]byte(rapid.SliceOfN(rapid.Byte(), 4, 4).Draw(t, "Addr")))
	e.Addrs = []netip.Addr{e.Addr}
	if rapid.Bool().Draw(t, "IP?") {
		e.IP = net.IPv4(1, 2, 3, e.U8)
	}
	e.Level = level(rapid.IntRange(0, 9).Draw(t, "Level"))
	e.Cents = cents{rapid.Int64Min(-1).Draw(t, "Cents")}
	e.PC = optional(t, "PC", cents{rapid.Int64Min(0).Draw(t, "PC")})
	if rapid.Bool().Draw(t, "NC?") {
		e.NC = nullCents{Valid: true, Cents: cents{5}}
	}
	e.Role = "admin"
	return e
}

// Store undoes Load, whatever was in the row before, and ValueOf agrees with Load.
func TestRoundTrip(t *testing.T) {
	m := modelOf[everything](t)
	rapid.Check(t, func(t *rapid.T) {
		in, out := draw(t), draw(t)
		rv := reflect.ValueOf(&in).Elem()
		for _, f := range m.Fields {
			v, err := f.Load(unsafe.Pointer(&in))
			if err != nil {
				t.Fatalf("%s: Load: %v", f.Name, err)
			}
			if err := f.Store(unsafe.Pointer(&out), v); err != nil {
				t.Fatalf("%s: Store: %v", f.Name, err)
			}
			w, err := f.ValueOf(rv.FieldByName(f.Name).Interface())
			if err != nil {
				t.Fatalf("%s: ValueOf: %v", f.Name, err)
			}
			if !bytes.Equal(AppendKey(nil, v), AppendKey(nil, w)) {
				t.Fatalf("%s: Load gives %v, ValueOf %v", f.Name, v.Any(), w.Any())
			}
		}
		if !reflect.DeepEqual(in, out) {
			t.Fatalf("in  %+v\nout %+v", in, out)
		}
	})
}

// What Assign is given in a driver's form comes back the same, and the driver's buffer is not kept.
func TestAssignRoundTrip(t *testing.T) {
	m := modelOf[everything](t)
	rapid.Check(t, func(t *rapid.T) {
		in, out := draw(t), draw(t)
		for _, f := range m.Fields {
			v, err := f.Load(unsafe.Pointer(&in))
			if err != nil {
				t.Fatal(err)
			}
			src := v.Any()
			switch x := src.(type) {
			case JSONText:
				src = bytes.Clone(x)
			case uint64: // some drivers have no unsigned numbers
				src = strconv.FormatUint(x, 10)
			case string:
				src = []byte(x)
			case []byte:
				src = bytes.Clone(x)
			case [16]byte:
				src = append([]byte{}, x[:]...)
			case []any:
				text, err := json.Marshal(jsonForm(x))
				if err != nil {
					t.Fatal(err)
				}
				src = text
			}
			if err := f.Assign(unsafe.Pointer(&out), src); err != nil {
				t.Fatalf("%s: %v", f.Name, err)
			}
			if b, ok := src.([]byte); ok {
				clear(b)
			}
		}
		if !reflect.DeepEqual(in, out) {
			t.Fatalf("in  %+v\nout %+v", in, out)
		}
	})
}

func jsonForm(l []any) []any {
	out := make([]any, len(l))
	for i, x := range l {
		out[i] = x
		if u, ok := x.([16]byte); ok {
			out[i] = formatUUID(u)
		}
	}
	return out
}

func TestAssignForms(t *testing.T) {
	noon := time.Date(2024, 5, 6, 12, 30, 15, 123456000, time.UTC)
	whole := time.Date(2024, 5, 6, 12, 30, 15, 0, time.UTC)
	day := time.Date(2024, 5, 6, 0, 0, 0, 0, time.UTC)
	uuid := [16]byte{0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0, 1, 2, 3, 4, 5, 6, 7}
	const uuidText = "01234567-89AB-cdef-0001-020304050607"
	for _, c := range []struct {
		field string
		src   any
		want  any
	}{
		{"B", true, true}, {"B", int64(1), true}, {"B", int64(0), false}, {"B", "t", true}, {"B", []byte("false"), false},
		{"I8", int64(-128), int8(-128)}, {"I8", "12", int8(12)}, {"I8", float64(3), int8(3)}, {"I8", int32(5), int8(5)},
		{"ID", []byte("9007199254740993"), int64(9007199254740993)}, {"ID", uint64(7), int64(7)}, {"ID", json.Number("5"), int64(5)},
		{"U64", "18446744073709551615", uint64(math.MaxUint64)}, {"U8", int64(255), uint8(255)}, {"U64", float64(4), uint64(4)},
		{"F32", 0.5, float32(0.5)}, {"F32", int64(16777216), float32(16777216)}, {"F32", []byte("1e3"), float32(1000)}, {"F32", math.Inf(1), float32(math.Inf(1))},
		{"S", []byte("x"), "x"}, {"S", int64(5), "5"}, {"S", 1.5, "1.5"}, {"S", noon, "2024-05-06T12:30:15.123456Z"}, {"S", uuid, strings.ToLower(uuidText)},
		{"Y", "x", []byte("x")}, {"Y", []byte{}, []byte{}},
		{"T", noon.In(time.FixedZone("", 7200)), noon}, {"T", "2024-05-06T12:30:15.123456Z", noon}, {"T", "2024-05-06T14:30:15.123456+02:00", noon},
		{"T", "2024-05-06 14:30:15.123456+02:00", noon}, {"T", "2024-05-06 12:30:15.123456Z", noon}, {"T", "2024-05-06 12:30:15+00", whole},
		{"T", []byte("2024-05-06 12:30:15"), whole}, {"T", "2024-05-06", day}, {"T", "2024-05-06T12:30:15", whole},
		{"T", "2024-05-06 14:30:15.123456 +0200 CEST", noon}, {"T", "2024-05-06 12:30:15.123456 +0000 UTC", noon},
		{"U", uuidText, uuid}, {"U", []byte(uuidText), uuid}, {"U", uuid[:], uuid}, {"U", uuid, uuid}, {"U", myUUID(uuid), uuid},
		{"U", "{" + uuidText + "}", uuid}, {"U", strings.ReplaceAll(uuidText, "-", ""), uuid},
		{"Doc", `{"a":1}`, map[string]int{"a": 1}}, {"Any", int64(5), 5.0}, {"Any", "null", nil}, {"Flat", []byte(`{"A":3}`), plainStruct{A: 3}},
		{"Raw", []byte(` [1]`), json.RawMessage(` [1]`)},
		{"Tags", `["a","b"]`, []string{"a", "b"}}, {"Tags", []string{"a"}, []string{"a"}}, {"Tags", []any{"a"}, []string{"a"}}, {"Tags", "[]", []string{}},
		{"Uids", []byte(`["` + uuidText + `"]`), [][16]byte{uuid}}, {"Blobs", `["aGk="]`, [][]byte{[]byte("hi")}}, {"Times", `["2024-05-06"]`, []time.Time{day}},
		{"Addr", "10.0.0.1", netip.MustParseAddr("10.0.0.1")}, {"Level", []byte("L4"), level(4)},
		{"Cents", int64(4), cents{4}}, {"Cents", "12", cents{12}}, {"Cents", nil, cents{-1}},
		{"Y", nil, []byte(nil)}, {"Doc", nil, map[string]int(nil)}, {"Tags", nil, []string(nil)}, {"IP", nil, net.IP(nil)}, {"Raw", nil, json.RawMessage(nil)},
		{"I32", nil, (*int32)(nil)}, {"NS", nil, sql.NullString{}}, {"NS", "x", sql.NullString{String: "x", Valid: true}},
	} {
		e := everything{Doc: map[string]int{"old": 1}, NS: sql.NullString{String: "old", Valid: true}, I32: new(int32), Y: []byte("old"), IP: net.IP("old"), Flat: plainStruct{B: 9}}
		f := fieldOf[everything](t, c.field)
		if err := f.Assign(unsafe.Pointer(&e), c.src); err != nil {
			t.Errorf("%s <- %T %v: %v", c.field, c.src, c.src, err)
			continue
		}
		got := reflect.ValueOf(e).FieldByName(c.field).Interface()
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s <- %T %v: got %#v, want %#v", c.field, c.src, c.src, got, c.want)
		}
		if x, ok := got.(time.Time); ok && x.Location() != time.UTC {
			t.Errorf("%s <- %v: %v is not UTC", c.field, c.src, x)
		}
	}
}

const secret = "s3cr3t"

func TestAssignErrors(t *testing.T) {
	const p = "orm: everything."
	for _, c := range []struct {
		field string
		src   any
		want  string
	}{
		{"I8", int64(300), p + "I8: invalid: the number does not fit int8"},
		{"I8", int64(-129), p + "I8: invalid: the number does not fit int8"},
		{"I8", "300", p + "I8: invalid: the number does not fit int8"},
		{"I8", 1.5, p + "I8: invalid: the number has no exact form as int8"},
		{"ID", 1e19, p + "ID: invalid: the number does not fit int64"},
		{"ID", math.NaN(), p + "ID: invalid: the number has no exact form as int64"},
		{"ID", math.Inf(1), p + "ID: invalid: the number does not fit int64"},
		{"ID", uint64(math.MaxUint64), p + "ID: invalid: the number does not fit int64"},
		{"ID", "99999999999999999999", p + "ID: invalid: the number does not fit int64"},
		{"ID", secret, p + "ID: invalid: the text is not a valid int64"},
		{"ID", true, p + "ID: invalid: got bool, want int64"},
		{"ID", []int{1}, p + "ID: invalid: got []int, want int64"},
		{"ID", nil, p + "ID: invalid: int64 cannot hold NULL: make the field *int64 or sql.Null[int64]"},
		{"T", nil, p + "T: invalid: time.Time cannot hold NULL: make the field *time.Time or sql.Null[time.Time]"},
		{"Addr", nil, p + "Addr: invalid: netip.Addr cannot hold NULL: make the field *netip.Addr or sql.Null[netip.Addr]"},
		{"Flat", nil, p + "Flat: invalid: model.plainStruct cannot hold NULL: make the field *model.plainStruct or sql.Null[model.plainStruct]"},
		{"U8", int64(-1), p + "U8: invalid: the number does not fit uint8"},
		{"U64", "-1", p + "U64: invalid: the text is not a valid uint64"},
		{"U32", int64(1 << 32), p + "U32: invalid: the number does not fit uint32"},
		{"F32", 1e300, p + "F32: invalid: the number does not fit float32"},
		{"F32", int64(16777217), p + "F32: invalid: the number has no exact form as float32"},
		{"F64", int64(math.MaxInt64), p + "F64: invalid: the number has no exact form as float64"},
		{"B", int64(2), p + "B: invalid: the number does not fit bool"},
		{"B", secret, p + "B: invalid: the text is not a valid bool"},
		{"S", true, p + "S: invalid: got bool, want string"},
		{"Y", int64(1), p + "Y: invalid: got int64, want []uint8"},
		{"T", int64(1), p + "T: invalid: got int64, want time.Time: where SQLite keeps numbers, " + timeUnits},
		{"T", secret, p + "T: invalid: the text is not a valid time.Time"},
		{"PT", "2024-13-01", p + "PT: invalid: the text is not a valid time.Time"},
		{"U", secret, p + "U: invalid: the text is not a valid [16]uint8"},
		{"U", "0123456789abcdef0123456789abcdeg", p + "U: invalid: the text is not a valid [16]uint8"},
		{"U", []byte{1, 2}, p + "U: invalid: the text is not a valid [16]uint8"},
		{"Doc", `{"a":"` + secret + `"}`, p + "Doc: invalid: the value cannot be decoded into map[string]int"},
		{"Raw", `{` + secret, p + "Raw: invalid: the text is not a valid json.RawMessage"},
		{"Doc", time.Time{}, p + "Doc: invalid: got time.Time, want map[string]int"},
		{"Tags", secret, p + "Tags: invalid: the text is not a valid []string"},
		{"Tags", `["a"] x`, p + "Tags: invalid: the text is not a valid []string"},
		{"Tags", `null`, p + "Tags: invalid: the text is not a valid []string"},
		{"Tags", `["a",null]`, p + "Tags: invalid: the array holds a NULL, which []string cannot"},
		{"Tags", `[["a"]]`, p + "Tags: invalid: got string, want []string"},
		{"Nums", `[1.5]`, p + "Nums: invalid: the text is not a valid []int64"},
		{"Addr", secret, p + "Addr: invalid: the value cannot be decoded into netip.Addr"},
		{"Addr", int64(1), p + "Addr: invalid: got int64, want netip.Addr"},
		{"Cents", 1.5, p + "Cents: invalid: the value cannot be decoded into model.cents"},
	} {
		var e everything
		before := e
		err := fieldOf[everything](t, c.field).Assign(unsafe.Pointer(&e), c.src)
		if err == nil || err.Error() != c.want {
			t.Errorf("%s <- %T %v:\n got %v\nwant %s", c.field, c.src, c.src, err, c.want)
			continue
		}
		if !errors.Is(err, fault.ErrInvalid) || strings.Contains(err.Error(), secret) {
			t.Errorf("%#v", err)
		}
		if !reflect.DeepEqual(e, before) {
			t.Errorf("%s <- %v: the row was changed", c.field, c.src)
		}
	}
}

func TestStoreErrors(t *testing.T) {
	const p = "orm: everything."
	u := [16]byte{1}
	for _, c := range []struct {
		field string
		v     Value
		want  string
	}{
		{"I8", IntOf(300), p + "I8: invalid: the number does not fit int8"},
		{"ID", UintOf(1 << 63), p + "ID: invalid: the number does not fit int64"},
		{"ID", StringOf("1"), p + "ID: invalid: got string, want int64"},
		{"ID", FloatOf(1), p + "ID: invalid: got float64, want int64"},
		{"ID", Null(), p + "ID: invalid: int64 cannot hold NULL: make the field *int64 or sql.Null[int64]"},
		{"S", IntOf(1), p + "S: invalid: got int64, want string"},
		{"T", StringOf(secret), p + "T: invalid: got string, want time.Time"},
		{"U", StringOf(secret), p + "U: invalid: got string, want [16]uint8"},
		{"Y", StringOf(secret), p + "Y: invalid: got string, want []uint8"},
		{"Tags", StringOf(secret), p + "Tags: invalid: got string, want []string"},
		{"Tags", ListOf(List{Null()}), p + "Tags: invalid: the array holds a NULL, which []string cannot"},
		{"F32", FloatOf(1e300), p + "F32: invalid: the number does not fit float32"},
		{"B", UUIDOf(&u), p + "B: invalid: got [16]uint8, want bool"},
	} {
		var e everything
		err := fieldOf[everything](t, c.field).Store(unsafe.Pointer(&e), c.v)
		if err == nil || err.Error() != c.want {
			t.Errorf("%s:\n got %v\nwant %s", c.field, err, c.want)
		}
	}
	var e everything
	if err := fieldOf[everything](t, "S").Store(unsafe.Pointer(&e), UUIDOf(&u)); err != nil || e.S != "01000000-0000-0000-0000-000000000000" {
		t.Error(err, e.S)
	}
}

func TestLoadErrors(t *testing.T) {
	e := everything{Raw: json.RawMessage(`{` + secret), Level: -1, Any: math.NaN()}
	for field, want := range map[string]string{
		"Raw":   "orm: everything.Raw: invalid: the json.RawMessage cannot be encoded",
		"Level": "orm: everything.Level: invalid: the model.level cannot be encoded",
		"Any":   "orm: everything.Any: invalid: the interface {} cannot be encoded",
	} {
		if _, err := fieldOf[everything](t, field).Load(unsafe.Pointer(&e)); err == nil || err.Error() != want {
			t.Errorf("%s: %v", field, err)
		}
	}
	if v := fieldOf[everything](t, "Level").LoadBase(unsafe.Pointer(&e.Level)); v.Kind() != AnyValue {
		t.Error("LoadBase of a rich kind must not look like NULL")
	} else if _, err := v.Any().(unloadable).Value(); err == nil {
		t.Error("no error")
	}
}

func TestJSONIsNotHTMLEscaped(t *testing.T) {
	e := everything{Any: "<&>"}
	v, err := fieldOf[everything](t, "Any").Load(unsafe.Pointer(&e))
	if err != nil || string(v.Any().(JSONText)) != `"<&>"` {
		t.Errorf("%s %v", v.Any(), err)
	}
}

func TestIsZero(t *testing.T) {
	m := modelOf[everything](t)
	var zero everything
	for _, f := range m.Fields {
		if !f.IsZero(unsafe.Pointer(&zero)) {
			t.Errorf("%s: the zero value is not zero", f.Name)
		}
	}
	said := everything{
		I32: new(int32), U32: sql.Null[uint32]{Valid: true}, F64: new(float64), NS: sql.NullString{Valid: true}, PS: new(myString), Y: []byte{},
		PT: new(time.Time), NT: sql.NullTime{Valid: true}, PU: new(myUUID), Doc: map[string]int{}, Point: new(plainStruct), Any: 0,
		Null: sql.Null[plainStruct]{Valid: true}, Raw: json.RawMessage{}, Tags: []string{}, Nums: new([]int64), Blobs: [][]byte{}, Times: []time.Time{},
		Uids: [][16]byte{}, Addrs: []netip.Addr{}, IP: net.IP{}, PC: new(cents), NC: nullCents{Valid: true}, PRole: new(string),
		ID: 1, B: true, I8: 1, I16: 1, U8: 1, U16: 1, U64: 1, F32: 1, S: "x", T: time.Unix(0, 0), MT: myTime(time.Unix(0, 0)), U: [16]byte{1},
		Flat: plainStruct{A: 1}, Addr: netip.IPv4Unspecified(), Level: 1, Cents: cents{1}, Role: "user",
	}
	for _, f := range m.Fields {
		if f.IsZero(unsafe.Pointer(&said)) {
			t.Errorf("%s: a value that was said counts as zero", f.Name)
		}
	}
}

func TestTarget(t *testing.T) {
	var e everything
	old := new(int32)
	e.I32 = old
	*(*int32)(fieldOf[everything](t, "I32").Target(unsafe.Pointer(&e))) = 5
	*(*string)(fieldOf[everything](t, "NS").Target(unsafe.Pointer(&e))) = "x"
	*(*int8)(fieldOf[everything](t, "I8").Target(unsafe.Pointer(&e))) = 7
	if *e.I32 != 5 || *old != 0 || e.NS != (sql.NullString{String: "x", Valid: true}) || e.I8 != 7 {
		t.Errorf("%+v", e)
	}
}

// Long pointers must not be allocated with the wrong pointer map.
func TestTargetSurvivesGC(t *testing.T) {
	rows := make([]everything, 100)
	for _, name := range []string{"PS", "PT", "PC", "Point", "Nums", "PU", "F64"} {
		f := fieldOf[everything](t, name)
		for i := range rows {
			if p := f.Target(unsafe.Pointer(&rows[i])); name == "PS" {
				*(*string)(p) = strings.Repeat("x", i)
			}
		}
	}
	for i := range rows {
		if len(*rows[i].PS) != i || rows[i].PT == nil || rows[i].PC == nil {
			t.Fatal(i)
		}
	}
}
