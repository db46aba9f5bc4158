package orm_test

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/multi-orm/orm"
)

// UserPatch is what a client may change of a user.
type UserPatch struct {
	Email  orm.Opt[string] `json:"email,omitzero"`
	Name   orm.Opt[string] `json:"name,omitzero"`
	Active orm.Opt[bool]   `json:"active,omitzero"`
}

// A patch tells what the client left out from what it emptied.
func ExamplePatchOf() {
	ctx := context.Background()
	db := example()
	defer db.Close()
	users := orm.Repo[User](db)

	var p UserPatch
	check(json.Unmarshal([]byte(`{"name": null, "active": false}`), &p))
	u, err := users.ByID(1).Update(ctx, orm.PatchOf[User](p)...)
	fmt.Println(u.Email, u.Name == nil, u.Active, err)

	_, err = users.ByID(1).Update(ctx, orm.PatchOf[User](UserPatch{Email: orm.Null[string]()})...)
	fmt.Println(err)

	type Wrong struct{ Emial orm.Opt[string] }
	_, err = users.ByID(1).Update(ctx, orm.PatchOf[User](Wrong{})...)
	fmt.Println(err)
	// Output:
	// ada@example.com true false <nil>
	// orm: Update User.Email (source main): invalid: the column is not nullable
	// orm: User has no field "Emial" (did you mean "Email"?)
}

// An absent key stays absent on the way back.
func ExampleOpt() {
	text, err := json.Marshal(UserPatch{Email: orm.Value("x@example.com"), Name: orm.Null[string]()})
	fmt.Println(string(text), err)

	var p UserPatch
	check(json.Unmarshal([]byte(`{"email": "y@example.com"}`), &p))
	email, ok := p.Email.Get()
	fmt.Println(email, ok, p.Name.IsZero(), p.Name.IsNull(), p.Active.Or(true))
	// Output:
	// {"email":"x@example.com","name":null} <nil>
	// y@example.com true true false true
}
