package guard_test

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
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
	Done *ownDate   `orm:"done,type=date" json:"done"`
	Seen time.Time  `orm:"seen,type=date" json:"seen"`
}

// ownDate is a program's own date, with Scan and Value and no text form.
type ownDate struct{ year, month, day int }

// Value writes the date.
func (d ownDate) Value() (driver.Value, error) {
	return fmt.Sprintf("%04d-%02d-%02d", d.year, d.month, d.day), nil
}

// Scan reads what drivers make of dates.
func (d *ownDate) Scan(v any) error {
	switch x := v.(type) {
	case time.Time:
		*d = ownDate{x.Year(), int(x.Month()), x.Day()}
		return nil
	case string:
		_, err := fmt.Sscanf(x, "%d-%d-%d", &d.year, &d.month, &d.day)
		return err
	case []byte:
		return d.Scan(string(x))
	}
	return fmt.Errorf("%T is no date", v)
}

var errands = orm.Bind[errand, struct {
	ID   orm.Col[errand, int64]
	Due  orm.Col[errand, civil.Date]
	From orm.Col[errand, civil.Time]
	Done orm.Col[errand, ownDate]
	Seen orm.Time[errand]
}]()

// Requests compare dates and times of day as columns do.
func TestCivilTimesInRequests(t *testing.T) {
	shape := guard.MustCompile(guard.Shape[errand]{
		Select:  guard.Only[errand](errands.ID, errands.Due, errands.From, errands.Done, errands.Seen),
		Where:   guard.Where[errand]{guard.Allow(errands.Due), guard.Allow(errands.From), guard.Allow(errands.Done), guard.Allow(errands.Seen)},
		OrderBy: guard.Only[errand](errands.Due, errands.Done),
		Groups:  guard.Groups[errand]{By: guard.Only[errand](errands.Due, errands.Done), Aggregates: guard.Aggregates(guard.CountAll)},
		Create:  guard.Data[errand]{guard.Accept(errands.Due), guard.Accept(errands.From), guard.Accept(errands.Done), guard.Accept(errands.Seen)},
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
			row, err := shape.Create(ctx, repo, []byte(`{"data": {"due": "2024-02-29", "from": "08:30:00", "done": "2024-03-02", "seen": "2024-03-03"}}`))
			shows(t, row, err, `{"id":1,"due":"2024-02-29","from":"08:30:00","done":"2024-03-02","seen":"2024-03-03T00:00:00Z"}`)
			for _, bad := range []string{`"done": "2024-02-30", "seen": "2024-03-03"`, `"done": "2024-03-02T00:00:00Z", "seen": "2024-03-03"`, `"done": 20240302, "seen": "2024-03-03"`,
				`"seen": "2024-03-03T12:00:00Z"`, `"seen": "2024-02-30"`} {
				_, err := shape.Create(ctx, repo, []byte(`{"data": {"due": "2024-02-29", "from": "08:30:00", `+bad+`}}`))
				if refusal := guard.ErrorOf(err); refusal == nil || !strings.HasSuffix(refusal.Path, "seen") && !strings.HasSuffix(refusal.Path, "done") {
					t.Errorf("%s: %v", bad, err)
				}
			}

			must(t, repo.Create(ctx, &errand{Due: civil.Date{Year: 2024, Month: time.March, Day: 1}, From: civil.Time{Hour: 17}}))
			for where, n := range map[string]int64{
				`"due": "2024-02-29"`: 1, `"due": {"gte": "2024-03-01"}`: 1, `"due": {"between": ["2024-01-01", "2024-02-29"]}`: 1, `"due": {"lt": "2024-02-29"}`: 0,
				`"from": {"gt": "08:30:00"}`: 1, `"done": {"gt": "2024-03-01"}`: 1, `"done": {"in": ["2024-03-02", "2024-03-03"]}`: 1, `"done": {"isNull": true}`: 1,
				`"seen": "2024-03-03"`: 1, `"seen": {"lt": "2024-03-03T12:00:00Z"}`: 2, `"seen": {"gte": "2024-03-03T00:00:01Z"}`: 0, `"from": {"lte": "17:00:00"}`: 2,
			} {
				got, err := shape.Count(ctx, repo, []byte(`{"where": {`+where+`}}`))
				if err != nil || got != n {
					t.Errorf("%s gives %d, want %d (%v, %v)", where, got, n, err, errors.Unwrap(err))
				}
			}
			groups, err := shape.GroupBy(ctx, repo, []byte(`{"by": ["due", "done"], "_count": true}`))
			shows(t, groups, err, `[{"due":"2024-02-29","done":"2024-03-02","_count":1},{"due":"2024-03-01","done":null,"_count":1}]`)
			if _, err := shape.Count(ctx, repo, []byte(`{"where": {"due": {"gte": "next week"}}}`)); err == nil {
				t.Error("a text that is no date is compared with dates")
			}
		})
	}
}
