package conformance

import (
	"time"

	"github.com/multi-orm/orm"
)

var insideCases = []testCase{
	{"array/has", "elements, overlaps, empty lists and NULL", arrayHas},
	{"array/kinds", "elements of every kind", arrayKinds},
	{"array/bad", "what is no element is refused", arrayBad},
	{"array/append", "elements are put behind those that are there; NULL becomes a list", arrayAppend},
	{"array/append upsert", "Append in an upsert; what may not be assigned is not appended to", arrayAppendUpsert},
	{"array/append property", "random elements against append", arrayAppendProperty},
	{"date/parts", "years to weekdays, in UTC", dateParts},
}

func arrayHas(e *env) {
	r := orm.Repo[Ware](e.market())
	for _, c := range []struct {
		about string
		p     orm.Pred[Ware]
		want  []int64
	}{
		{"has", wares.Words.Has("red"), []int64{1, 3}},
		{"case counts", wares.Words.Has("Red"), []int64{5}},
		{"text with quotes", wares.Words.Has(`"q"`), []int64{5}},
		{"no pattern", wares.Words.Has("1%"), []int64{}},
		{"has not; NULL is unknown", orm.Not(wares.Words.Has("red")), []int64{2, 5}},
		{"any", wares.Words.HasAny("big", "é", "none"), []int64{1, 5}},
		{"any of none", wares.Words.HasAny(), []int64{}},
		{"not any", orm.Not(wares.Words.HasAny("big", "é")), []int64{2, 3}},
		{"all", wares.Words.HasAll("big", "red"), []int64{1}},
		{"all, one twice", wares.Words.HasAll("red", "red"), []int64{1, 3}},
		{"all of none", wares.Words.HasAll(), []int64{1, 2, 3, 4, 5}},
		{"not all", orm.Not(wares.Words.HasAll("big", "red")), []int64{2, 3, 5}},
		{"empty", wares.Words.IsEmpty(), []int64{2}},
		{"not empty", orm.Not(wares.Words.IsEmpty()), []int64{1, 3, 5}},
		{"NULL", wares.Words.IsNull(), []int64{4}},
		{"length", wares.Sizes.Len().Gte(3), []int64{3}},
		{"numbers", wares.Sizes.Has(2), []int64{1, 3}},
		{"numbers, all", wares.Sizes.HasAll(2, 3), []int64{3}},
		{"large and negative numbers", wares.Sizes.HasAll(-1, 1<<60), []int64{5}},
		{"a neighbour", wares.Sizes.Has(1<<60 + 1), []int64{}},
		{"together", orm.And(wares.Words.Has("red"), wares.Sizes.HasAny(3, 9), wares.Price.Gt(1)), []int64{3}},
		{"by name", r.F("Words").Has("red"), []int64{1, 3}},
		{"by name, a slice", r.F("Sizes").HasAny([]int64{1, 3}), []int64{1, 3}},
		{"by name, all", r.F("Sizes").HasAll(2, 3), []int64{3}},
	} {
		e.thoseWares(r.Where(c.p).OrderBy(wares.ID.Asc()), c.want, c.about)
	}
	e.thoseWares(r.OrderBy(wares.Words.Len().Desc().NullsLast(), wares.ID.Asc()), []int64{5, 1, 3, 2, 4}, "sorted by length")
	e.equal(must(r.Where(wares.Words.Has("red")).DeleteMany(e.ctx)), int64(2), "a delete")
}

// Lists holds lists of every kind of element.
type Lists struct {
	ID    int64 `orm:"id,auto"`
	Bools []bool
	Keys  []Key
	Times []time.Time
	Reals []float64
	Blobs [][]byte
	Tints []Colour
	Bytes []uint16
}

func arrayKinds(e *env) {
	r := orm.Repo[Lists](e.open(Lists{}))
	day := time.Date(2024, 2, 29, 1, 2, 3, 456789000, time.UTC)
	must(r.CreateMany(e.ctx, []Lists{
		{Bools: []bool{true}, Keys: []Key{{1}, {2}}, Times: []time.Time{day}, Reals: []float64{0.1, 2}, Blobs: [][]byte{{0, 255}, {}}, Tints: []Colour{"red"}, Bytes: []uint16{65535}},
		{Bools: []bool{false}, Keys: []Key{{3}}, Times: []time.Time{day.Add(time.Microsecond)}, Reals: []float64{1}, Blobs: [][]byte{{0}}, Tints: []Colour{"green"}, Bytes: []uint16{0}},
	}))
	for name, v := range map[string]any{"Bools": true, "Keys": Key{2}, "Times": day.In(time.FixedZone("x", 3600)), "Reals": 0.1, "Blobs": []byte{0, 255}, "Tints": Colour("red"), "Bytes": uint16(65535)} {
		got, err := r.Where(r.F(name).Has(v)).All(e.ctx)
		if e.refused(err, name) {
			continue
		}
		ok(err)
		e.equal(pick(got, func(x Lists) int64 { return x.ID }), []int64{1}, name)
		got = must(r.Where(r.F(name).HasAny(v)).All(e.ctx))
		e.equal(pick(got, func(x Lists) int64 { return x.ID }), []int64{1}, name+", any")
	}
	e.equal(must(r.Where(r.F("Reals").HasAll(2, 0.1)).Count(e.ctx)), int64(1), "a whole number among reals")
}

func arrayBad(e *env) {
	r := orm.Repo[Ware](e.market())
	e.fails(second(r.Where(r.F("Name").Has("x")).All(e.ctx)), orm.ErrInvalid, "Ware", "Name")
	e.fails(second(r.Where(r.F("Words").Has(nil)).All(e.ctx)), orm.ErrInvalid, "Ware", "Words")
	e.fails(second(r.Where(r.F("Words").Has(1)).All(e.ctx)), orm.ErrInvalid, "Ware", "Words")
	e.fails(second(r.Where(r.F("Wrds").Has("x")).All(e.ctx)), orm.ErrInvalid, "Ware", "")
	e.fails(second(r.Where(wares.Words.Has("a\x00")).All(e.ctx)), orm.ErrInvalid, "Ware", "Words")
	var zero orm.Array[Ware, string]
	e.fails(second(r.Where(zero.Has("x")).All(e.ctx)), orm.ErrInvalid, "", "")
	e.fails(second(r.Where(zero.IsEmpty()).All(e.ctx)), orm.ErrInvalid, "", "")
	for _, p := range []orm.Pred[Ware]{wares.Words.HasAll(), wares.Notes.Count().Gte(0), orm.Not(orm.Or(orm.Not(wares.Notes.Count().Gte(0)))), orm.Or(wares.Price.Eq(1), orm.And[Ware]())} {
		e.fails(second(r.Where(p).DeleteMany(e.ctx)), orm.ErrUnboundedWrite, "Ware", "")
		e.fails(second(r.Where(p).UpdateMany(e.ctx, wares.Price.Set(0))), orm.ErrUnboundedWrite, "Ware", "")
	}
	e.equal(must(r.Where(wares.Notes.Count().Gte(1)).UpdateMany(e.ctx, wares.Price.Set(1))), int64(2), "a count that bounds")
}

func dateParts(e *env) {
	r := orm.Repo[Ware](e.market())
	at := wares.MadeAt
	for _, c := range []struct {
		about string
		p     orm.Pred[Ware]
		want  []int64
	}{
		{"year", at.Year().Eq(2024), []int64{1, 2}},
		{"before 1970", at.Year().Lt(1970), []int64{4}},
		{"not the year; NULL is unknown", orm.Not(at.Year().Eq(2024)), []int64{4, 5}},
		{"month", at.Month().Eq(int(time.February)), []int64{1}},
		{"day", at.Day().In(29, 31), []int64{1, 2}},
		{"hour", at.Hour().Gte(23), []int64{1}},
		{"minute", at.Minute().Eq(59), []int64{1, 2, 4, 5}},
		{"weekday", at.Weekday().Eq(int(time.Sunday)), []int64{4, 5}},
		{"weekday", at.Weekday().Eq(int(time.Thursday)), []int64{1}},
		{"weekday", at.Weekday().Eq(int(time.Tuesday)), []int64{2}},
		{"NULL", at.Month().IsNull(), []int64{3}},
		{"by name", r.F("MadeAt").Year().Between(2023, 2024), []int64{1, 2, 5}},
	} {
		e.thoseWares(r.Where(c.p).OrderBy(wares.ID.Asc()), c.want, c.about)
	}
	e.thoseWares(r.OrderBy(at.Month().Asc(), at.Day().Desc()), []int64{5, 1, 4, 2, 3}, "sorted")
	zone := time.FixedZone("far", 14*3600)
	w := Ware{MadeAt: ptr(time.Date(2021, 1, 1, 1, 0, 0, 0, zone))}
	ok(r.Create(e.ctx, &w))
	counted(e, r.Where(at.Year().Eq(2020), at.Month().Eq(12), at.Day().Eq(31), at.Hour().Eq(11)), 1, "in UTC, whatever the zone it came in")
	e.fails(second(r.Where(r.F("Name").Year().Eq(1)).All(e.ctx)), orm.ErrInvalid, "Ware", "Name")
	e.fails(second(r.Where(orm.Time[Ware]{}.Year().Eq(1)).All(e.ctx)), orm.ErrInvalid, "", "")
}
