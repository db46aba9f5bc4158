package introspect_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/source/introspect"
	"github.com/multi-orm/orm/source/sqlite"
)

// Member is what a program wants of a table that an older one made.
type Member struct {
	ID    int64  `orm:"id,auto"`
	Email string `orm:"email"`
	Alias string `orm:"alias,unique"`
	Role  string `orm:"role,default=guest"`
}

func exampleMembers(ctx context.Context) orm.DB {
	db, err := orm.Open(ctx, sqlite.Source("main", ":memory:"), orm.Models(Member{}))
	if err != nil {
		panic(err)
	}
	if _, err := db.Exec(ctx, "CREATE TABLE members (id INTEGER PRIMARY KEY, email TEXT NOT NULL, nick TEXT)"); err != nil {
		panic(err)
	}
	return db
}

// A plan is a value to look at; nothing of it runs.
func ExamplePlan() {
	ctx := context.Background()
	db := exampleMembers(ctx)
	defer db.Close()
	plan, err := introspect.Plan(ctx, db)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range plan.Changes {
		fmt.Println(c.Kind, c.Table, c.Column, c.Destructive)
	}
	fmt.Println(plan.Changes[0].Up[0])
	fmt.Println(plan.Notes[0])
	// Output:
	// add column members alias false
	// add column members role false
	// add unique members  false
	// rebuild table members  true
	// ALTER TABLE "members" ADD COLUMN "alias" TEXT
	// members.alias: is added, and no field maps nick, which is of a like type: if it is the same under a new name, write this in place of the step that adds it: ALTER TABLE "members" RENAME COLUMN "nick" TO "alias"
}

// With a value for rows that have none, the column is NOT NULL by steps that lose nothing.
func ExampleFill() {
	ctx := context.Background()
	db := exampleMembers(ctx)
	defer db.Close()
	plan, err := introspect.Plan(ctx, db, introspect.Fill("members.alias", "COALESCE(nick, email)"))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range plan.Changes {
		fmt.Println(c.Kind, c.Table, c.Column, c.Destructive)
	}
	// Output:
	// add column members role false
	// rebuild table members  false
	// add unique members  true
}

// The files of a tool, which runs them; what may fail on the rows that are there stands in them as a comment.
func ExampleMigration_WriteFiles() {
	ctx := context.Background()
	db, err := orm.Open(ctx, sqlite.Source("main", ":memory:"), orm.Models(Member{}))
	if err != nil {
		panic(err)
	}
	defer db.Close()
	if _, err := db.Exec(ctx, "CREATE TABLE members (id INTEGER PRIMARY KEY, email TEXT NOT NULL, alias TEXT NOT NULL)"); err != nil {
		panic(err)
	}
	dir, err := os.MkdirTemp("", "migrations")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	write := func() error {
		plan, err := introspect.Plan(ctx, db)
		if err != nil {
			return err
		}
		noon := time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
		return plan.WriteFiles(dir, introspect.Goose, "add_role", introspect.Clock(func() time.Time { return noon }))
	}
	if err := write(); err != nil {
		fmt.Println(err)
		return
	}
	text, err := os.ReadFile(dir + "/20260102120000_add_role.sql")
	fmt.Printf("%s%v\n", text, err)
	if _, err := db.Exec(ctx, "DROP TABLE members"); err != nil {
		panic(err)
	}
	if err := orm.CreateTables(ctx, db); err != nil {
		panic(err)
	}
	fmt.Println(errors.Is(write(), introspect.ErrNothing))
	// Output:
	// -- +goose Up
	// -- add column members.role: no column of the name is there, rows that are there get 'guest'
	// ALTER TABLE "members" ADD COLUMN "role" TEXT NOT NULL DEFAULT 'guest';
	//
	// -- Destructive, so it is a comment: take the marks away where it is meant.
	// -- add unique members: nothing keeps two rows from having the same (alias), rows that do make the step fail
	// -- CREATE UNIQUE INDEX "members_alias_key" ON "members" ("alias");
	//
	// -- +goose Down
	// -- back from add unique members
	// -- DROP INDEX "members_alias_key";
	//
	// -- back from add column members.role
	// ALTER TABLE "members" DROP COLUMN "role";
	// <nil>
	// true
}
