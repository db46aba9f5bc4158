package orm_test

import (
	"context"
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
	db := example(orm.Logger(slog.New(handler), orm.LogArgs))
	defer db.Close()

	level.Set(slog.LevelDebug)
	_, err := orm.Repo[User](db).Where(Users.Email.EndsWith("@example.com"), Users.ID.In(1, 2), orm.Repo[User](db).F("Password").Ne("hunter2")).Count(context.Background())
	fmt.Println(err)
	// Output:
	// {"verb":"select","args":["*@example.com",[1,2],"[redacted]"]}
	// <nil>
}

// CreateTables is for tests and quick starts. It creates what is absent and may be called twice.
func ExampleCreateTables() {
	ctx := context.Background()
	db, err := orm.Open(ctx, sqlite.Source("main", ":memory:"), orm.Models(Team{}))
	check(err)
	defer db.Close()
	fmt.Println(orm.CreateTables(ctx, db))
	fmt.Println(orm.CreateTables(ctx, db))
	n, err := orm.Repo[Team](db).Count(ctx)
	fmt.Println(n, err)
	// Output:
	// <nil>
	// <nil>
	// 0 <nil>
}

// Schema prints what CreateTables runs.
func ExampleSchema() {
	db, err := orm.Open(context.Background(), sqlite.Source("main", ":memory:"), orm.Models(Team{}))
	check(err)
	defer db.Close()
	fmt.Print(orm.Schema(db))
	// Output:
	// -- source main
	// CREATE TABLE IF NOT EXISTS "teams" ("id" INTEGER PRIMARY KEY AUTOINCREMENT, "name" TEXT NOT NULL);
	// CREATE UNIQUE INDEX IF NOT EXISTS "teams_name_key" ON "teams" ("name");
}

// The actor travels in the context. Scopes, policies and the audit read it; nothing is set on a shared client.
func ExampleWithActor() {
	ctx := orm.WithActor(context.Background(), orm.Actor{ID: 7, TenantID: 123, Role: "sales"})
	a, ok := orm.ActorFrom(ctx)
	fmt.Println(a.ID, a.TenantID, a.Role, ok)
	// Output: 7 123 sales true
}

// Limits bound what one call may cost. Going over is an error, never a cut in silence.
func ExampleLimits() {
	ctx := context.Background()
	db := example(orm.Limits{MaxIncludeDepth: 1, MaxFanOut: 2})
	defer db.Close()
	_, err := orm.Repo[User](db).Include("Orders").All(ctx)
	fmt.Println(errors.Is(err, orm.ErrLimit), err)
	_, err = orm.Repo[User](db).Include("Orders.User").All(ctx)
	fmt.Println(errors.Is(err, orm.ErrLimit))
	users, err := orm.Repo[User](db).With(Users.Orders.Take(2)).All(ctx)
	fmt.Println(len(users), err)
	// Output:
	// true orm: All User.Orders (source main): limit exceeded: a parent has more than MaxFanOut (2) children: say Take, or raise the limit
	// true
	// 3 <nil>
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
