package dialect_test

import (
	"fmt"

	"github.com/multi-orm/orm/dialect"
)

// The same question in three dialects.
func Example() {
	for _, d := range []dialect.Dialect{dialect.Postgres{}, dialect.SQLite{}, dialect.SQLServer{}} {
		text := "SELECT * FROM " + dialect.Table(d, "", "users") + " WHERE " + d.Like(d.Quote("name"), dialect.Arg)
		fmt.Println(dialect.Number(d, text), "--", d.Pattern(dialect.Contains, "50%"))
	}
	// Output:
	// SELECT * FROM "users" WHERE "name" LIKE $1 ESCAPE '\' -- %50\%%
	// SELECT * FROM "users" WHERE "name" GLOB ?1 -- *50%*
	// SELECT * FROM [users] WHERE [name] COLLATE Latin1_General_100_BIN2 LIKE @p1 -- %50[%]%
}

func ExampleDialect_order() {
	for _, d := range []dialect.Dialect{dialect.Postgres{}, dialect.SQLite{}, dialect.SQLServer{}} {
		fmt.Println(d.Order("age", false, dialect.NullsLargest, true))
	}
	// Output:
	// [age ASC]
	// [age ASC NULLS LAST]
	// [CASE WHEN age IS NULL THEN 1 ELSE 0 END age ASC]
}

func ExampleNumber() {
	fmt.Println(dialect.Number(dialect.SQLServer{}, "a = "+dialect.Arg+" AND b = "+dialect.Arg))
	// Output: a = @p1 AND b = @p2
}
