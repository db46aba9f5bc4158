package orm_test

import (
	"strings"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/bench"
	"github.com/multi-orm/orm/internal/testkit"
)

// The benchmarks, as BenchmarkEngine/Workload/contender; package bench tells of them.

func BenchmarkPostgres(b *testing.B) {
	bench.Race(b, bench.Postgres(b))
	b.Run("Build", func(b *testing.B) {
		for _, c := range buildContenders() {
			b.Run(c.Name, func(b *testing.B) { c.Open(b).Time(b) })
		}
	})
}

func BenchmarkSQLite(b *testing.B) { bench.Race(b, bench.SQLite(b)) }

func BenchmarkAcross(b *testing.B) { bench.Race(b, bench.Across(b)) }

func buildContenders() []bench.Contender {
	cache, args, db := &builder.Cache{Dialect: dialect.Postgres{}}, new(builder.Args), orm.Detached()
	return bench.Build(func() (string, error) {
		text, _, err := bench.List100(db).Built(cache, args)
		return text, err
	})
}

func TestBuildContendersAgree(t *testing.T) {
	for _, c := range buildContenders() {
		r := c.Open(t)
		for range 2 {
			if err := r.Run(t.Context()); err != nil {
				t.Fatal(c.Name, err)
			}
		}
		text := strings.ReplaceAll(r.Result().(string), `"`, "")
		for _, part := range []string{"FROM users", "is_active = $1", "deleted_at IS NULL", "ORDER BY", "created_at DESC", "LIMIT"} {
			if !strings.Contains(text, part) {
				t.Errorf("%s: no %s in %s", c.Name, part, text)
			}
		}
	}
}

// TestAllocationGates holds what BenchmarkPostgres/Build promises; those of the other benchmarks stand beside them.
func TestAllocationGates(t *testing.T) {
	if testkit.Race {
		t.Skip("the race detector allocates too; .ci/modules runs this without it")
	}
	for _, c := range buildContenders() {
		if n := c.Open(t).Allocations(t, 200); c.Name == "orm" && n > 2 {
			t.Errorf("%v allocations; want at most 2", n)
		}
	}
}
