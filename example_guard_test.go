package orm_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/rls"
)

// Scopes hold on every statement that touches a model. Who asks travels in the context.
func ExampleDB_Use() {
	db := example()
	defer db.Close()
	err := db.Use(rls.Tenant(), rls.Global(Order{}, Post{}, Team{}), hook.SoftDelete())
	fmt.Println(err)

	users := orm.Repo[User](db)
	_, err = users.Count(context.Background())
	fmt.Println(errors.Is(err, orm.ErrNoActor))

	ours := orm.WithActor(context.Background(), orm.Actor{ID: 7, TenantID: 123})
	theirs := orm.WithActor(context.Background(), orm.Actor{ID: 8, TenantID: 456})
	n, err := users.Count(ours)
	fmt.Println(n, err)
	_, err = users.ByID(1).Delete(theirs)
	fmt.Println(errors.Is(err, orm.ErrNotFound))

	_, err = users.ByID(1).Delete(ours)
	fmt.Println(err)
	n, err = users.Count(ours)
	fmt.Println(n, err)
	n, err = users.Query().WithDeleted().Count(ours)
	fmt.Println(n, err)
	// Output:
	// <nil>
	// true
	// 3 <nil>
	// true
	// <nil>
	// 2 <nil>
	// 3 <nil>
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

// A handler answers what a call gave by its status, and logs the error.
func ExampleHTTPStatus() {
	ctx := context.Background()
	db := example()
	defer db.Close()
	_, err := orm.Repo[User](db).Where(Users.Email.Eq("eve@example.com")).First(ctx)
	fmt.Println(orm.HTTPStatus(err))
	err = orm.Repo[User](db).Create(ctx, &User{Email: "ada@example.com", Role: "user"})
	fmt.Println(orm.HTTPStatus(err), errors.Is(err, orm.ErrConflict))
	// Output:
	// 404
	// 409 true
}
