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

func ExampleDB_Exec() {
	db := example()
	defer db.Close()
	n, err := db.Exec(context.Background(), "UPDATE orders SET status = :new WHERE status = :old",
		orm.Args{"new": "paid", "old": "completed"})
	fmt.Println(n, err)
	// Output: 3 <nil>
}
