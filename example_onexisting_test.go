package orm_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
)

// A soft-deleted row keeps its key. OnExisting says whether a new row of that key takes its place or brings it back.
func ExampleQuery_OnExisting() {
	ctx := context.Background()
	db := example()
	defer db.Close()
	check(db.Use(hook.SoftDelete()))
	users := orm.Repo[User](db)
	bob, err := users.ByID(2).Delete(ctx)
	check(err)

	err = users.Create(ctx, &User{ID: bob.ID, Email: "bob@example.com", Role: "user"})
	fmt.Println(errors.Is(err, orm.ErrConflict))

	u := User{ID: bob.ID, Email: "robert@example.com", Role: "admin", TenantID: 123}
	err = users.OnExisting(orm.Revive).Create(ctx, &u)
	fmt.Println(u.Email, u.CreatedAt.Equal(bob.CreatedAt), u.Version, err)

	err = users.OnExisting(orm.Revive).Create(ctx, &User{ID: bob.ID, Email: "new@example.com", Role: "user"})
	fmt.Println("a living row:", errors.Is(err, orm.ErrConflict))

	_, err = users.ByID(bob.ID).Delete(ctx)
	check(err)
	u = User{ID: bob.ID, Email: "bob@example.com", Role: "user", TenantID: 123}
	err = users.OnExisting(orm.Replace).Create(ctx, &u)
	fmt.Println(u.Email, u.CreatedAt.Equal(bob.CreatedAt), u.Version, err)
	// Output:
	// true
	// robert@example.com true 1 <nil>
	// a living row: true
	// bob@example.com false 0 <nil>
}
