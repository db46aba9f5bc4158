package conformance

import (
	"fmt"
	"slices"
	"time"

	"pgregory.net/rapid"

	"github.com/multi-orm/orm"
)

// Sack has lists that may be assigned and others that may not.
type Sack struct {
	ID    int64    `orm:"id,auto"`
	Code  string   `orm:"code,unique"`
	Kinds []string `orm:"kinds"`
	Shut  []string `orm:"shut,readonly"`
	Made  []string `orm:"made,createonly"`
	N     int64
}

var sacks = orm.Bind[Sack, struct {
	ID    orm.Col[Sack, int64]
	Code  orm.Text[Sack]
	Kinds orm.Array[Sack, string]
	Shut  orm.Array[Sack, string]
	Made  orm.Array[Sack, string]
	N     orm.Col[Sack, int64]
}]()

func arrayAppend(e *env) {
	r := orm.Repo[Ware](e.market())
	w := must(r.ByID(1).Update(e.ctx, wares.Words.Append(`"`, "", "é,]", "red"), wares.Sizes.Append(-1<<63, 1<<63-1)))
	e.equal(w.Words, []string{"red", "big", `"`, "", "é,]", "red"}, "behind the others, in order")
	e.equal(w.Sizes, []int64{1, 2, -1 << 63, 1<<63 - 1}, "numbers")
	e.equal(must(r.ByID(2).Update(e.ctx, wares.Words.Append("one"))).Words, []string{"one"}, "to the empty list")
	e.equal(must(r.ByID(4).Update(e.ctx, wares.Words.Append("one"))).Words, []string{"one"}, "to NULL")
	must(r.ByID(4).Update(e.ctx, wares.Words.SetNull()))
	for _, id := range []int64{2, 4} {
		was := must(r.ByID(id).One(e.ctx))
		e.equal(must(r.ByID(id).Update(e.ctx, wares.Words.Append(), r.F("Sizes").Append())), was, "nothing appended: the row is as it was, NULL too")
	}
	e.equal(must(r.Where(wares.Words.Has("red")).UpdateMany(e.ctx, wares.Words.Append("x"), wares.Price.Inc(1))), int64(2), "many")
	e.equal(must(r.Where(wares.Words.Has("x")).Count(e.ctx)), int64(2), "found by what was appended")
	list := must(r.Where(wares.ID.Gte(4)).UpdateReturning(e.ctx, r.F("Words").Append("p", "q"), r.F("Sizes").Append([]int64{7})))
	slices.SortFunc(list, func(a, b Ware) int { return int(a.ID - b.ID) })
	e.equal([]any{list[0].Words, list[0].Sizes, list[1].Sizes}, []any{[]string{"p", "q"}, []int64{7}, []int64{-1, 1 << 60, 7}}, "by name, a slice too")
	all := make([]int64, 5000)
	for i := range all {
		all[i] = int64(i)
	}
	e.equal(must(r.ByID(3).Update(e.ctx, wares.Sizes.Append(all...))).Sizes, append([]int64{2, 2, 3}, all...), "thousands")

	day := time.Date(2024, 2, 29, 1, 2, 3, 456789000, time.UTC)
	l := orm.Repo[Lists](e.open(Lists{}))
	x := Lists{Bools: []bool{true}, Keys: []Key{{1}}, Times: []time.Time{day}, Reals: []float64{0.1, 1e300}, Blobs: [][]byte{{0, 255}}, Tints: []Colour{"red"}, Bytes: []uint16{65535}}
	ok(l.Create(e.ctx, &x))
	back := must(l.ByID(x.ID).Update(e.ctx, l.F("Bools").Append(false), l.F("Keys").Append(Key{2}), l.F("Times").Append(day.Add(time.Microsecond)), l.F("Reals").Append(1.0/3, 5),
		l.F("Blobs").Append([]byte{}, []byte{7}), l.F("Tints").Append(Colour("green")), l.F("Bytes").Append(uint16(0))))
	e.equal(back, Lists{ID: x.ID, Bools: []bool{true, false}, Keys: []Key{{1}, {2}}, Times: []time.Time{day, day.Add(time.Microsecond)}, Reals: []float64{0.1, 1e300, 1.0 / 3, 5},
		Blobs: [][]byte{{0, 255}, {}, {7}}, Tints: []Colour{"red", "green"}, Bytes: []uint16{65535, 0}}, "every kind, to the last digit")
}

func arrayAppendUpsert(e *env) {
	r := orm.Repo[Sack](e.open(Sack{}))
	for i, want := range [][]string{{"b"}, {"b", "a"}, {"b", "a", "a"}} {
		s := Sack{Code: "x", Kinds: []string{"b"}}
		ok(r.Upsert(e.ctx, orm.On(sacks.Code), &s, sacks.Kinds.Append("a"), sacks.N.Inc(1)))
		e.equal([]any{s.Kinds, s.N}, []any{want, int64(i)}, "the row that is there gets the element")
	}
	e.fails(second(r.ByID(1).Update(e.ctx, sacks.Kinds.Append("a", "\x00"))), orm.ErrInvalid, "Sack", "Kinds")
	e.fails(second(r.ByID(1).Update(e.ctx, sacks.Shut.Append("a"))), orm.ErrInvalid, "Sack", "Shut")
	e.fails(second(r.ByID(1).Update(e.ctx, sacks.Made.Append("a"))), orm.ErrInvalid, "Sack", "Made")
	e.fails(second(r.ByID(1).Update(e.ctx, sacks.Made.Append())), orm.ErrInvalid, "Sack", "Made")
	e.fails(second(r.ByID(1).Update(e.ctx, r.F("Code").Append("a"))), orm.ErrInvalid, "Sack", "Code")
	e.fails(second(r.ByID(1).Update(e.ctx, r.F("Kinds").Append(1))), orm.ErrInvalid, "Sack", "Kinds")
	e.fails(second(r.ByID(1).Update(e.ctx, r.F("Kinds").Append("a", nil))), orm.ErrInvalid, "Sack", "Kinds")
	e.fails(second(r.ByID(1).Update(e.ctx, r.F("Nope").Append("a"))), orm.ErrInvalid, "Sack", "")
	e.fails(second(r.ByID(1).Update(e.ctx, sacks.Kinds.Append("a"), sacks.Kinds.Set(nil))), orm.ErrInvalid, "Sack", "Kinds")
	e.fails(second(r.ByID(1).Update(e.ctx, orm.Array[Sack, string]{}.Append("a"))), orm.ErrInvalid, "", "")
	e.equal(must(r.ByID(1).One(e.ctx)).Kinds, []string{"b", "a", "a"}, "nothing was written")
	if e.engine.Name != "postgres" { // lists are kept as text, which others may have written
		db := r.DB()
		must(db.Exec(e.ctx, "UPDATE sacks SET kinds = ' [ \"a\" ,\n\"b\" ]\n '"))
		e.equal(must(r.ByID(1).Update(e.ctx, sacks.Kinds.Append("a"))).Kinds, []string{"a", "b", "a"}, "spaces")
		for _, text := range []string{`{"a":1}`, `{}`, `"a"`, `1`, `nonsense`} {
			must(db.Exec(e.ctx, "UPDATE sacks SET kinds = :text", orm.Args{"text": text}))
			e.fails(second(r.ByID(1).Update(e.ctx, sacks.Kinds.Append("a"))), orm.ErrInvalid, "Sack", "", "nonsense")
		}
	}
}

// arrayAppendProperty appends random texts and numbers, and compares with append.
func arrayAppendProperty(e *env) {
	r := orm.Repo[Ware](e.open(Shop{}, Ware{}, Note{}, Tag{}))
	word := rapid.OneOf(rapid.StringMatching(`[^\x00]{0,6}`), rapid.SampledFrom([]string{"", "]", "[", ",", `"`, `\`, "NULL", "{}", "\n", "null", "\u2028"}))
	rapid.Check(e.T, func(t *rapid.T) {
		w := Ware{}
		if rapid.Bool().Draw(t, "there") {
			w.Words, w.Sizes = rapid.SliceOfN(word, 0, 3).Draw(t, "words"), rapid.SliceOfN(rapid.Int64(), 0, 3).Draw(t, "sizes")
		}
		ok(r.Create(e.ctx, &w))
		for range 2 {
			more, sizes := rapid.SliceOfN(word, 0, 3).Draw(t, "more"), rapid.SliceOfN(rapid.Int64(), 0, 3).Draw(t, "more sizes")
			w.Words, w.Sizes = append(w.Words, more...), append(w.Sizes, sizes...)
			back := must(r.ByID(w.ID).Update(e.ctx, wares.Words.Append(more...), wares.Sizes.Append(sizes...)))
			if have, want := fmt.Sprintf("%q %v", back.Words, back.Sizes), fmt.Sprintf("%q %v", w.Words, w.Sizes); have != want || (back.Words == nil) != (w.Words == nil) {
				t.Fatalf("have %s, want %s", have, want)
			}
		}
	})
}
