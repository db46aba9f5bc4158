package conformance

import (
	"context"
	"math/rand/v2"
	"testing"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/engine"
	"github.com/multi-orm/orm/internal/randomquery"
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
	onBoth(t, func(e *env, kind Engine) {
		api := restOf(e.T, 7)
		whole := e.whole(sqliteMemory())
		web := randomquery.SessionOf(e.bind(webGraph(), kind.Database(e.T)("main", Options{}), httpSource("other", api)))
		r := rand.New(rand.NewPCG(13, 17))
		ok(randomquery.DrawGraph(r).Write(e.ctx, whole, web))
		x := httpRun{e: e, whole: whole, web: web, memory: must(randomquery.Remember(e.ctx, whole))}
		randomquery.Asking{Queries: httpQueries, Least: 80, Roots: randomquery.Pairs(whole, web)}.Run(e.T, r, x.ask)
		for _, endpoint := range []string{"kids/list", "kids/one", "kids/bulk", "toys/search", "toys/first", "toys/count", "plots/pages", "plots/one", "tags/links", "tags/bulk", "ties/list", "marks/all", "marks/one"} {
			if api.asked[endpoint] == 0 {
				e.Errorf("%s was never asked", endpoint)
			}
		}
	})
}

type httpRun struct {
	e          *env
	whole, web *engine.Session
	memory     *randomquery.Memory
}

// ask draws a query and has it answered: as it is, as a stream, or with the distinct values of a column.
func (x *httpRun) ask(d *randomquery.Draw, root randomquery.Pair) (have, want string) {
	if d.IntN(10) == 0 {
		return x.distinct(d, root)
	}
	a, b := d.Query(root)
	want = x.memory.Answer(a)
	if b.Want == builder.WantRows && d.IntN(4) == 0 {
		d.Say(" streamed")
		return must(randomquery.Streamed(x.e.ctx, x.web, b)), want
	}
	return must(randomquery.Answer(x.e.ctx, x.web, b)), want
}

// distinct has the values of one column, in pages, which the database answers for the model.
func (x *httpRun) distinct(d *randomquery.Draw, root randomquery.Pair) (have, want string) {
	a, b := d.Query(root)
	d.Say(" distinct")
	for i, st := range []*builder.Select{a, b} {
		n := must(root[i].Field("N"))
		st.Includes, st.Columns, st.Distinct, st.Order = nil, []*model.Field{n}, true, builder.Sorting{}
		st.Order.Add(builder.SortKey{Field: n})
	}
	return must(randomquery.Answer(x.e.ctx, x.web, b)), must(randomquery.Answer(x.e.ctx, x.whole, a))
}

// Open makes the tables.
func (s overHTTP) Open(ctx context.Context, models []*model.Model) error {
	s.api.know(models)
	return s.DataSource.Open(ctx, models)
}
