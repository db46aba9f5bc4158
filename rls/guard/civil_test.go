package guard_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/golang-sql/civil"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/internal/testkit"
	"github.com/multi-orm/orm/rls/guard"
	"github.com/multi-orm/orm/source/postgres"
	"github.com/multi-orm/orm/source/sqlite"
)

// errand has a date and a time of day that belong to no zone.
type errand struct {
	ID   int64      `orm:"id,auto" json:"id"`
	Due  civil.Date `orm:"due,type=date" json:"due"`
	From civil.Time `orm:"from_time,type=time" json:"from"`
}

var errands = orm.Bind[errand, struct {
	ID   orm.Col[errand, int64]
	Due  orm.Col[errand, civil.Date]
	From orm.Col[errand, civil.Time]
}]()

// Requests compare dates and times of day as columns do.
func TestCivilTimesInRequests(t *testing.T) {
	shape := guard.MustCompile(guard.Shape[errand]{
		Select:  guard.Only[errand](errands.ID, errands.Due, errands.From),
		Where:   guard.Where[errand]{guard.Allow(errands.Due), guard.Allow(errands.From)},
		OrderBy: guard.Only[errand](errands.Due),
		Create:  guard.Data[errand]{guard.Accept(errands.Due), guard.Accept(errands.From)},
	})
	for name, source := range map[string]func() orm.Option{
		"sqlite":   func() orm.Option { return sqlite.Source("main", ":memory:") },
		"postgres": func() orm.Option { return postgres.Source("main", testkit.Postgres(t)) },
	} {
		t.Run(name, func(t *testing.T) {
			ctx := context.Background()
			db, err := orm.Open(ctx, source(), orm.Models(errand{}))
			must(t, err)
			defer db.Close()
			must(t, orm.CreateTables(ctx, db))
			repo := orm.Repo[errand](db)
			row, err := shape.Create(ctx, repo, []byte(`{"data": {"due": "2024-02-29", "from": "08:30:00"}}`))
			shows(t, row, err, `{"id":1,"due":"2024-02-29","from":"08:30:00"}`)
			must(t, repo.Create(ctx, &errand{Due: civil.Date{Year: 2024, Month: time.March, Day: 1}, From: civil.Time{Hour: 17}}))
			for where, n := range map[string]int64{
				`"due": "2024-02-29"`: 1, `"due": {"gte": "2024-03-01"}`: 1, `"due": {"between": ["2024-01-01", "2024-02-29"]}`: 1, `"due": {"lt": "2024-02-29"}`: 0,
				`"from": {"gt": "08:30:00"}`: 1, `"from": {"lte": "17:00:00"}`: 2,
			} {
				got, err := shape.Count(ctx, repo, []byte(`{"where": {`+where+`}}`))
				if err != nil || got != n {
					t.Errorf("%s gives %d, want %d (%v, %v)", where, got, n, err, errors.Unwrap(err))
				}
			}
			if _, err := shape.Count(ctx, repo, []byte(`{"where": {"due": {"gte": "next week"}}}`)); err == nil {
				t.Error("a text that is no date is compared with dates")
			}
		})
	}
}
