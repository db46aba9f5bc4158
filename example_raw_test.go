package orm_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/rls"
)

// Raw runs SQL text that must be a constant. A struct takes the columns by name; :name takes Args.
func ExampleRaw() {
	type Report struct {
		Email string  `orm:"email"`
		Sum   float64 `orm:"sum"`
	}
	db := example()
	defer db.Close()
	rows, err := orm.Raw[Report](context.Background(), db.Source("main"), `
		SELECT u.email, sum(o.total) AS sum
		FROM users u JOIN orders o ON o.user_id = u.id
		WHERE o.total >= :least
		GROUP BY u.email ORDER BY u.email`, orm.Args{"least": 60})
	fmt.Println(rows, err)
	// Output: [{ada@example.com 500}] <nil>
}

// {{Model}} stands for the rows that the caller may read: the text runs for a tenant without a bypass.
func ExampleRaw_placeholder() {
	ctx := orm.WithActor(context.Background(), orm.Actor{ID: 7, TenantID: 123})
	db := example()
	defer db.Close()
	check(db.Use(rls.Tenant(), rls.Global(Order{}, Post{}, Team{}), hook.SoftDelete()))

	rows, err := orm.Raw[map[string]any](ctx, db, `
		SELECT u.email, count(*) AS orders
		FROM {{User}} u JOIN {{Order}} o ON o.user_id = u.id
		WHERE o.total >= :least
		GROUP BY u.email`, orm.Args{"least": 60})
	fmt.Println(rows, err)
	_, err = orm.Raw[string](ctx, db, "SELECT u.email FROM {{User}} u, users")
	fmt.Println(errors.Is(err, orm.ErrDenied))
	_, err = orm.Raw[string](ctx, db, "SELECT email FROM {{Usr}}")
	fmt.Println(err)
	// Output:
	// [map[email:ada@example.com orders:3]] <nil>
	// true
	// orm: Raw (source main): invalid: SQL text: {{Usr}} is no model of the source, by its name or its table (did you mean "User"?)
}

// A scalar takes a result of one column. Placeholders without names are the source's own.
func ExampleRaw_scalar() {
	db := example()
	defer db.Close()
	emails, err := orm.Raw[string](context.Background(), db, "SELECT email FROM users WHERE id > ? ORDER BY id", 1)
	fmt.Println(emails, err)
	// Output: [bob@example.com cleo@example.org] <nil>
}

// A slice alone in the parentheses of IN is tested as a list; rows may be maps.
func ExampleArgs() {
	db := example()
	defer db.Close()
	rows, err := orm.Raw[map[string]any](context.Background(), db,
		"SELECT id, email FROM users WHERE id IN (:ids) ORDER BY id", orm.Args{"ids": []int64{1, 3}})
	fmt.Println(rows, err)
	// Output: [map[email:ada@example.com id:1] map[email:cleo@example.org id:3]] <nil>
}

// RawRows streams; leaving the loop early ends the statement.
func ExampleRawRows() {
	db := example()
	defer db.Close()
	for email, err := range orm.RawRows[string](context.Background(), db, "SELECT email FROM users ORDER BY id") {
		fmt.Println(email, err)
		break
	}
	// Output: ada@example.com <nil>
}

// Text that is put together while the program runs passes by Unsafe only. Values stay arguments.
func ExampleUnsafe() {
	db := example()
	defer db.Close()
	table := "users" // one of the program's own words, never input
	n, err := orm.Raw[int64](context.Background(), db, orm.Unsafe("SELECT count(*) FROM "+table+" WHERE id > :id"), orm.Args{"id": 1})
	fmt.Println(n, err)
	// Output: [2] <nil>
}

func ExampleDB_Exec() {
	db := example()
	defer db.Close()
	n, err := db.Exec(context.Background(), "UPDATE orders SET status = :new WHERE status = :old",
		orm.Args{"new": "paid", "old": "completed"})
	fmt.Println(n, err)
	// Output: 3 <nil>
}
