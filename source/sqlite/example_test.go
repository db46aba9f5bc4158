package sqlite_test

import (
	"context"
	"fmt"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/source/sqlite"
)

// Visit is in a file that another program has written: epoch seconds and texts of many forms.
type Visit struct {
	ID   int64     `orm:"id"`
	From time.Time `orm:"from,type=integer"`
	To   time.Time `orm:"to"`
}

var Visits = orm.Bind[Visit, struct{ From, To orm.Time[Visit] }]()

// Epoch numbers need their tag and no more. Texts of other forms than the library's are found by Check and mended by
// RewriteTimes.
func ExampleDataSource_RewriteTimes() {
	ctx := context.Background()
	src := sqlite.Source("main", ":memory:")
	db, err := orm.Open(ctx, src, orm.Models(Visit{}))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer db.Close()
	for _, text := range []string{`CREATE TABLE visits (id INTEGER PRIMARY KEY, "from" INTEGER NOT NULL, "to" TEXT NOT NULL)`,
		`INSERT INTO visits VALUES (1, 1609459200, '2021-01-01T01:30:00+01:00'), (2, 1609459200, '2021-01-01 00:40')`} {
		if _, err := db.Exec(ctx, orm.Unsafe(text)); err != nil {
			fmt.Println(err)
			return
		}
	}
	midnight := time.Date(2021, 1, 1, 0, 0, 0, 0, time.UTC)
	late := func(about string) {
		n, err := orm.Repo[Visit](db).Where(Visits.From.Eq(midnight), Visits.To.Lt(midnight.Add(35*time.Minute))).Count(ctx)
		fmt.Println(about, n, err)
	}
	late("before:")
	found, err := db.Check(ctx)
	for _, f := range found {
		fmt.Println(f.Model, f.Field, err)
	}
	done, err := src.RewriteTimes(ctx)
	fmt.Println(done[0].Column, done[0].Rows, err)
	late("after:")
	// Output:
	// before: 0 <nil>
	// Visit To <nil>
	// to 2 <nil>
	// after: 1 <nil>
}

// A column that another program goes on writing is compared as times, whatever forms it holds.
func ExampleForeignTimes() {
	ctx := context.Background()
	db, err := orm.Open(ctx, sqlite.Source("main", ":memory:", sqlite.ForeignTimes("Visit.To")), orm.Models(Visit{}))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer db.Close()
	if err := orm.CreateTables(ctx, db); err != nil {
		fmt.Println(err)
		return
	}
	if _, err := db.Exec(ctx, `INSERT INTO visits VALUES (1, 0, '2021-01-01T01:30:00+01:00'), (2, 0, '2021-01-01 00:40')`); err != nil {
		fmt.Println(err)
		return
	}
	visits, err := orm.Repo[Visit](db).OrderBy(Visits.To.Asc()).All(ctx)
	for _, v := range visits {
		fmt.Println(v.ID, v.To.Format(time.TimeOnly), err)
	}
	// Output:
	// 1 00:30:00 <nil>
	// 2 00:40:00 <nil>
}
