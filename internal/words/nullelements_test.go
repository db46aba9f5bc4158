package words_test

import (
	"database/sql"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/internal/testkit"
	"github.com/multi-orm/orm/source/postgres"
	"github.com/multi-orm/orm/source/sqlite"
)

// gaps has an array of every kind whose elements may be NULL.
type gaps struct {
	ID     int64                 `orm:"id,auto,table=gaps"`
	Texts  []*string             `orm:"texts"`
	Ints   []*int64              `orm:"ints"`
	Smalls []*int16              `orm:"smalls"`
	Flags  []sql.NullBool        `orm:"flags"`
	Names  []sql.NullString      `orm:"names"`
	Reals  []sql.Null[float64]   `orm:"reals"`
	Times  []sql.Null[time.Time] `orm:"times"`
	UUIDs  []*[16]byte           `orm:"uuids"`
	Blobs  []*[]byte             `orm:"blobs"`
	Full   []string              `orm:"whole"`
}

var gappy = orm.Bind[gaps, struct {
	ID    orm.Col[gaps, int64]
	Texts orm.Array[gaps, string]
	Ints  orm.Array[gaps, *int64]
	Names orm.Array[gaps, sql.NullString]
	Full  orm.Array[gaps, string]
}]()

// Arrays hold NULL elements where their Go types do, and keep them through every verb.
func TestArraysWithNullElements(t *testing.T) {
	for name, src := range map[string]func() orm.Option{
		"sqlite":   func() orm.Option { return sqlite.Source("main", ":memory:") },
		"postgres": func() orm.Option { return postgres.Source("main", testkit.Postgres(t)) },
		"exec": func() orm.Option {
			return postgres.Source("main", testkit.Postgres(t), postgres.ExecMode(postgres.CacheDescribe))
		},
		"simple": func() orm.Option {
			return postgres.Source("main", testkit.Postgres(t), postgres.ExecMode(postgres.SimpleProtocol), postgres.AllowSimpleProtocol())
		},
	} {
		t.Run(name, func(t *testing.T) {
			db, err := orm.Open(t.Context(), src(), orm.Models(gaps{}))
			must(t, err)
			defer func() { must(t, db.Close()) }()
			must(t, orm.CreateTables(t.Context(), db))
			ctx, r := t.Context(), orm.Repo[gaps](db)
			at, word, n, small, blob := time.Date(2024, 2, 3, 4, 5, 6, 0, time.UTC), "a", int64(1)<<60, int16(-3), []byte{0, 1}
			full := gaps{Texts: []*string{&word, nil}, Ints: []*int64{nil, &n}, Smalls: []*int16{&small, nil}, Flags: []sql.NullBool{{}, {Bool: true, Valid: true}}, Names: []sql.NullString{{String: `q"\,{`, Valid: true}, {}},
				Reals: []sql.Null[float64]{{}, {V: 1.5, Valid: true}}, Times: []sql.Null[time.Time]{{V: at, Valid: true}, {}}, UUIDs: []*[16]byte{nil, {1, 2}}, Blobs: []*[]byte{&blob, nil}, Full: []string{"x"}}
			only := gaps{Texts: []*string{nil}, Ints: []*int64{}, Names: nil}
			rows := []gaps{full, only}
			_, err = r.CreateMany(ctx, rows)
			must(t, err)
			full.ID, only.ID = rows[0].ID, rows[1].ID
			is := func(what string, want ...gaps) {
				t.Helper()
				got, err := r.OrderBy(gappy.ID.Asc()).All(ctx)
				must(t, err)
				if d := cmp.Diff(want, got); d != "" {
					t.Errorf("%s: %s", what, d)
				}
			}
			is("CreateMany", full, only)
			full.Texts = append(full.Texts, nil, &word)
			must(t, r.Save(ctx, &full))
			is("Save", full, only)
			_, err = r.ByID(only.ID).Update(ctx, gappy.Ints.Append(nil, &n), r.F("Names").Set([]sql.NullString{{}}), gappy.Texts.Append("b"))
			must(t, err)
			b := "b"
			only.Ints, only.Names, only.Texts = []*int64{nil, &n}, []sql.NullString{{}}, []*string{nil, &b}
			is("Append", full, only)
			up := only
			up.Texts = []*string{nil, nil}
			must(t, r.Upsert(ctx, orm.On(gappy.ID), &up))
			only = up
			is("Upsert", full, only)
			found := func(what string, p orm.Pred[gaps], want ...int64) {
				t.Helper()
				got, err := r.Where(p).OrderBy(gappy.ID.Asc()).All(ctx)
				var ids []int64
				for _, x := range got {
					ids = append(ids, x.ID)
				}
				if err != nil || !slices.Equal(ids, want) {
					t.Errorf("%s: found %v, %v", what, ids, err)
				}
			}
			found("Has", gappy.Texts.Has("a"), full.ID)
			found("Has of a pointer", gappy.Ints.Has(&n), full.ID, only.ID)
			found("HasAny", gappy.Names.HasAny(sql.NullString{String: `q"\,{`, Valid: true}), full.ID)
			found("HasAll", gappy.Texts.HasAll("a", "b"))
			found("Not", orm.Not(gappy.Texts.Has("a")), only.ID)
			found("Len", gappy.Texts.Len().Eq(2), only.ID)
			found("by name", r.F("Texts").Has("a"), full.ID)
			for what, err := range map[string]error{
				"Has(nil)":                       func() error { _, err := r.Where(gappy.Ints.Has(nil)).All(ctx); return err }(),
				"nil where there is none":        func() error { _, err := r.ByID(full.ID).Update(ctx, r.F("Full").Set([]*string{nil})); return err }(),
				"append nil where there is none": func() error { _, err := r.ByID(full.ID).Update(ctx, r.F("Full").Append(nil)); return err }(),
			} {
				if !errors.Is(err, orm.ErrInvalid) {
					t.Errorf("%s: %v", what, err)
				}
			}
		})
	}
}
