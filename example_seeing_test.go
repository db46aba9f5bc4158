package orm_test

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/multi-orm/orm"
)

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

// Reads under Primary see what was just written, also where there are read replicas.
func ExamplePrimary() {
	db := example()
	defer db.Close()
	ctx := context.Background()
	team := Team{Name: "Field"}
	check(orm.Repo[Team](db).Create(ctx, &team))
	back, err := orm.Repo[Team](db).ByID(team.ID).One(orm.Primary(ctx))
	fmt.Println(back.Name, err)
	// Output: Field <nil>
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
