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

// With hook.SoftDelete, a delete hides the row. Restore brings it back, ForceDelete removes it for good.
func ExampleQuery_Restore() {
	ctx := context.Background()
	db := example()
	defer db.Close()
	check(db.Use(hook.SoftDelete()))
	users := orm.Repo[User](db)

	n, err := users.Where(Users.Role.Eq("user")).DeleteMany(ctx)
	fmt.Println(n, err)
	gone, err := users.Query().OnlyDeleted().All(ctx)
	fmt.Println(emails(gone), err)

	n, err = users.Where(Users.Email.Eq("bob@example.com")).Restore(ctx)
	fmt.Println(n, err)
	n, err = users.Where(Users.Email.Eq("cleo@example.org")).ForceDelete(ctx)
	fmt.Println(n, err)
	all, err := users.Query().WithDeleted().All(ctx)
	fmt.Println(emails(all), err)
	// Output:
	// 2 <nil>
	// [bob@example.com cleo@example.org] <nil>
	// 1 <nil>
	// 1 <nil>
	// [ada@example.com bob@example.com] <nil>
}
