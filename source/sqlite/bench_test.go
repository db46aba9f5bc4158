package sqlite_test

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/internal/testkit"
	"github.com/multi-orm/orm/source/sqlite"
)

// member is the users table of the benchmarks.
type member struct {
	ID        int64      `orm:"id,auto,table=users"`
	Email     string     `orm:"email"`
	Name      *string    `orm:"name"`
	Role      string     `orm:"role"`
	TenantID  int64      `orm:"tenant_id"`
	Active    bool       `orm:"is_active"`
	Balance   float64    `orm:"balance"`
	CreatedAt time.Time  `orm:"created_at"`
	DeletedAt *time.Time `orm:"deleted_at"`
}

const memberColumns = "SELECT id, email, name, role, tenant_id, is_active, balance, created_at, deleted_at FROM users "

// byHand is what people write with database/sql: unprepared, a variable per row, append.
func byHand(ctx context.Context, db *sql.DB, text string, args ...any) ([]member, error) {
	rows, err := db.QueryContext(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []member
	for rows.Next() {
		var m member
		var at string
		var gone *string
		if err := rows.Scan(&m.ID, &m.Email, &m.Name, &m.Role, &m.TenantID, &m.Active, &m.Balance, &at, &gone); err != nil {
			return nil, err
		}
		if m.CreatedAt, err = time.Parse("2006-01-02 15:04:05.999999999Z07:00", at); err != nil {
			return nil, err
		}
		if gone != nil {
			t, err := time.Parse("2006-01-02 15:04:05.999999999Z07:00", *gone)
			if err != nil {
				return nil, err
			}
			m.DeletedAt = &t
		}
		out = append(out, m)
	}
	return out, rows.Err()
}

// BenchmarkAgainstRaw runs both in turns, so that a busy machine slows both, and reports the ratio of the medians.
func BenchmarkAgainstRaw(b *testing.B) {
	ctx := context.Background()
	path := testkit.SQLite(b)
	db, err := orm.Open(ctx, sqlite.Source("main", path), orm.Models(member{}))
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	if err := orm.CreateTables(ctx, db); err != nil {
		b.Fatal(err)
	}
	all := orm.Repo[member](db)
	seed := make([]member, 10_000)
	for i := range seed {
		name := fmt.Sprintf("Name %d", i)
		seed[i] = member{Email: fmt.Sprintf("user%d@example.com", i), Role: []string{"admin", "editor", "viewer", "guest"}[i%4], TenantID: int64(i % 10),
			Active: i%2 == 0, Balance: float64(i) / 4, CreatedAt: time.Date(2024, 1, 1, 0, 0, i, 0, time.UTC)}
		if i%3 == 0 {
			seed[i].Name = &name
		}
	}
	if _, err := all.CreateMany(ctx, seed); err != nil {
		b.Fatal(err)
	}
	raw, err := sql.Open("sqlite", path)
	if err != nil {
		b.Fatal(err)
	}
	defer raw.Close()
	for _, w := range []struct {
		name       string
		block      int
		hand, ours func() ([]member, error)
	}{
		{"key", 500,
			func() ([]member, error) { return byHand(ctx, raw, memberColumns+"WHERE id = ?", 500) },
			func() ([]member, error) {
				m, err := all.ByID(500).One(ctx)
				return []member{m}, err
			}},
		{"list100", 20,
			func() ([]member, error) {
				return byHand(ctx, raw, memberColumns+"WHERE is_active = ? AND role IN (?, ?, ?) AND deleted_at IS NULL ORDER BY id LIMIT 100", true, "admin", "editor", "viewer")
			},
			func() ([]member, error) {
				return all.Where(all.F("Active").Eq(true), all.F("Role").In("admin", "editor", "viewer"), all.F("DeletedAt").IsNull()).OrderBy(all.F("ID").Asc()).Take(100).All(ctx)
			}},
		{"list10k", 1,
			func() ([]member, error) { return byHand(ctx, raw, memberColumns+"ORDER BY id LIMIT ?", 10_000) },
			func() ([]member, error) { return all.OrderBy(all.F("ID").Asc()).Take(10_000).All(ctx) }},
	} {
		b.Run(w.name, func(b *testing.B) {
			run := func(fn func() ([]member, error)) []member {
				got, err := fn()
				if err != nil {
					b.Fatal(err)
				}
				return got
			}
			if a, o := run(w.hand), run(w.ours); len(a) != len(o) || !slices.EqualFunc(a, o, func(x, y member) bool { return x.ID == y.ID && x.Email == y.Email && x.CreatedAt.Equal(y.CreatedAt) }) {
				b.Fatalf("by hand %d rows, ours %d", len(a), len(o))
			}
			var hand, ours []float64
			timed := func(fn func() ([]member, error)) float64 {
				start := time.Now()
				for range w.block {
					run(fn)
				}
				return float64(time.Since(start)) / float64(w.block)
			}
			for b.Loop() {
				hand, ours = append(hand, timed(w.hand)), append(ours, timed(w.ours))
			}
			slices.Sort(hand)
			slices.Sort(ours)
			mid := len(ours) / 2
			b.ReportMetric(ours[mid], "ours-ns")
			b.ReportMetric(hand[mid], "raw-ns")
			b.ReportMetric(ours[mid]/hand[mid], "time/raw")
			b.ReportMetric(ours[0]/hand[0], "best/raw")
			b.ReportMetric(testing.AllocsPerRun(10, func() { run(w.ours) })/testing.AllocsPerRun(10, func() { run(w.hand) }), "allocs/raw")
			b.ReportMetric(0, "ns/op") // of both together, which says nothing
		})
	}
}
