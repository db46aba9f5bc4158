package conformance

import (
	"fmt"
	"reflect"

	"pgregory.net/rapid"

	"github.com/multi-orm/orm"
)

// flatten gives the columns of both kinds of rows alike; times and UUIDs by whether they are there.
func flatten(row any) map[string]any {
	out := map[string]any{}
	var walk func(v reflect.Value, prefix string)
	walk = func(v reflect.Value, prefix string) {
		for i := range v.NumField() {
			f, sf := v.Field(i), v.Type().Field(i)
			if f.Kind() == reflect.Pointer && (sf.Anonymous || sf.Name == "Home") {
				if f.IsNil() {
					f = reflect.New(f.Type().Elem())
				}
				f = f.Elem()
			}
			switch {
			case sf.Anonymous:
				walk(f, prefix)
			case sf.Name == "Home":
				walk(f, prefix+"Home.")
			case sf.Name == "Below", sf.Name == "Up":
			case sf.Name == "UID", sf.Name == "Made", sf.Name == "Changed":
				out[prefix+sf.Name] = f.IsZero()
			default:
				out[prefix+sf.Name] = f.Interface()
			}
		}
	}
	walk(reflect.ValueOf(row), "")
	return out
}

func pointersEqual(e *env) {
	if e.engine.API {
		return
	}
	db := e.open(Pointed{}, Valued{})
	p, v := orm.Repo[Pointed](db), orm.Repo[Valued](db)
	next := 0
	rapid.Check(e, func(t *rapid.T) {
		next++
		a := Pointed{Code: fmt.Sprint("r", next)}
		if rapid.Bool().Draw(t, "basis") {
			a.Basis = &Basis{Title: rapid.SampledFrom([]string{"", "x"}).Draw(t, "title"), Tags: rapid.SampledFrom([][]string{nil, {}, {"t"}}).Draw(t, "tags")}
		}
		if rapid.Bool().Draw(t, "home") {
			a.Home = &Spot{City: "c", Zip: rapid.SampledFrom([]*string{nil, ptr("1")}).Draw(t, "zip")}
		}
		if rapid.Bool().Draw(t, "details") {
			a.Details = &Details{Colour: "d"}
			if rapid.Bool().Draw(t, "weight") {
				a.Weight = &Weight{Grams: int64(rapid.IntRange(0, 3).Draw(t, "grams"))}
			}
		}
		b := Valued{Code: a.Code}
		if a.Basis != nil {
			b.Basis = *a.Basis
		}
		if a.Home != nil {
			b.Home = *a.Home
		}
		if a.Details != nil {
			b.Colour = a.Colour
			if a.Weight != nil {
				b.Weight = *a.Weight
			}
		}
		e.equal(errOf(0, p.Create(e.ctx, &a)), errOf(0, v.Create(e.ctx, &b)), "Create")
		e.equal(flatten(a), flatten(b), "what Create gave")
		switch rapid.IntRange(0, 4).Draw(t, "verb") {
		case 0:
			a.Details, b.Colour, b.Weight = nil, "", Weight{}
			ok(p.Save(e.ctx, &a))
			ok(v.Save(e.ctx, &b))
		case 1:
			a.Home, b.Home = nil, Spot{}
			as, bs := []Pointed{a}, []Valued{b}
			must(p.SaveMany(e.ctx, as))
			must(v.SaveMany(e.ctx, bs))
			a, b = as[0], bs[0]
		case 2:
			a = must(p.ByID(a.ID).Update(e.ctx, pointed.Title.Set("u"), pointed.Grams.Inc(1)))
			b = must(v.ByID(b.ID).Update(e.ctx, valued.Title.Set("u"), valued.Grams.Inc(1)))
		case 3:
			a, b = Pointed{Code: a.Code}, Valued{Code: b.Code}
			ok(p.Upsert(e.ctx, orm.On[Pointed](pointed.Code), &a))
			ok(v.Upsert(e.ctx, orm.On[Valued](valued.Code), &b))
		}
		e.equal(flatten(a), flatten(b), "what the write gave")
		e.equal(flatten(must(p.ByID(a.ID).One(e.ctx))), flatten(must(v.ByID(b.ID).One(e.ctx))), "what is stored")
	})
}
