package conformance

import (
	"slices"

	"pgregory.net/rapid"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/internal/truth"
)

func propertyRelations(e *env) {
	db := e.library()
	all := must(orm.Repo[Person](db).With(people.Written, people.Staff, people.Boss).Sort("ID").All(e.ctx))
	rapid.Check(e.T, func(t *rapid.T) {
		defer e.rethrow(t)
		stars := rapid.Int64Range(0, 6).Draw(t, "stars")
		price := float64(rapid.IntRange(0, 50).Draw(t, "price"))
		inner := []judged[Book]{
			{books.Stars.Gt(stars), func(b Book) truth.Value {
				if b.Stars == nil {
					return truth.Unknown
				}
				return truth.Of(*b.Stars > stars)
			}, "stars"},
			{books.Price.Lte(price), func(b Book) truth.Value { return truth.Of(b.Price <= price) }, "price"},
			{books.Stars.IsNull(), func(b Book) truth.Value { return truth.Of(b.Stars == nil) }, "null"},
		}
		in := inner[rapid.IntRange(0, 2).Draw(t, "inner")]
		if rapid.Bool().Draw(t, "negated") {
			was := in
			in = judged[Book]{orm.Not(was.p), func(b Book) truth.Value { return was.judge(b).Not() }, "not " + was.text}
		}
		has := func(p Person) truth.Value {
			for _, b := range p.Written {
				if in.judge(*b) == truth.Yes {
					return truth.Yes
				}
			}
			return truth.No
		}
		every := func(p Person) truth.Value {
			for _, b := range p.Written {
				if in.judge(*b) != truth.Yes {
					return truth.No
				}
			}
			return truth.Yes
		}
		for _, x := range []judged[Person]{
			{people.Written.Some(in.p), has, "some"}, {people.Written.None(in.p), func(p Person) truth.Value { return has(p).Not() }, "none"}, {people.Written.Every(in.p), every, "every"},
			{orm.Not(people.Written.Every(in.p)), func(p Person) truth.Value { return every(p).Not() }, "not every"},
			{people.Boss.Is(people.Written.Some(in.p)), func(p Person) truth.Value {
				if p.Boss == nil {
					return truth.No
				}
				return has(all[p.Boss.ID-1])
			}, "boss"},
			{people.Boss.IsNot(people.Written.Some(in.p)), func(p Person) truth.Value {
				if p.Boss == nil {
					return truth.Yes
				}
				return has(all[p.Boss.ID-1]).Not()
			}, "not boss"},
		} {
			var want, have []string
			for _, p := range all {
				if x.judge(p) == truth.Yes {
					want = append(want, p.Name)
				}
			}
			for _, p := range must(orm.Repo[Person](db).Where(x.p).Sort("ID").All(e.ctx)) {
				have = append(have, p.Name)
			}
			if !slices.Equal(have, want) {
				t.Fatalf("%s %s: want %v, have %v", x.text, in.text, want, have)
			}
		}
	})
}
