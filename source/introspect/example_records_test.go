package introspect_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/source/introspect"
)

// exampleTables are the tables of exampleDB with two people in them.
func exampleTables(ctx context.Context) (orm.DB, introspect.Tables) {
	db := exampleDB(ctx)
	tables, err := introspect.Open(ctx, db.Source("main"), introspect.Relate("threads.user_id", "user", "threads"))
	if err != nil {
		panic(err)
	}
	if _, err := tables.Table("users").Create(ctx, introspect.Values{"email": "ann@example.com", "role": "admin"}, introspect.Values{"email": "bob@example.com"}); err != nil {
		panic(err)
	}
	_, err = tables.Table("threads").Create(ctx, introspect.Values{"user_id": 1, "title": "Hello", "posted_at": "2024-01-01T00:00:00Z"},
		introspect.Values{"user_id": 1, "title": "News", "posted_at": "2024-01-02T00:00:00Z"})
	if err != nil {
		panic(err)
	}
	return db, tables
}

func show(v any, err error) {
	if err != nil {
		fmt.Println(err)
		return
	}
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	fmt.Println(string(text))
}

// Tables without structs, and both ends of a foreign key by name.
func ExampleOpen() {
	ctx := context.Background()
	db, tables := exampleTables(ctx)
	defer db.Close()
	fmt.Println(tables.Names())
	_, err := introspect.Open(ctx, db, introspect.Relate("threads.usr_id", "user", "threads"))
	fmt.Println(err)
	// Output:
	// [threads users]
	// orm: introspect (source main): invalid: there is no foreign key on "threads.usr_id" (did you mean "threads.user_id"?); there are threads.user_id
}

// Filters, an order, a limit, and relations with arguments of their own: the limit is of each user.
func ExampleRows_List() {
	ctx := context.Background()
	db, tables := exampleTables(ctx)
	defer db.Close()
	show(tables.Table("users").List(ctx, introspect.Args{
		Filter:  introspect.Filter{"role": introspect.AnyOf("admin", "user"), "email": introspect.Not(introspect.StartsWith("carl"))},
		OrderBy: "-email", Limit: 10,
		With: map[string]introspect.Args{"threads": {OrderBy: "-posted_at", Limit: 1}},
	}))
	show(tables.Table("users").List(ctx, introspect.Args{Filter: introspect.Filter{"emial": "x"}}))
	// Output:
	// [{"id":2,"email":"bob@example.com","role":"user","threads":[]},{"id":1,"email":"ann@example.com","role":"admin","threads":[{"id":2,"user_id":1,"title":"News","posted_at":"2024-01-02T00:00:00Z"}]}]
	// orm: List users.emial: invalid: there is no column "emial" (did you mean "email"?)
}

// One record, and what is above it.
func ExampleRows_First() {
	ctx := context.Background()
	db, tables := exampleTables(ctx)
	defer db.Close()
	thread, err := tables.Table("threads").First(ctx, introspect.Args{Filter: introspect.Filter{"title": "Hello"}, With: map[string]introspect.Args{"user": {}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(thread.Get("title"), thread.Get("user").(introspect.Record).Get("email"))
	_, err = tables.Table("threads").First(ctx, introspect.Args{Filter: introspect.Filter{"id": 9}})
	fmt.Println(errors.Is(err, orm.ErrNotFound))
	// Output:
	// Hello ann@example.com
	// true
}

// The number of rows that pass a filter.
func ExampleRows_Count() {
	ctx := context.Background()
	db, tables := exampleTables(ctx)
	defer db.Close()
	fmt.Println(tables.Table("threads").Count(ctx, introspect.Filter{"posted_at": introspect.AllOf(introspect.AtLeast("2024-01-02T00:00:00Z"), introspect.LessThan("2025-01-01T00:00:00Z"))}))
	// Output: 1 <nil>
}

// New rows come back with what the database made, in the order that they were given in.
func ExampleRows_Create() {
	ctx := context.Background()
	db, tables := exampleTables(ctx)
	defer db.Close()
	show(tables.Table("users").Create(ctx, introspect.Values{"email": "carl@example.com"}, introspect.Values{"email": "dora@example.com", "role": "admin"}))
	show(tables.Table("users").Create(ctx, introspect.Values{"role": "admin"}))
	// Output:
	// [{"id":3,"email":"carl@example.com","role":"user"},{"id":4,"email":"dora@example.com","role":"admin"}]
	// orm: Create users.email: invalid: a new row has to give the column
}

// The rows as they are after the change, though they no longer pass the filter.
func ExampleRows_Change() {
	ctx := context.Background()
	db, tables := exampleTables(ctx)
	defer db.Close()
	users := tables.Table("users")
	show(users.Change(ctx, introspect.Filter{"role": "user"}, introspect.Values{"role": "admin"}))
	_, err := users.Change(ctx, nil, introspect.Values{"role": "user"})
	fmt.Println(errors.Is(err, introspect.ErrUnfiltered))
	changed, err := users.EveryRow().Change(ctx, nil, introspect.Values{"role": "user"})
	fmt.Println(len(changed), err)
	// Output:
	// [{"id":2,"email":"bob@example.com","role":"admin"}]
	// true
	// 2 <nil>
}

// The number of rows deleted.
func ExampleRows_Delete() {
	ctx := context.Background()
	db, tables := exampleTables(ctx)
	defer db.Close()
	fmt.Println(tables.Table("threads").Delete(ctx, introspect.Filter{"title": introspect.Contains("ew")}))
	// Output: 1 <nil>
}

// Inside a transaction the same tables read and write in it.
func ExampleTables_In() {
	ctx := context.Background()
	db, tables := exampleTables(ctx)
	defer db.Close()
	err := db.Tx(ctx, func(tx orm.DB) error {
		_, err := tables.In(tx).Table("threads").EveryRow().Delete(ctx, nil)
		if err != nil {
			return err
		}
		return errors.New("changed my mind")
	})
	n, _ := tables.Table("threads").Count(ctx, nil)
	fmt.Println(err, n)
	// Output: changed my mind 2
}

// A record is an ordered map.
func ExampleRecord() {
	ctx := context.Background()
	db, tables := exampleTables(ctx)
	defer db.Close()
	user, err := tables.Table("users").First(ctx, introspect.Args{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for name, value := range user.All() {
		fmt.Printf("%s %T %v\n", name, value, value)
	}
	fmt.Println(user.Names(), user.Has("password"))
	// Output:
	// id int64 1
	// email string ann@example.com
	// role string admin
	// [id email role] false
}
