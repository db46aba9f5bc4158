package orm_test

import (
	"context"
	"fmt"

	"github.com/multi-orm/orm"
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
