package model

import (
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"reflect"
	"strconv"
	"testing"
	"time"
)

type (
	myString string
	myInt    int16
	myBytes  []byte
	myTime   time.Time
	myUUID   [16]byte
	myList   []string
)

// Scan and Value make myUUID look like uuid.UUID.
func (u *myUUID) Scan(any) error              { return errors.New("not used") }
func (u myUUID) Value() (driver.Value, error) { return nil, errors.New("not used") }

// cents is a scanner over an integer.
type cents struct{ n int64 }

func (c *cents) Scan(src any) error {
	switch x := src.(type) {
	case nil:
		c.n = -1
	case int64:
		c.n = x
	case string:
		n, err := strconv.ParseInt(x, 10, 64)
		c.n = n
		return err
	case []byte:
		return c.Scan(string(x))
	default:
		return fmt.Errorf("cannot scan secret %v", src)
	}
	return nil
}

func (c cents) Value() (driver.Value, error) {
	if c.n == -1 {
		return nil, nil
	}
	return c.n, nil
}

// nullCents has the shape of sql.NullString around a scanner.
type nullCents struct {
	Valid bool
	Cents cents
}

// level has a text form although it is a number.
type level int

func (l level) MarshalText() ([]byte, error) {
	if l < 0 {
		return nil, errors.New("secret level")
	}
	return []byte("L" + strconv.Itoa(int(l))), nil
}

func (l *level) UnmarshalText(b []byte) error {
	n, err := strconv.Atoi(string(b[1:]))
	*l = level(n)
	return err
}

func TestKinds(t *testing.T) {
	for _, c := range []struct {
		of       any
		json     bool
		kind     Kind
		nulls    Nulls
		base     any
		bits     int
		elem     Kind
		nullable bool
	}{
		{of: false, kind: Bool, base: false},
		{of: 0, kind: Int, base: 0, bits: strconv.IntSize},
		{of: int8(0), kind: Int, base: int8(0), bits: 8},
		{of: myInt(0), kind: Int, base: myInt(0), bits: 16},
		{of: time.Second, kind: Int, base: time.Second, bits: 64},
		{of: uint32(0), kind: Uint, base: uint32(0), bits: 32},
		{of: float32(0), kind: Float, base: float32(0), bits: 32},
		{of: "", kind: String, base: ""},
		{of: myString(""), kind: String, base: myString("")},
		{of: new(myString), kind: String, nulls: Pointer, base: myString(""), nullable: true},
		{of: []byte{}, kind: Bytes, nulls: Inside, base: []byte{}, nullable: true},
		{of: myBytes{}, kind: Bytes, nulls: Inside, base: myBytes{}, nullable: true},
		{of: time.Time{}, kind: Time, base: time.Time{}},
		{of: myTime{}, kind: Time, base: myTime{}},
		{of: [16]byte{}, kind: UUID, base: [16]byte{}},
		{of: myUUID{}, kind: UUID, base: myUUID{}},
		{of: new(myUUID), kind: UUID, nulls: Pointer, base: myUUID{}, nullable: true},
		{of: json.RawMessage{}, kind: JSON, nulls: Inside, base: json.RawMessage{}, nullable: true},
		{of: sql.Null[json.RawMessage]{}, kind: JSON, nulls: SQLNull, base: json.RawMessage{}, nullable: true},
		{of: plainStruct{}, json: true, kind: JSON, base: plainStruct{}},
		{of: new(plainStruct), json: true, kind: JSON, nulls: Pointer, base: plainStruct{}, nullable: true},
		{of: map[string]int{}, json: true, kind: JSON, nulls: Inside, base: map[string]int{}, nullable: true},
		{of: sql.Null[plainStruct]{}, json: true, kind: JSON, nulls: SQLNull, base: plainStruct{}, nullable: true},
		{of: struct {
			A     int
			Valid bool
		}{}, json: true, kind: JSON, base: struct {
			A     int
			Valid bool
		}{}},
		{of: []string{}, kind: Array, nulls: Inside, base: []string{}, elem: String, nullable: true},
		{of: myList{}, kind: Array, nulls: Inside, base: myList{}, elem: String, nullable: true},
		{of: []int64{}, kind: Array, nulls: Inside, base: []int64{}, elem: Int, nullable: true},
		{of: []time.Time{}, kind: Array, nulls: Inside, base: []time.Time{}, elem: Time, nullable: true},
		{of: []myUUID{}, kind: Array, nulls: Inside, base: []myUUID{}, elem: UUID, nullable: true},
		{of: [][]byte{}, kind: Array, nulls: Inside, base: [][]byte{}, elem: Bytes, nullable: true},
		{of: []netip.Addr{}, kind: Array, nulls: Inside, base: []netip.Addr{}, elem: Text, nullable: true},
		{of: new([]string), kind: Array, nulls: Pointer, base: []string{}, elem: String, nullable: true},
		{of: netip.Addr{}, kind: Text, base: netip.Addr{}},
		{of: net.IP{}, kind: Text, nulls: Inside, base: net.IP{}, nullable: true},
		{of: level(0), kind: Text, base: level(0)},
		{of: cents{}, kind: Scanner, nulls: Inside, base: cents{}, nullable: true},
		{of: new(cents), kind: Scanner, nulls: Pointer, base: cents{}, nullable: true},
		{of: nullCents{}, kind: Scanner, nulls: SQLNull, base: cents{}, nullable: true},
		{of: sql.Null[cents]{}, kind: Scanner, nulls: SQLNull, base: cents{}, nullable: true},
		{of: sql.Null[int8]{}, kind: Int, bits: 8, nulls: SQLNull, base: int8(0), nullable: true},
		{of: sql.NullString{}, kind: String, nulls: SQLNull, base: "", nullable: true},
		{of: sql.NullInt64{}, kind: Int, bits: 64, nulls: SQLNull, base: int64(0), nullable: true},
		{of: sql.NullInt32{}, kind: Int, bits: 32, nulls: SQLNull, base: int32(0), nullable: true},
		{of: sql.NullInt16{}, kind: Int, bits: 16, nulls: SQLNull, base: int16(0), nullable: true},
		{of: sql.NullByte{}, kind: Uint, bits: 8, nulls: SQLNull, base: byte(0), nullable: true},
		{of: sql.NullFloat64{}, kind: Float, bits: 64, nulls: SQLNull, base: float64(0), nullable: true},
		{of: sql.NullBool{}, kind: Bool, nulls: SQLNull, base: false, nullable: true},
		{of: sql.NullTime{}, kind: Time, nulls: SQLNull, base: time.Time{}, nullable: true},
	} {
		typ := reflect.TypeOf(c.of)
		tag := "x"
		if c.json {
			tag = "x,json"
		}
		d, err := readOne("User", structOf(field{"X", typ, tag}))
		if err != nil {
			t.Errorf("%s: %v", typ, err)
			continue
		}
		f := d.model.Fields[1]
		if f.Kind != c.kind || f.Nulls != c.nulls || f.Base != reflect.TypeOf(c.base) || f.Bits != c.bits || f.Nullable != c.nullable || f.Type != typ {
			t.Errorf("%s: kind %d nulls %d base %s bits %d nullable %v", typ, f.Kind, f.Nulls, f.Base, f.Bits, f.Nullable)
		}
		if (f.Elem != nil) != (c.elem != Invalid) || f.Elem != nil && f.Elem.Kind != c.elem {
			t.Errorf("%s: elem %+v", typ, f.Elem)
		}
	}
}

func TestBytesKeyIsNotNullable(t *testing.T) {
	d, err := readOne("User", structOf(field{"Hash", []byte{}, "hash,id"}))
	if err != nil {
		t.Fatal(err)
	}
	if f := d.model.Fields[1]; f.Nullable || !f.Primary {
		t.Errorf("%+v", f)
	}
}

func TestSnakeAndPlural(t *testing.T) {
	for in, want := range map[string]string{
		"HTTPServer": "http_server", "UserID": "user_id", "ID": "id", "UserIDs": "user_ids", "URLs": "urls", "Email": "email",
		"CreatedAt": "created_at", "Line2Text": "line2_text", "Address2": "address2", "A": "a", "Foo_Bar": "foo_bar", "USState": "us_state", "Größe": "größe",
	} {
		if got := Snake(in); got != want {
			t.Errorf("Snake(%s) = %s, want %s", in, got, want)
		}
	}
	for in, want := range map[string]string{
		"user": "users", "category": "categories", "box": "boxes", "bus": "buses", "day": "days", "church": "churches", "dish": "dishes",
		"order_item": "order_items", "y": "ys", "": "",
	} {
		if got := plural(in); got != want {
			t.Errorf("plural(%s) = %s, want %s", in, got, want)
		}
	}
}

func TestSuggest(t *testing.T) {
	names := []string{"Email", "Orders", "CreatedAt", "ID"}
	for in, want := range map[string]string{
		"Emial": ` (did you mean "Email"?)`, "Order": ` (did you mean "Orders"?)`, "createdat": ` (did you mean "CreatedAt"?)`,
		"id": ` (did you mean "ID"?)`, "X": "", "Xy": "", "Password": "", "": "",
	} {
		if got := suggest(in, names); got != want {
			t.Errorf("suggest(%q) = %q, want %q", in, got, want)
		}
	}
}
