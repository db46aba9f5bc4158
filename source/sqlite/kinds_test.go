package sqlite_test

import (
	"bytes"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/internal/testkit"
	"github.com/multi-orm/orm/source/sqlite"
)

type kinds struct {
	ID    int64       `orm:"id,auto,table=kinds"`
	Yes   bool        `orm:"yes"`
	I8    int8        `orm:"i8"`
	I64   int64       `orm:"i64"`
	U64   uint64      `orm:"u64"`
	F32   float32     `orm:"f32"`
	F64   float64     `orm:"f64"`
	Text  string      `orm:"text"`
	Raw   []byte      `orm:"raw"`
	At    time.Time   `orm:"at"`
	UID   [16]byte    `orm:"uid"`
	Nums  []int64     `orm:"nums"`
	Reals []float64   `orm:"reals"`
	Words []string    `orm:"words"`
	Blobs [][]byte    `orm:"blobs"`
	Flags []bool      `orm:"flags"`
	Times []time.Time `orm:"times"`
	PText *string     `orm:"p_text"`
	PI    *int64      `orm:"p_i"`
	PAt   *time.Time  `orm:"p_at"`
}

func (k *kinds) same(o *kinds) bool {
	return k.Yes == o.Yes && k.I8 == o.I8 && k.I64 == o.I64 && k.U64 == o.U64 && k.F32 == o.F32 && k.F64 == o.F64 &&
		k.Text == o.Text && bytes.Equal(k.Raw, o.Raw) && (k.Raw == nil) == (o.Raw == nil) && k.At.Equal(o.At) && k.UID == o.UID &&
		slices.Equal(k.Nums, o.Nums) && slices.Equal(k.Reals, o.Reals) && slices.Equal(k.Words, o.Words) &&
		slices.EqualFunc(k.Blobs, o.Blobs, bytes.Equal) && slices.Equal(k.Flags, o.Flags) && slices.EqualFunc(k.Times, o.Times, time.Time.Equal) &&
		equal(k.PText, o.PText) && equal(k.PI, o.PI) && (k.PAt == nil) == (o.PAt == nil) && (k.PAt == nil || k.PAt.Equal(*o.PAt))
}

func equal[T comparable](a, b *T) bool { return a == b || a != nil && b != nil && *a == *b }

func at() *rapid.Generator[time.Time] {
	first, last := time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro(), time.Date(9999, 12, 31, 23, 59, 59, 999_999_000, time.UTC).UnixMicro()
	return rapid.Map(rapid.Int64Range(first, last), func(n int64) time.Time { return time.UnixMicro(n).UTC() })
}

func anyKinds(t *rapid.T) kinds {
	finite := rapid.Float64().Filter(func(f float64) bool { return !math.IsNaN(f) && !math.IsInf(f, 0) })
	text := rapid.Map(rapid.String(), func(s string) string { return strings.ReplaceAll(s, "\x00", "") })
	return kinds{
		Yes: rapid.Bool().Draw(t, "yes"), I8: rapid.Int8().Draw(t, "i8"), I64: rapid.Int64().Draw(t, "i64"),
		U64: rapid.Uint64Max(math.MaxInt64).Draw(t, "u64"),
		F32: rapid.Float32().Filter(func(f float32) bool { return f == f && !math.IsInf(float64(f), 0) }).Draw(t, "f32"),
		F64: finite.Draw(t, "f64"), Text: text.Draw(t, "text"), Raw: rapid.SliceOf(rapid.Byte()).Draw(t, "raw"),
		At: at().Draw(t, "at"), UID: [16]byte(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "uid")),
		Nums: rapid.SliceOf(rapid.Int64()).Draw(t, "nums"), Reals: rapid.SliceOf(finite).Draw(t, "reals"),
		Words: rapid.SliceOf(text).Draw(t, "words"), Blobs: rapid.SliceOf(rapid.SliceOf(rapid.Byte())).Draw(t, "blobs"),
		Flags: rapid.SliceOf(rapid.Bool()).Draw(t, "flags"), Times: rapid.SliceOf(at()).Draw(t, "times"),
		PText: rapid.Ptr(text, true).Draw(t, "p_text"), PI: rapid.Ptr(rapid.Int64(), true).Draw(t, "p_i"), PAt: rapid.Ptr(at(), true).Draw(t, "p_at"),
	}
}

func TestEveryKindComesBack(t *testing.T) {
	db, err := orm.Open(t.Context(), sqlite.Source("main", testkit.SQLite(t)), orm.Models(kinds{}))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := orm.CreateTables(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	all := orm.Repo[kinds](db)
	rapid.Check(t, func(t *rapid.T) {
		k := anyKinds(t)
		if err := all.Create(t.Context(), &k); err != nil {
			t.Fatal(err)
		}
		got, err := all.Where(all.F("ID").In(k.ID, int64(-1)), all.F("Raw").In(k.Raw), all.F("At").In(k.At), all.F("UID").In(k.UID),
			all.F("Text").In(k.Text), all.F("F64").In(k.F64), all.F("I64").Eq(k.I64), all.F("At").Eq(k.At)).One(t.Context())
		if err != nil || !got.same(&k) {
			t.Fatalf("%+v\ncame back as\n%+v, %v", k, got, err)
		}
		if raw, err := orm.Raw[kinds](t.Context(), db, "SELECT * FROM kinds WHERE id = :id", orm.Args{"id": k.ID}); err != nil || len(raw) != 1 || !raw[0].same(&k) {
			t.Fatalf("%+v\ncame back raw as\n%+v, %v", k, raw, err)
		}
	})
}

func TestNullInAColumnWithoutNull(t *testing.T) {
	db, err := orm.Open(t.Context(), sqlite.Source("main", ":memory:"), orm.Models(note{}))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(t.Context(), "CREATE TABLE notes (id INTEGER PRIMARY KEY, key TEXT, text TEXT, size REAL, big INTEGER)"); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(t.Context(), "INSERT INTO notes (id) VALUES (1)"); err != nil {
		t.Fatal(err)
	}
	if _, err := orm.Repo[note](db).All(t.Context()); err == nil || !strings.Contains(err.Error(), "note.Text") {
		t.Errorf("NULL in a string: %v", err)
	}
}
