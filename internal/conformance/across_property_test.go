package conformance

import (
	"math/rand/v2"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/internal/engine"
	"github.com/multi-orm/orm/internal/randomquery"
)

// acrossQueries is the number of random queries for each pair of sources.
const acrossQueries = 2000

// TestAcrossIsAsOne asks random queries of one graph that is bound to one source, and split over two.
func TestAcrossIsAsOne(t *testing.T) {
	onBoth(t, func(e *env, other Engine) {
		whole, split := e.whole(sqliteMemory()), e.split(sqliteMemory(), other)
		r := rand.New(rand.NewPCG(7, 11))
		ok(randomquery.DrawGraph(r).Write(e.ctx, whole, split))
		randomquery.Asking{Queries: acrossQueries, Least: 100, Roots: randomquery.Pairs(whole, split)}.Run(e.T, r, func(d *randomquery.Draw, root randomquery.Pair) (have, want string) {
			a, b := d.Query(root)
			return must(randomquery.Answer(e.ctx, split, b)), must(randomquery.Answer(e.ctx, whole, a))
		})
	})
}

// onBoth runs a test with either kind of database.
func onBoth(t *testing.T, test func(e *env, kind Engine)) {
	for name, kind := range map[string]func(t *testing.T) Engine{
		"sqlite":   func(*testing.T) Engine { return sqliteMemory() },
		"postgres": func(t *testing.T) Engine { return onPostgres(t) },
	} {
		t.Run(name, func(t *testing.T) {
			e := &env{T: t, ctx: t.Context()}
			defer e.stop()
			test(e, kind(t))
		})
	}
}

// bind opens a handle with tables for its models.
func (e *env) bind(opts ...orm.Option) orm.DB {
	db := must(orm.Open(e.ctx, opts...))
	e.Cleanup(func() {
		if err := db.Close(); err != nil {
			e.Errorf("Close: %v", err)
		}
	})
	ok(orm.CreateTables(e.ctx, db))
	return db
}

// whole is the graph of package randomquery in one source.
func (e *env) whole(kind Engine) *engine.Session {
	return randomquery.SessionOf(e.bind(randomquery.One(), kind.Database(e.T)("main", Options{})))
}

// split is that graph over two sources.
func (e *env) split(main, other Engine) *engine.Session {
	return randomquery.SessionOf(e.bind(randomquery.Two(), main.Database(e.T)("main", Options{}), other.Database(e.T)("other", Options{})))
}
