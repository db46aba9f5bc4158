package orm_test

import (
	"context"
	"strings"
	"testing"

	sq "github.com/Masterminds/squirrel"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/dialect"
)

// The workloads of the benchmarks, as BenchmarkEngine/Workload/contender: rawpgx and rawsql are what people
// write by hand, rawtuned the best of it, orm this library and orm-hooks the library with a tenant scope,
// soft delete and an event hook. PostgreSQL is recorded (see internal/replay), so that client code alone is
// timed; ORM_BENCH_POSTGRES names a server to run against instead. SQLite is a file.

func BenchmarkPostgres(b *testing.B) {
	race(b, live(b).contenders())
	b.Run("Build", func(b *testing.B) {
		for _, c := range buildContenders() {
			b.Run(c.name, func(b *testing.B) {
				r := c.open(b)
				b.ReportAllocs()
				for b.Loop() {
					if err := r.run(b.Context()); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	})
}

func BenchmarkSQLite(b *testing.B) { race(b, seededSQLite(b, 10_000).byHand(b, 10_000).contenders()) }

// buildContenders write the SQL of List100 without a database.
func buildContenders() []contender {
	return []contender{
		{"Build", "squirrel", func(testing.TB) runner {
			var got string
			return runner{
				run: func(context.Context) (err error) {
					got, _, err = sq.Select("id", "email", "name", "role", "tenant_id", "is_active", "balance", "created_at", "deleted_at").
						From("users").
						Where(sq.Eq{"is_active": true}).Where(sq.Eq{"role": []string{"admin", "editor", "viewer"}}).Where(sq.Eq{"deleted_at": nil}).
						OrderBy("created_at DESC", "id").Limit(100).
						PlaceholderFormat(sq.Dollar).ToSql()
					return err
				},
				result: func() any { return got },
			}
		}},
		{"Build", "orm", func(testing.TB) runner {
			cache, args, db := &builder.Cache{Dialect: dialect.Postgres{}}, new(builder.Args), orm.Detached()
			var got string
			return runner{
				run: func(context.Context) (err error) {
					got, _, err = list100(db).Built(cache, args)
					return err
				},
				result: func() any { return got },
			}
		}},
	}
}

func TestBuildContendersAgree(t *testing.T) {
	for _, c := range buildContenders() {
		r := c.open(t)
		for range 2 {
			if err := r.run(t.Context()); err != nil {
				t.Fatal(c.name, err)
			}
		}
		text := strings.ReplaceAll(r.result().(string), `"`, "")
		for _, part := range []string{"FROM users", "is_active = $1", "deleted_at IS NULL", "ORDER BY", "created_at DESC", "LIMIT"} {
			if !strings.Contains(text, part) {
				t.Errorf("%s: no %s in %s", c.name, part, text)
			}
		}
	}
}
