package orm_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/source/sqlite"
)

// SQL gives the text and the arguments of a query, without running it.
func ExampleQuery_SQL() {
	db := example()
	defer db.Close()
	text, args, err := orm.Repo[Order](db).
		Where(Orders.Status.Eq("open"), Orders.Total.Gt(100)).
		Select(Orders.ID, Orders.Total).
		SQL()
	fmt.Println(text)
	fmt.Println(args, err)
	// Output:
	// SELECT "orders"."id", "orders"."total" FROM "orders" WHERE "orders"."status" = ?1 AND "orders"."total" > ?2
	// [open 100] <nil>
}

// Explain shows every statement that a query would run.
func ExampleQuery_Explain() {
	db := example()
	defer db.Close()
	plan, err := orm.Repo[Order](db).
		Select(Orders.ID).
		With(Orders.User.Select(Users.Email)).
		Take(10).
		Explain(context.Background())
	fmt.Print(plan)
	fmt.Println(err)
	// Output:
	// Order (main)
	//   SELECT "orders"."id", "orders"."user_id" FROM "orders" ORDER BY "orders"."id" ASC LIMIT ?1
	//   User → User (main)
	//     SELECT "users"."email", "users"."id" FROM "users" WHERE "users"."id" IN (SELECT value FROM json_each(?1)) ORDER BY "users"."id"
	// <nil>
}

// Analyze runs the query and tells what each step gave and cost.
func ExampleAnalyze() {
	db := example()
	defer db.Close()
	plan, err := orm.Repo[User](db).Include("Orders").Explain(context.Background(), orm.Analyze)
	for _, s := range plan.Steps {
		fmt.Println(s.Model, s.Ran.Statements, s.Ran.Rows, s.Ran.Duration > 0)
	}
	fmt.Println(err)
	// Output:
	// User 1 3 true
	// Order 1 4 true
	// <nil>
}

// A plan is JSON with keys that stay as they are.
func ExamplePlan_json() {
	db := example()
	defer db.Close()
	plan, err := orm.Repo[Team](db).Where(Teams.Name.Eq("Core")).Explain(context.Background())
	check(err)
	text, err := json.Marshal(plan)
	fmt.Println(string(text), err)
	// Output: {"steps":[{"path":"","source":"main","model":"Team","text":"SELECT \"teams\".\"id\", \"teams\".\"name\" FROM \"teams\" WHERE \"teams\".\"name\" = ?1","args":1,"scopes":[]}]} <nil>
}

// An Observer sees each statement, never its arguments.
func ExampleObserver() {
	watch := false
	db := example(orm.Observer(func(_ context.Context, s orm.Statement) {
		if watch {
			fmt.Println(s.Source, s.Verb, s.Model, s.Rows)
		}
	}))
	defer db.Close()
	watch = true
	_, err := orm.Repo[User](db).Include("Orders", "Teams").All(context.Background())
	fmt.Println(err)
	// Output:
	// main select User 3
	// main select Order 4
	// main select Team 3
	// <nil>
}

// Logger writes statements at level debug.
func ExampleLogger() {
	var level slog.LevelVar
	handler := slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{Level: &level, ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey || a.Key == "took" { // they differ from run to run
			return slog.Attr{}
		}
		return a
	}})
	db := example(orm.Logger(slog.New(handler)))
	defer db.Close()

	level.Set(slog.LevelDebug)
	_, err := orm.Repo[Team](db).Where(Teams.Name.Eq("Core")).Count(context.Background())
	fmt.Println(err)
	// Output:
	// level=DEBUG msg="orm statement" source=main model=Team verb=select sql="SELECT COUNT(*) FROM \"teams\" WHERE \"teams\".\"name\" = ?1" rows=1
	// <nil>
}

// LogArgs adds the arguments. User.Password is tagged hidden.
func ExampleLogArgs() {
	var level slog.LevelVar
	handler := slog.NewJSONHandler(os.Stdout, &slog.HandlerOptions{Level: &level, ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == "verb" || a.Key == "args" {
			return a
		}
		return slog.Attr{}
	}})
	db := example(orm.Logger(slog.New(handler), orm.LogArgs()))
	defer db.Close()

	level.Set(slog.LevelDebug)
	_, err := orm.Repo[User](db).Where(Users.Email.EndsWith("@example.com"), Users.ID.In(1, 2), orm.Repo[User](db).F("Password").Ne("hunter2")).Count(context.Background())
	fmt.Println(err)
	// Output:
	// {"verb":"select","args":["*@example.com",[1,2],"[redacted]"]}
	// <nil>
}

// The kind of an error is found with errors.Is, what it is about with errors.As.
func ExampleError() {
	ctx := context.Background()
	db := example()
	defer db.Close()
	err := orm.Repo[Team](db).Create(ctx, &Team{Name: "Core"})

	var e *orm.Error
	if errors.As(err, &e) && errors.Is(err, orm.ErrConflict) {
		fmt.Println(e.Op, e.Model, e.Source)
	}
	fmt.Println(strings.Contains(err.Error(), "Core")) // no value of a row is in the text
	// Output:
	// Create Team main
	// false
}

// Stats tells how well compiled statements serve and how connections are used.
func ExampleDB_Stats() {
	db := example()
	defer db.Close()
	before := db.Stats()[0].Statements
	for id := range 3 {
		_, err := orm.Repo[User](db).Where(Users.ID.Gt(int64(id)), Users.Email.Contains("@")).All(context.Background())
		check(err)
	}
	s := db.Stats()[0]
	fmt.Println(s.Source, s.Statements.Misses-before.Misses, s.Statements.Hits-before.Hits, s.Pool.InUse)
	// Output: main 1 2 0
}

// TxObserver shows what becomes of transactions: how long they hold a connection, how often they run again, and what undid them.
func ExampleTxObserver() {
	ctx := context.Background()
	seen := func(_ context.Context, s orm.TxStep) {
		if s.Cause != nil {
			fmt.Println(s.Step, "because of:", s.Cause)
			return
		}
		fmt.Println(s.Step)
	}
	db, err := orm.Open(ctx, sqlite.Source("main", ":memory:"), orm.Models(User{}), orm.TxObserver(seen))
	if err != nil {
		panic(err)
	}
	defer db.Close()
	if err := orm.CreateTables(ctx, db); err != nil {
		panic(err)
	}
	err = db.Tx(ctx, func(tx orm.DB) error {
		n, err := orm.Repo[User](tx).Count(ctx)
		if err == nil && n == 0 {
			err = errors.New("nobody is here")
		}
		return err
	})
	fmt.Println(err)
	// Output:
	// begin
	// commit
	// begin
	// rollback because of: nobody is here
	// nobody is here
}
