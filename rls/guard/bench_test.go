package guard_test

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/go-playground/validator/v10"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/rls/guard"
	"github.com/multi-orm/orm/source/sqlite"
)

// listing is the shape of the benchmark: what a search page asks.
var listing = guard.MustCompile(guard.Shape[Project]{
	Select: guard.Only(Projects.ID, Projects.Title, Projects.Status, Projects.CreatedAt),
	Where: guard.Where[Project]{
		guard.Allow(Projects.Title), guard.Allow(Projects.Status), guard.Allow(Projects.Priority),
		guard.Force(Projects.Archived.Eq(false)),
	},
	OrderBy: guard.Only(Projects.CreatedAt, Projects.Title),
})

const listed = `{"where": {"title": {"contains": "ject"}, "status": "open"}, "orderBy": [{"createdAt": "desc"}], "take": 20}`

// byHand is what a careful handler writes for the same request.
type byHand struct {
	Where struct {
		Title *struct {
			Contains string `json:"contains" validate:"max=80"`
		} `json:"title"`
		Status *string `json:"status" validate:"omitempty,oneof=draft open done"`
	} `json:"where"`
	OrderBy []map[string]string `json:"orderBy" validate:"max=2,dive,dive,keys,oneof=createdAt title,endkeys,oneof=asc desc"`
	Take    int                 `json:"take" validate:"min=1,max=100"`
}

func benchDB(tb testing.TB) orm.DB {
	tb.Helper()
	db, err := orm.Open(context.Background(), sqlite.Source("main", ":memory:"), orm.Models(Project{}, Task{}, Tag{}, Person{}, Comment{}))
	must(tb, err)
	tb.Cleanup(func() { _ = db.Close() })
	return db
}

// BenchmarkRequest reads a list with two filters and an order: a parse and a query, beside encoding/json and validator by
// hand, which yield a checked struct and no query.
func BenchmarkRequest(b *testing.B) {
	repo := orm.Repo[Project](benchDB(b))
	ctx := actor(1)
	b.Run("guard", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := listing.Query(ctx, repo, []byte(listed)); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("by hand", func(b *testing.B) {
		v := validator.New(validator.WithRequiredStructEnabled())
		b.ReportAllocs()
		for b.Loop() {
			var r byHand
			if err := json.Unmarshal([]byte(listed), &r); err != nil {
				b.Fatal(err)
			}
			if err := v.Struct(&r); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkAnswer writes 100 rows as JSON, beside encoding/json on structs of the same fields.
func BenchmarkAnswer(b *testing.B) {
	ctx := actor(1)
	db := opened(b, sqlite.Source("main", ":memory:"))
	repo := orm.Repo[Project](db)
	rows, err := listing.FindMany(ctx, repo, []byte(`{}`))
	must(b, err)
	for len(rows.Rows) < 100 {
		rows.Rows = append(rows.Rows, rows.Rows...)
	}
	rows.Rows = rows.Rows[:100]
	type card struct {
		ID        int64  `json:"id"`
		Title     string `json:"title"`
		Status    string `json:"status"`
		CreatedAt any    `json:"createdAt"`
	}
	cards := make([]card, 100)
	for i, p := range rows.Rows {
		cards[i] = card{p.ID, p.Title, p.Status, p.CreatedAt}
	}
	b.Run("guard", func(b *testing.B) {
		b.ReportAllocs()
		var buf []byte
		for b.Loop() {
			var err error
			if buf, err = rows.AppendJSON(buf[:0]); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("encoding/json", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := json.Marshal(cards); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// TestRequestAllocations gates what the benchmark measures.
func TestRequestAllocations(t *testing.T) {
	repo := orm.Repo[Project](benchDB(t))
	ctx := actor(1)
	body := []byte(listed)
	n := testing.AllocsPerRun(100, func() {
		if _, err := listing.Query(ctx, repo, body); err != nil {
			t.Fatal(err)
		}
	})
	if n > 60 {
		t.Errorf("a request costs %v allocations, 60 are allowed", n)
	}
}
