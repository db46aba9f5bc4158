package model

import (
	"database/sql"
	"encoding/json"
	"errors"
	"math"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/multi-orm/orm/internal/fault"
	"pgregory.net/rapid"
)

func TestValueOf(t *testing.T) {
	noon := time.Date(2024, 5, 6, 12, 0, 0, 0, time.UTC)
	type str string
	s, n := "x", 5
	for _, c := range []struct {
		field string
		in    any
		want  any // Value.Any
	}{
		{"ID", 5, int64(5)}, {"ID", int8(5), int64(5)}, {"ID", uint64(5), int64(5)}, {"ID", &n, int64(5)}, {"ID", myInt(5), int64(5)},
		{"ID", sql.NullInt32{Int32: 5, Valid: true}, int64(5)}, {"ID", sql.Null[int64]{}, nil}, {"ID", (*int)(nil), nil}, {"ID", nil, nil},
		{"ID", json.Number("9007199254740993"), int64(9007199254740993)}, {"ID", time.Second, int64(1e9)},
		{"I32", new(int32), int64(0)}, {"I32", int64(7), int64(7)}, {"U32", sql.Null[uint32]{V: 3, Valid: true}, uint64(3)}, {"U32", 3, uint64(3)},
		{"U64", uint64(math.MaxUint64), uint64(math.MaxUint64)}, {"U8", 255, uint64(255)}, {"U64", json.Number("7"), uint64(7)},
		{"F64", 5, 5.0}, {"F64", 1.5, 1.5}, {"F64", float32(1.5), 1.5}, {"F32", 0.1, float64(float32(0.1))}, {"F64", json.Number("2.5"), 2.5}, {"F64", uint8(3), 3.0},
		{"S", "x", "x"}, {"S", &s, "x"}, {"S", str("x"), "x"}, {"S", sql.NullString{}, nil}, {"PS", myString("x"), "x"}, {"PS", "x", "x"}, {"NS", "x", "x"},
		{"B", true, true}, {"Y", []byte("x"), []byte("x")}, {"Y", json.RawMessage("x"), []byte("x")}, {"Y", []byte(nil), nil},
		{"T", noon, noon}, {"T", &noon, noon}, {"PT", noon, noon}, {"MT", noon, noon}, {"T", myTime(noon), noon}, {"T", sql.NullTime{Time: noon, Valid: true}, noon},
		{"U", [16]byte{1}, [16]byte{1}}, {"U", myUUID{1}, [16]byte{1}}, {"PU", &[16]byte{1}, [16]byte{1}}, {"PU", (*myUUID)(nil), nil},
		{"Doc", map[string]int{"a": 1}, JSONText(`{"a":1}`)}, {"Doc", json.RawMessage(`{}`), JSONText(`{}`)}, {"Doc", JSONText(`{}`), JSONText(`{}`)}, {"Doc", map[string]int(nil), nil},
		{"Null", sql.Null[plainStruct]{}, nil}, {"Null", plainStruct{A: 1}, JSONText(`{"A":1,"B":0}`)}, {"Any", "x", JSONText(`"x"`)}, {"Any", 5, JSONText(`5`)}, {"Any", (*int)(nil), nil},
		{"Tags", []string{"a"}, []any{"a"}}, {"Tags", []any{"a", str("b")}, []any{"a", "b"}}, {"Tags", []string(nil), nil}, {"Nums", []int{1}, []any{int64(1)}},
		{"Uids", []myUUID{{1}}, []any{[16]byte{1}}}, {"Addrs", []string{"10.0.0.1"}, []any{"10.0.0.1"}},
		{"Addr", netip.MustParseAddr("10.0.0.1"), "10.0.0.1"}, {"Addr", "10.", "10."}, {"Level", level(4), "L4"},
		{"Cents", cents{4}, int64(4)}, {"Cents", &cents{4}, int64(4)}, {"Cents", cents{-1}, nil}, {"Cents", "4", "4"}, {"NC", nullCents{}, nil},
		{"Role", "admin", "admin"}, {"PRole", nil, nil},
	} {
		v, err := fieldOf[everything](t, c.field).ValueOf(c.in)
		if err != nil || !reflect.DeepEqual(v.Any(), c.want) {
			t.Errorf("%s <- %T %v: got %#v %v, want %#v", c.field, c.in, c.in, v.Any(), err, c.want)
		}
	}
}

func TestValueOfErrors(t *testing.T) {
	const p = "orm: everything."
	pp := new(*int)
	for _, c := range []struct {
		field string
		in    any
		want  string
	}{
		{"ID", secret, p + "ID: invalid: got string, want int64"},
		{"ID", 1.0, p + "ID: invalid: got float64, want int64"},
		{"ID", true, p + "ID: invalid: got bool, want int64"},
		{"ID", pp, p + "ID: invalid: got **int, want int64"},
		{"ID", (*string)(nil), p + "ID: invalid: got *string, want int64"},
		{"ID", sql.NullString{}, p + "ID: invalid: got sql.NullString, want int64"},
		{"ID", uint64(math.MaxUint64), p + "ID: invalid: the number does not fit int64"},
		{"ID", json.Number("1.5"), p + "ID: invalid: the text is not a valid int64"},
		{"ID", struct{}{}, p + "ID: invalid: got struct {}, want int64"},
		{"I8", 300, p + "I8: invalid: the number does not fit int8"},
		{"U8", -1, p + "U8: invalid: the number does not fit uint8"},
		{"U8", 256, p + "U8: invalid: the number does not fit uint8"},
		{"F64", int64(math.MaxInt64), p + "F64: invalid: the number has no exact form as float64"},
		{"F64", "1", p + "F64: invalid: got string, want *float64"},
		{"F32", 1e300, p + "F32: invalid: the number does not fit float32"},
		{"S", 5, p + "S: invalid: got int, want string"},
		{"S", []byte(secret), p + "S: invalid: got []uint8, want string"},
		{"Y", secret, p + "Y: invalid: got string, want []uint8"},
		{"T", "2024-05-06", p + "T: invalid: got string, want time.Time"},
		{"T", [16]byte{}, p + "T: invalid: got [16]uint8, want time.Time"},
		{"U", secret, p + "U: invalid: got string, want [16]uint8"},
		{"U", [15]byte{}, p + "U: invalid: got [15]uint8, want [16]uint8"},
		{"Doc", map[string]string{}, p + "Doc: invalid: got map[string]string, want map[string]int"},
		{"Doc", json.RawMessage(`{` + secret), p + "Doc: invalid: the text is not a valid map[string]int"},
		{"Any", math.NaN(), p + "Any: invalid: the interface {} cannot be encoded"},
		{"Tags", "a", p + "Tags: invalid: got string, want []string"},
		{"Tags", []int{1}, p + "Tags: invalid: got []int, want []string"},
		{"Tags", []any{nil}, p + "Tags: invalid: the array holds a NULL, which []string cannot"},
		{"Addr", 5, p + "Addr: invalid: got int, want netip.Addr"},
		{"Level", level(-1), p + "Level: invalid: the model.level cannot be encoded"},
		{"Role", secret, p + "Role: invalid: the value must be one of admin, user"},
		{"PRole", secret, p + "PRole: invalid: the value must be one of admin, user"},
	} {
		_, err := fieldOf[everything](t, c.field).ValueOf(c.in)
		if err == nil || err.Error() != c.want {
			t.Errorf("%s <- %T:\n got %v\nwant %s", c.field, c.in, err, c.want)
			continue
		}
		var e *fault.Error
		if !errors.Is(err, fault.ErrInvalid) || !errors.As(err, &e) || e.Model != "everything" || e.Field != c.field {
			t.Errorf("%#v", err)
		}
	}
}

func TestCheckEnum(t *testing.T) {
	f := fieldOf[everything](t, "Role")
	for _, v := range []Value{Null(), StringOf("admin"), ListOf(List{StringOf("user"), Null()})} {
		if err := f.CheckEnum(v); err != nil {
			t.Error(err)
		}
	}
	for _, v := range []Value{StringOf(secret), IntOf(1), ListOf(List{StringOf("user"), StringOf(secret)})} {
		if err := f.CheckEnum(v); err == nil || strings.Contains(err.Error(), secret) {
			t.Error(err)
		}
	}
	if err := fieldOf[everything](t, "S").CheckEnum(StringOf("x")); err != nil {
		t.Error(err)
	}
}

func TestAppendKey(t *testing.T) {
	u, w := [16]byte{1}, [16]byte{1}
	noon := time.Now()
	same := [][2]Value{
		{IntOf(5), UintOf(5)}, {StringOf("a"), StringOf(strings.Clone("a"))}, {UUIDOf(&u), UUIDOf(&w)}, {FloatOf(0), FloatOf(math.Copysign(0, -1))},
		{TimeOf(noon), TimeOf(noon.In(time.FixedZone("x", 3600)))}, {FloatOf(math.NaN()), FloatOf(-math.NaN())}, {Null(), Value{}},
	}
	for _, p := range same {
		if string(AppendKey(nil, p[0])) != string(AppendKey(nil, p[1])) {
			t.Errorf("%v and %v differ", p[0].Any(), p[1].Any())
		}
	}
	values := []Value{
		Null(), BoolOf(false), BoolOf(true), IntOf(0), IntOf(-1), UintOf(math.MaxUint64), FloatOf(0), StringOf(""), StringOf("n"), BytesOf([]byte{}), BytesOf([]byte("n")),
		TimeOf(time.UnixMicro(0)), UUIDOf(&u), ListOf(nil), ListOf(List{Null()}), AnyOf(JSONText("n")), AnyOf(struct{ A int }{1}), AnyOf(struct{ A int }{2}),
	}
	seen := map[string]int{}
	for i, v := range values {
		k := string(AppendKey(nil, v))
		if j, ok := seen[k]; ok {
			t.Errorf("%v and %v are equal", values[j].Any(), v.Any())
		}
		seen[k] = i
	}
}

// Joined keys are equal only if each part is.
func TestAppendKeyTellsItsEnd(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		part := rapid.Custom(func(t *rapid.T) Value {
			switch rapid.IntRange(0, 3).Draw(t, "kind") {
			case 0:
				return Null()
			case 1:
				return BytesOf(append([]byte{}, rapid.SliceOf(rapid.Byte()).Draw(t, "b")...))
			case 2:
				return IntOf(rapid.Int64().Draw(t, "i"))
			}
			return StringOf(rapid.StringMatching(`[sin\x00\x01]{0,3}`).Draw(t, "s"))
		})
		join := func(l []Value) (b []byte) {
			for _, v := range l {
				b = AppendKey(b, v)
			}
			return b
		}
		x, y := rapid.SliceOfN(part, 0, 3).Draw(t, "x"), rapid.SliceOfN(part, 0, 3).Draw(t, "y")
		equal := len(x) == len(y)
		for i := 0; equal && i < len(x); i++ {
			equal = reflect.DeepEqual(x[i].Any(), y[i].Any())
		}
		if (string(join(x)) == string(join(y))) != equal {
			t.Fatalf("%v %v", x, y)
		}
	})
}
