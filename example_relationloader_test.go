package orm_test

import (
	"context"
	"fmt"
	"slices"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/source/sqlite"
)

// Subscriber is told of articles that no key leads to.
type Subscriber struct {
	ID        int64     `orm:"id,auto"`
	Name      string    `orm:"name"`
	Likes     []string  `orm:"likes"`
	Suggested []Article `orm:",computed"`
}

// A relation that no columns say is a computed field whose resolver loads the rows for all parents at once, with any
// query. It goes through the same handle, so hooks and scopes hold there too.
func Example_relationLoader() {
	ctx := context.Background()
	db, err := orm.Open(ctx, sqlite.Source("main", ":memory:"), orm.Models(Subscriber{}, Article{}))
	check(err)
	defer db.Close()
	check(orm.CreateTables(ctx, db))
	check(db.Use(hook.Computed("Suggested", []string{"Likes"}, func(ctx context.Context, subscribers []*Subscriber) error {
		var likes []string
		for _, s := range subscribers {
			likes = append(likes, s.Likes...)
		}
		articles, err := orm.Repo[Article](db).Where(Articles.Tags.HasAny(likes...)).OrderBy(Articles.Title.Asc()).All(ctx)
		for _, s := range subscribers {
			for _, a := range articles {
				if slices.ContainsFunc(a.Tags, func(tag string) bool { return slices.Contains(s.Likes, tag) }) {
					s.Suggested = append(s.Suggested, a)
				}
			}
		}
		return err
	})))
	_, err = orm.Repo[Article](db).CreateMany(ctx, []Article{{Title: "Storms", Tags: []string{"weather"}}, {Title: "Boats", Tags: []string{"sea"}}, {Title: "Ports", Tags: []string{"sea", "travel"}}})
	check(err)
	_, err = orm.Repo[Subscriber](db).CreateMany(ctx, []Subscriber{{Name: "Ada", Likes: []string{"sea"}}, {Name: "Bob", Likes: []string{"weather", "travel"}}, {Name: "Cleo"}})
	check(err)

	subscribers, err := orm.Repo[Subscriber](db).Sort("ID").All(ctx)
	for _, s := range subscribers {
		fmt.Println(s.Name, titles(s.Suggested))
	}
	fmt.Println(err)
	// Output:
	// Ada [Boats Ports]
	// Bob [Ports Storms]
	// Cleo []
	// <nil>
}
