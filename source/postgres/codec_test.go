package postgres

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"reflect"
	"testing"
	"time"
	"unsafe"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
	"pgregory.net/rapid"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// oids are all types that decoders know, some they do not, and one that does not exist.
var oids = []uint32{16, 17, 19, 20, 21, 23, 25, 26, 114, 142, 700, 701, 705, 1042, 1043, 1082, 1114, 1184, 1186, 1700, 2950, 3802, 869, 650,
	1000, 1001, 1003, 1005, 1007, 1009, 1014, 1015, 1016, 1021, 1022, 1028, 1115, 1182, 1185, 2951, 199, 3807, 1231, 99999}

// FuzzDecode feeds every decoder what a broken or hostile server could send. Errors are fine, panics are not.
func FuzzDecode(f *testing.F) {
	m, err := model.For[everything]()
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range [][]byte{nil, {1}, {0, 0}, {1, 2, 3, 4}, {127, 255, 255, 255, 255, 255, 255, 255}, make([]byte, 12), make([]byte, 16),
		[]byte(`{1,"a\"b",NULL}`), []byte(`[2:3]={t,f}`), []byte(`\x00ff`), []byte("2024-01-02 03:04:05+00"), []byte("10.0.0.1"), []byte("{"), []byte(`{"`), []byte("12.00"),
		{0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 20, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 9, 255, 255, 255, 255},
		{0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 25, 127, 255, 255, 255, 0, 0, 0, 1, 255, 255, 255, 254}} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		row := reflect.New(m.Type).UnsafePointer()
		for _, field := range m.Fields {
			for _, oid := range oids {
				for _, format := range []int16{textFormat, formatFor(oid, field)} {
					fields := []pgconn.FieldDescription{{DataTypeOID: oid}}
					p, err := newPlan([]builder.Column{{Field: field}}, fields, m, func(int, uint32, *model.Field) int16 { return format })
					if err != nil {
						t.Fatalf("%s from %d: %v", field.Name, oid, err)
					}
					_ = p.row([][]byte{raw}, rowAt(m.Type, row))
				}
			}
		}
	})
}

// travels sends v as a type and reads it back into the field, without a server between.
func travels(t *rapid.T, field *model.Field, oid uint32, v model.Value) model.Value {
	e := encoder{types: pgtype.NewMap()}
	raw, format, err := e.argument(oid, v)
	if err != nil {
		t.Fatalf("%s as %d: %v", field.Name, oid, err)
	}
	if format == textFormat && formatFor(oid, field) == binaryFormat && !textual(oid) {
		t.Fatalf("%s as %d has no binary form", field.Name, oid)
	}
	fields := []pgconn.FieldDescription{{DataTypeOID: oid}}
	p, err := newPlan([]builder.Column{{Field: field}}, fields, field.Model, func(int, uint32, *model.Field) int16 { return formatFor(oid, field) })
	if err != nil {
		t.Fatal(err)
	}
	row := reflect.New(field.Model.Type).UnsafePointer()
	if err := p.row([][]byte{bytes.Clone(raw)}, rowAt(field.Model.Type, row)); err != nil {
		t.Fatalf("%s as %d: %v", field.Name, oid, err)
	}
	got, err := field.Load(row)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func same(a, b model.Value) bool {
	if a.Kind() == model.FloatValue && b.Kind() == model.FloatValue {
		return math.Float64bits(a.Float()) == math.Float64bits(b.Float()) || a.Float() != a.Float() && b.Float() != b.Float()
	}
	return reflect.DeepEqual(a.Any(), b.Any())
}

func TestValuesTravel(t *testing.T) {
	m := modelOf[everything](t)
	field := func(name string) *model.Field {
		f, err := m.Field(name)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	text := rapid.StringOf(rapid.Rune().Filter(func(r rune) bool { return r != 0 }))
	micros := rapid.Int64Range(-62135596800_000_000, 253402300799_999_999)
	rapid.Check(t, func(t *rapid.T) {
		check := func(name string, oid uint32, v model.Value) {
			if got := travels(t, field(name), oid, v); !same(v, got) {
				t.Fatalf("%s as %d: sent %v, got %v", name, oid, v.Any(), got.Any())
			}
		}
		list := func(g *rapid.Generator[model.Value]) model.Value {
			return model.ListOf(model.List(rapid.SliceOfN(g, 0, 9).Draw(t, "list")))
		}
		i64 := model.IntOf(rapid.Int64().Draw(t, "i64"))
		check("I64", pgtype.Int8OID, i64)
		check("NI", pgtype.Int8OID, i64)
		i16 := model.IntOf(int64(rapid.Int16().Draw(t, "i16")))
		for _, oid := range []uint32{pgtype.Int2OID, pgtype.Int4OID, pgtype.Int8OID} {
			check("I16", oid, i16)
			check("I", oid, i16)
		}
		check("U64", pgtype.NumericOID, model.UintOf(rapid.Uint64().Draw(t, "u64")))
		check("U32", pgtype.Int8OID, model.UintOf(uint64(rapid.Uint32().Draw(t, "u32"))))
		check("U32", pgtype.OIDOID, model.UintOf(uint64(rapid.Uint32().Draw(t, "oid"))))
		check("F64", pgtype.Float8OID, model.FloatOf(rapid.Float64().Draw(t, "f64")))
		check("F32", pgtype.Float4OID, model.FloatOf(float64(rapid.Float32().Draw(t, "f32"))))
		check("B", pgtype.BoolOID, model.BoolOf(rapid.Bool().Draw(t, "b")))
		s := model.StringOf(text.Draw(t, "s"))
		for _, oid := range []uint32{pgtype.TextOID, pgtype.VarcharOID, pgtype.BPCharOID, 99999} {
			check("S", oid, s)
			check("PS", oid, s)
		}
		b := model.BytesOf(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes"))
		check("Raw", pgtype.ByteaOID, b)
		at := model.TimeOf(time.UnixMicro(micros.Draw(t, "time")))
		check("T", pgtype.TimestamptzOID, at)
		check("PT", pgtype.TimestampOID, at)
		u := [16]byte(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "uuid"))
		check("UID", pgtype.UUIDOID, model.UUIDOf(&u))
		check("Ints", pgtype.Int8ArrayOID, list(rapid.Map(rapid.Int64(), model.IntOf)))
		check("Bools", pgtype.BoolArrayOID, list(rapid.Map(rapid.Bool(), model.BoolOf)))
		check("Times", pgtype.TimestamptzArrayOID, list(rapid.Map(micros, func(m int64) model.Value { return model.TimeOf(time.UnixMicro(m)) })))
		texts := list(rapid.Map(text, model.StringOf))
		check("Strings", pgtype.TextArrayOID, texts)
		check("Strings", 99999, texts) // as a literal
	})
}

func TestNullsInArrays(t *testing.T) {
	m := modelOf[everything](t)
	e := encoder{types: pgtype.NewMap()}
	for name, oid := range map[string]uint32{"Ints": pgtype.Int8ArrayOID, "Strings": pgtype.TextArrayOID, "Floats": pgtype.NumericArrayOID} {
		f, _ := m.Field(name)
		raw, format, err := e.argument(oid, model.ListOf(model.List{model.Null()}))
		if err != nil {
			t.Fatal(err)
		}
		if format != binaryFormat && formatFor(oid, f) == binaryFormat {
			t.Fatal(name)
		}
		if oid == pgtype.NumericArrayOID {
			raw = []byte("{NULL}")
		}
		p, err := newPlan([]builder.Column{{Field: f}}, []pgconn.FieldDescription{{DataTypeOID: oid}}, m, func(_ int, oid uint32, f *model.Field) int16 { return formatFor(oid, f) })
		if err != nil {
			t.Fatal(err)
		}
		var e *fault.Error
		if err := p.row([][]byte{raw}, rowAt(m.Type, reflect.New(m.Type).UnsafePointer())); !errors.As(err, &e) || !errors.Is(err, fault.ErrInvalid) || e.Field != name {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestLargeTextHasMemoryOfItsOwn(t *testing.T) {
	m := modelOf[everything](t)
	s, _ := m.Field("S")
	n, _ := m.Field("Named")
	p, err := newPlan([]builder.Column{{Field: s}, {Field: n}}, []pgconn.FieldDescription{{DataTypeOID: pgtype.TextOID}, {DataTypeOID: pgtype.TextOID}}, m, func(int, uint32, *model.Field) int16 { return binaryFormat })
	if err != nil {
		t.Fatal(err)
	}
	large := bytes.Repeat([]byte("x"), 5000)
	var row everything
	if err := p.row([][]byte{large, []byte("small")}, rowAt(m.Type, pointerTo(&row))); err != nil || row.S != string(large) || row.Named != "small" {
		t.Error(err, len(row.S), row.Named)
	}
}

func TestPostgresYearsBeforeOne(t *testing.T) {
	got := string(appendTimeText(nil, time.Date(-43, 3, 15, 12, 0, 0, 500000000, time.UTC)))
	if got != "00044-03-15 12:00:00.5Z BC" {
		t.Error(got)
	}
	d := open(t, nil)
	out, err := rawCards(t, d, "SELECT extract(year FROM $1::text::timestamptz)::bigint AS id, '' AS label", model.StringOf(got))
	if err != nil || out[0].ID != -44 {
		t.Error(out, err)
	}
}

func BenchmarkDecode(b *testing.B) {
	m := modelOf[user](b)
	columns := make([]builder.Column, len(m.Fields))
	fields := make([]pgconn.FieldDescription, len(m.Fields))
	for i, oid := range []uint32{20, 25, 25, 25, 20, 16, 701, 1184, 1184} {
		columns[i].Field, fields[i].DataTypeOID = m.Fields[i], oid
	}
	p, err := newPlan(columns, fields, m, func(int, uint32, *model.Field) int16 { return binaryFormat })
	if err != nil {
		b.Fatal(err)
	}
	num := binary.BigEndian.AppendUint64(nil, 123456789)
	values := [][]byte{num, []byte("user1@example.com"), []byte("A Name"), []byte("admin"), num, {1}, num, num, nil}
	var u user
	rows := rowAt(m.Type, pointerTo(&u))
	b.ReportAllocs()
	for b.Loop() {
		rows.Slab = source.SlabAt(m.Type, pointerTo(&u), 1)
		if err := p.row(values, rows); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncodeBulk(b *testing.B) {
	l := make(model.List, 1000)
	s := make(model.List, 1000)
	for i := range l {
		l[i], s[i] = model.IntOf(int64(i)), model.StringOf("user1@example.com")
	}
	args := []model.Value{model.ListOf(l), model.ListOf(s), model.ListOf(s), model.ListOf(l)}
	c := &scratch{}
	types := pgtype.NewMap()
	b.ReportAllocs()
	for b.Loop() {
		if err := c.encode(types, []uint32{1016, 1009, 1009, 1016}, args, ""); err != nil {
			b.Fatal(err)
		}
	}
}

// rowAt makes the one row at p the place that a result is decoded into.
func rowAt(t reflect.Type, p unsafe.Pointer) *source.Rows {
	return &source.Rows{Slab: source.SlabAt(t, p, 1)}
}
