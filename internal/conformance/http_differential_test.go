package conformance

import (
	"bytes"
	"context"
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/engine"
	"github.com/multi-orm/orm/internal/reading"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
	"github.com/multi-orm/orm/source/httpapi"
)

// httpQueries is the number of random queries for each kind of database beside the API.
const httpQueries = 3000

// overHTTP is an API as a source; it learns its tables when it is opened.
type overHTTP struct {
	*httpapi.DataSource
	api *rest
}

func httpSource(name string, a *rest, opts ...httpapi.Option) source.Source {
	return overHTTP{httpapi.Source(name, a.url, opts...), a}
}

// TestHTTPQueriesEqualAModelInMemory asks random queries of a graph that is split over a database and an API, from
// either end, and compares the answers with those of a model in memory that knows nothing of sources.
func TestHTTPQueriesEqualAModelInMemory(t *testing.T) {
	for name, kind := range map[string]func(t *testing.T) Engine{
		"sqlite":   func(*testing.T) Engine { return sqliteMemory() },
		"postgres": func(t *testing.T) Engine { return onPostgres(t) },
	} {
		t.Run(name, func(t *testing.T) {
			e := &env{T: t, ctx: t.Context()}
			defer e.stop()
			api := restOf(t, 7)
			whole := e.bind(orm.Models(oneOwner{}, oneToy{}, oneTie{}, oneSeal{}), sqliteMemory().Database(t)("main", Options{}))
			web := e.bind(orm.Models(webOwner{}, webToy{}, webTie{}, webSeal{}), kind(t).Database(t)("main", Options{}), httpSource("other", api))
			r := rand.New(rand.NewPCG(13, 17))
			drawGraph(r).toHTTP(e, whole, web)
			w := e.world(whole)
			roots := pairsOf(whole, web)
			x := httpRun{e: e, whole: whole, web: web, world: w}
			for i := range httpQueries {
				d := draw{Rand: r}
				root := roots[d.IntN(len(roots))]
				have, want := x.ask(&d, root)
				x.said += len(have)
				if have != want {
					t.Errorf("query %d of %s: %s\nhave: %s\nwant: %s", i, root[0].Name, d.text.String(), have, want)
					if x.failed++; x.failed > 5 {
						return
					}
				}
			}
			if x.said < 80*httpQueries {
				t.Errorf("the answers say too little: %d bytes", x.said)
			}
			for _, endpoint := range []string{"kids/list", "kids/one", "kids/bulk", "toys/search", "toys/first", "toys/count", "plots/pages", "plots/one", "tags/links", "tags/bulk", "ties/list", "marks/all", "marks/one"} {
				if api.asked[endpoint] == 0 {
					t.Errorf("%s was never asked", endpoint)
				}
			}
		})
	}
}

type httpRun struct {
	e            *env
	whole, web   *engine.Session
	world        world
	said, failed int
}

// ask draws a query and has it answered: as it is, as a stream, or with the distinct values of a column.
func (x *httpRun) ask(d *draw, root [2]*model.Model) (have, want string) {
	if d.IntN(10) == 0 {
		return x.distinct(d, root)
	}
	a, b := d.query(root)
	want = x.world.answer(a)
	if b.Want == builder.WantRows && d.IntN(4) == 0 {
		d.say(" streamed")
		return streamed(x.e, x.web, b), want
	}
	return answer(x.e, x.web, b), want
}

// distinct has the values of one column, in pages, which the database answers for the model.
func (x *httpRun) distinct(d *draw, root [2]*model.Model) (have, want string) {
	a, b := d.query(root)
	d.say(" distinct")
	for i, st := range []*builder.Select{a, b} {
		n := must(root[i].Field("N"))
		st.Includes, st.Columns, st.Distinct, st.Order = nil, []*model.Field{n}, true, builder.Sorting{}
		st.Order.Add(builder.SortKey{Field: n})
	}
	return answer(x.e, x.web, b), answer(x.e, x.whole, a)
}

// streamed is answer for a stream, in windows that are smaller than most answers.
func streamed(e *env, s *engine.Session, st *builder.Select) string {
	out := reflect.MakeSlice(reflect.SliceOf(st.Model.Type), 0, 8)
	ok(reading.Stream(e.ctx, s, st, st.Model.Type, 5, func(rows *source.Slab) error {
		for i := range rows.Len() { // the memory may be used again
			out = reflect.Append(out, reflect.NewAt(st.Model.Type, rows.At(i)).Elem())
		}
		return nil
	}))
	return string(bytes.ReplaceAll(must(json.Marshal(out.Interface())), []byte("null"), []byte("-")))
}

// toHTTP is to for the graph of which a part is on an API.
func (g graph) toHTTP(e *env, whole, web *engine.Session) {
	write[oneOwner, webOwner](e, whole, web, g.owners)
	write[oneKid, webKid](e, whole, web, g.kids)
	write[oneToy, webToy](e, whole, web, g.toys)
	write[onePlot, webPlot](e, whole, web, g.plots)
	write[oneTag, webTag](e, whole, web, g.tags)
	write[oneTie, webTie](e, whole, web, g.ties)
	write[oneMark, webMark](e, whole, web, g.marks)
	write[oneSeal, webSeal](e, whole, web, g.seals)
}

// Open makes the tables.
func (s overHTTP) Open(ctx context.Context, models []*model.Model) error {
	s.api.know(models)
	return s.DataSource.Open(ctx, models)
}
