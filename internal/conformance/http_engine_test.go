package conformance

import (
	"net/url"
	"testing"

	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
	"github.com/multi-orm/orm/source/httpapi"
)

// onAPI is an API as an engine of the suite.
func onAPI() Engine {
	return Engine{Name: "http", API: true, Links: []any{Member{}, Billing{}}, Database: func(t *testing.T) func(string, Options) source.Source {
		api := restOf(t, 500)
		return func(name string, _ Options) source.Source { return httpSource(name, api, httpapi.NonAtomic()) }
	}, Unreachable: func(name string) source.Source { return httpapi.Source(name, "http://127.0.0.1:1") }}
}

// restFor maps a model to an API that can be asked by every other column of numbers or text, by less than a database
// could be, and that sorts and pages.
func restFor[T any]() httpapi.Endpoints {
	m := must(model.For[T]())
	at, one := "/"+url.PathEscape(m.Table), "/"+url.PathEscape(m.Table)+"/one"
	var sorted []string
	for _, f := range m.Key {
		sorted = append(sorted, f.Name)
		one += "/{" + f.Name + "}"
	}
	many := httpapi.GET(at+"/list").Query("skip", "$skip").Query("take", "$take").Query("order", "$orderBy").Items("$.rows").Total("$.total").Sorted(sorted...)
	for i, f := range m.Fields {
		ask := func(name, op string) { many = many.Query(f.Column+"~"+name, "$where."+f.Name+"."+op+"?") }
		switch {
		case f.Nullable && i%3 == 0:
			ask("isNull", "isNull")
		case f.Kind == model.Int && i%2 == 0:
			ask("eq", "eq")
			ask("gte", "gte")
			ask("lt", "lt")
		case f.Kind == model.Int:
			ask("in", "in")
			ask("ne", "ne")
		case f.Kind == model.String && i%2 == 0:
			ask("contains", "contains")
			ask("eq", "eq")
		case f.Kind == model.String:
			ask("in[]", "in")
		}
	}
	e := httpapi.Endpoints{
		FindMany:   many,
		Create:     httpapi.POST(at + "/new").BodyAll().Item("$"),
		CreateMany: httpapi.POST(at+"/many").Body("rows", "$data").Items("$.rows"),
	}
	if len(m.Key) > 0 {
		e.FindUnique, e.Update, e.Delete = httpapi.GET(one).Item("$"), httpapi.PATCH(one).BodyAll().Item("$"), httpapi.DELETE(one)
	}
	if len(m.Key) == 1 {
		e.FindBulk = httpapi.POST(at+"/bulk").Body(m.Key[0].Column, "$where."+m.Key[0].Name+".in").Items("$.data")
	}
	return e
}

// TestHTTPConforms runs the cases that read on an API, and compares its answers with a database's.
func TestHTTPConforms(t *testing.T) {
	otherwise := map[string]string{
		"types/text":          "a text of a megabyte is no part of a URL",
		"types/compare":       "an order that only a column's own codec knows is refused: TestHTTPRefusals",
		"stream/tx windows":   "needs a transaction",
		"stream/tx ends":      "needs a transaction",
		"page/computed":       "an API computes no sort keys: TestHTTPRefusals",
		"include/two sources": "needs a transaction: TestHTTPQueriesEqualAModelInMemory",
	}
	var all []testCase
	for _, part := range [][]testCase{
		typeCases, whereCases, textCases, nameCases, orderCases, defaultOrderCases, readCases, streamCases, includeCases, includePageCases, includeShapeCases, relationCases, propertyCases, pageCases, intoCases, pointerReadCases,
	} {
		for _, c := range part {
			if otherwise[c.name] == "" {
				all = append(all, c)
			}
		}
	}
	Compare(t, run(t, sqliteMemory(), all), run(t, onAPI(), all))
}

func (Thing) Endpoints() httpapi.Endpoints    { return restFor[Thing]() }
func (Row) Endpoints() httpapi.Endpoints      { return restFor[Row]() }
func (Odd) Endpoints() httpapi.Endpoints      { return restFor[Odd]() }
func (Person) Endpoints() httpapi.Endpoints   { return restFor[Person]() }
func (Book) Endpoints() httpapi.Endpoints     { return restFor[Book]() }
func (Chapter) Endpoints() httpapi.Endpoints  { return restFor[Chapter]() }
func (Club) Endpoints() httpapi.Endpoints     { return restFor[Club]() }
func (Member) Endpoints() httpapi.Endpoints   { return restFor[Member]() }
func (Place) Endpoints() httpapi.Endpoints    { return restFor[Place]() }
func (Visit) Endpoints() httpapi.Endpoints    { return restFor[Visit]() }
func (Paper) Endpoints() httpapi.Endpoints    { return restFor[Paper]() }
func (Token) Endpoints() httpapi.Endpoints    { return restFor[Token]() }
func (Label) Endpoints() httpapi.Endpoints    { return restFor[Label]() }
func (Seed) Endpoints() httpapi.Endpoints     { return restFor[Seed]() }
func (Wide) Endpoints() httpapi.Endpoints     { return restFor[Wide]() }
func (Lone) Endpoints() httpapi.Endpoints     { return restFor[Lone]() }
func (Plain) Endpoints() httpapi.Endpoints    { return restFor[Plain]() }
func (Stranger) Endpoints() httpapi.Endpoints { return restFor[Stranger]() }
func (Near) Endpoints() httpapi.Endpoints     { return restFor[Near]() }
func (Far) Endpoints() httpapi.Endpoints      { return restFor[Far]() }
func (Desk) Endpoints() httpapi.Endpoints     { return restFor[Desk]() }
func (Lamp) Endpoints() httpapi.Endpoints     { return restFor[Lamp]() }
func (Artisan) Endpoints() httpapi.Endpoints  { return restFor[Artisan]() }
func (Guild) Endpoints() httpapi.Endpoints    { return restFor[Guild]() }
func (Joining) Endpoints() httpapi.Endpoints  { return restFor[Joining]() }
func (Shelf) Endpoints() httpapi.Endpoints    { return restFor[Shelf]() }
func (Item) Endpoints() httpapi.Endpoints     { return restFor[Item]() }
func (Shop) Endpoints() httpapi.Endpoints     { return restFor[Shop]() }
func (Ware) Endpoints() httpapi.Endpoints     { return restFor[Ware]() }
func (Note) Endpoints() httpapi.Endpoints     { return restFor[Note]() }
func (Tag) Endpoints() httpapi.Endpoints      { return restFor[Tag]() }
func (ByB) Endpoints() httpapi.Endpoints      { return restFor[ByB]() }
func (Whole) Endpoints() httpapi.Endpoints    { return restFor[Whole]() }
func (Pointed) Endpoints() httpapi.Endpoints  { return restFor[Pointed]() }
func (Lists) Endpoints() httpapi.Endpoints    { return restFor[Lists]() }
func (Hall) Endpoints() httpapi.Endpoints     { return restFor[Hall]() }
func (Act) Endpoints() httpapi.Endpoints      { return restFor[Act]() }
func (Star) Endpoints() httpapi.Endpoints     { return restFor[Star]() }
func (Billing) Endpoints() httpapi.Endpoints  { return restFor[Billing]() }
