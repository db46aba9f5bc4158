package sqlite_test

import (
	"slices"
	"testing"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/internal/testkit"
	"github.com/multi-orm/orm/source/sqlite"
)

type moment struct {
	ID int64     `orm:"id,auto,table=moments"`
	At time.Time `orm:"at"`
}

var moments = orm.Bind[moment, struct{ At orm.Time[moment] }]()

// Rows that SQLite's own functions wrote stand beside those of the library in every condition, order and page.
func TestTimesOfOtherProgramsAreOurs(t *testing.T) {
	db, err := orm.Open(t.Context(), sqlite.Source("main", testkit.SQLite(t)), orm.Models(moment{}))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ok(orm.CreateTables(t.Context(), db))
	base := time.Date(2021, 1, 1, 0, 0, 0, 0, time.UTC)
	r := orm.Repo[moment](db)
	for i := range 4 {
		_, err := db.Exec(t.Context(), "INSERT INTO moments (at) VALUES (datetime('2021-01-01', ? || ' seconds'))", i)
		ok(err)
		for _, d := range []time.Duration{0, 500 * time.Millisecond, 250 * time.Microsecond} {
			ok(r.Create(t.Context(), &moment{At: base.Add(time.Duration(i)*time.Second + d)}))
		}
	}
	at := moments.At
	for _, c := range []struct {
		name  string
		where orm.Pred[moment]
		want  int
	}{
		{"Eq", at.Eq(base), 2}, {"Ne", at.Ne(base), 14}, {"Lt", at.Lt(base.Add(time.Second)), 4}, {"Lte", at.Lte(base), 2},
		{"Gt", at.Gt(base.Add(2 * time.Second)), 6}, {"Gte", at.Gte(base.Add(2 * time.Second)), 8},
		{"In", at.In(base, base.Add(500*time.Millisecond)), 3}, {"NotIn", at.NotIn(base, base.Add(500*time.Millisecond)), 13},
		{"Between", at.Between(base, base.Add(time.Second)), 6}, {"Year", at.Year().Eq(2021), 16},
	} {
		n, err := r.Where(c.where).Count(t.Context())
		if err != nil || int(n) != c.want {
			t.Errorf("%s finds %d, %v, want %d", c.name, n, err, c.want)
		}
	}
	q := r.OrderBy(at.Asc())
	all, err := q.All(t.Context())
	ok(err)
	if !slices.IsSortedFunc(all, func(a, b moment) int { return a.At.Compare(b.At) }) {
		t.Error("sorted otherwise than time")
	}
	var forth, back []moment
	var last string
	for next := ""; ; {
		p, err := q.Take(3).Page(t.Context(), next)
		ok(err)
		forth, last = append(forth, p.Rows...), p.Prev
		if next = p.Next; next == "" || len(forth) > len(all) {
			back = slices.Clone(p.Rows)
			break
		}
	}
	for last != "" && len(back) <= len(all) {
		p, err := q.Take(3).Page(t.Context(), last)
		ok(err)
		back, last = append(slices.Clone(p.Rows), back...), p.Prev
	}
	if !slices.Equal(forth, all) || !slices.Equal(back, all) {
		t.Errorf("pages hold %d rows forth and %d back, of %d", len(forth), len(back), len(all))
	}
}
