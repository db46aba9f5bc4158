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
