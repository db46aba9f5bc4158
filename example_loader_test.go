package orm_test

import (
	"context"
	"fmt"
	"sync"

	"github.com/multi-orm/orm"
)

// Resolvers that know nothing of each other ask for rows by key. With a loader in the context of the request their
// calls become one statement, and a row that was read is not read again.
func ExampleWithLoader() {
	db := example()
	defer db.Close()
	ctx := orm.WithLoader(context.Background())

	names := make([]string, 6)
	var wg sync.WaitGroup
	for i := range names {
		wg.Go(func() {
			team, err := orm.Repo[Team](db).Load(ctx, i%2+1)
			check(err)
			names[i] = team.Name
		})
	}
	wg.Wait()
	fmt.Println(names)

	_, err := orm.Repo[Team](db).ByID(1).Update(ctx, Teams.Name.Set("Kernel")) // a write empties the loader
	check(err)
	team, err := orm.Repo[Team](db).Load(ctx, 1)
	fmt.Println(team.Name, err)
	// Output:
	// [Core Docs Core Docs Core Docs]
	// Kernel <nil>
}
