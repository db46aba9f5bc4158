package conformance

import (
	"math/rand/v2"
	"testing"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/randomquery"
	"github.com/multi-orm/orm/model"
)

// differentialQueries is the number of random queries for each kind of database.
const differentialQueries = 5000

// TestQueriesEqualAModelInMemory asks random queries, with relation filters, orders, pages and includes, and compares
// the answers with those of a model in memory that knows nothing of SQL.
func TestQueriesEqualAModelInMemory(t *testing.T) {
	onBoth(t, func(e *env, kind Engine) {
		db := e.bind(randomquery.One(), kind.Database(e.T)("main", Options{}))
		s := randomquery.SessionOf(db)
		r := rand.New(rand.NewPCG(3, 5))
		ok(randomquery.DrawGraph(r).Write(e.ctx, s))
		must(db.Exec(e.ctx, "ANALYZE")) // PostgreSQL takes a table it knows nothing of for a large one, and compiles machine code
		memory := must(randomquery.Remember(e.ctx, s))
		randomquery.Asking{Queries: differentialQueries, Least: 100, Roots: randomquery.Pairs(s, s)}.Run(e.T, r, func(d *randomquery.Draw, root randomquery.Pair) (have, want string) {
			st, same := d.Query(root)
			want = memory.Answer(same)
			joinSome(r, st.Includes)
			return must(randomquery.Answer(e.ctx, s, st)), want
		})
	})
}

// joinSome asks for joins, which must not change an answer.
func joinSome(r *rand.Rand, incs []*builder.Include) {
	for _, inc := range incs {
		inc.Strategy = ptr(model.Strategy(r.IntN(2)))
		joinSome(r, inc.Includes)
	}
}
