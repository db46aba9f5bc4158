package postgres_test

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/internal/testkit"
	"github.com/multi-orm/orm/source/postgres"
)

type memo struct {
	ID   int64  `orm:"id,auto,table=memos"`
	Text string `orm:"text"`
}

// What an actor writes it reads again, though the replica may not have it yet: for two seconds its reads go to the primary.
func ExampleReadYourWrites() {
	ctx := orm.WithActor(context.Background(), orm.Actor{ID: 7, TenantID: 1})
	db, err := orm.Open(ctx, postgres.Source("main", os.Getenv("DATABASE_URL"),
		postgres.Replicas(os.Getenv("REPLICA_URL")), postgres.ReadYourWrites(2*time.Second)), orm.Models(memo{}))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer db.Close()
	m := memo{Text: "hello"}
	if err := orm.Repo[memo](db).Create(ctx, &m); err != nil {
		fmt.Println(err)
		return
	}
	m, err = orm.Repo[memo](db).ByID(m.ID).One(ctx) // from the primary
	fmt.Println(m.Text, err)
}

// Close waits for the statements that run, but no longer than five seconds: then it ends them.
func ExampleCloseWithin() {
	ctx := context.Background()
	db, err := orm.Open(ctx, postgres.Source("main", os.Getenv("DATABASE_URL"), postgres.CloseWithin(5*time.Second)), orm.Models(memo{}))
	if err != nil {
		fmt.Println(err)
		return
	}
	go func() { _, _ = orm.Repo[memo](db).Count(ctx) }()
	fmt.Println(db.Close())
}

// The examples need a server, so they are run here, and not by their output.
func TestExamples(t *testing.T) {
	dsn := testkit.Postgres(t)
	t.Setenv("DATABASE_URL", dsn)
	t.Setenv("REPLICA_URL", dsn)
	db, err := orm.Open(t.Context(), postgres.Source("main", dsn), orm.Models(memo{}))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := orm.CreateTables(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	for want, example := range map[string]func(){"hello <nil>\n": ExampleReadYourWrites, "<nil>\n": ExampleCloseWithin} {
		if got := printed(t, example); got != want {
			t.Errorf("printed %q, want %q", got, want)
		}
	}
}

// printed gives what fn writes to standard output.
func printed(t *testing.T, fn func()) string {
	t.Helper()
	f, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	out := os.Stdout
	os.Stdout = f
	fn()
	os.Stdout = out
	text, err := os.ReadFile(f.Name())
	if err != nil || f.Close() != nil {
		t.Fatal(err)
	}
	return string(text)
}
