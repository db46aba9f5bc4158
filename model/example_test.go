package model_test

import (
	"fmt"
	"time"
	"unsafe"

	"github.com/multi-orm/orm/model"
)

type User struct {
	ID        int64   `orm:"id,auto,datasource=main"`
	Email     string  `orm:"email,unique"`
	Name      *string `orm:"name"`
	CreatedAt time.Time
	Orders    []Order `orm:"relation"`
}

type Order struct {
	ID     int64
	UserID int64
	User   *User `orm:"relation"`
}

func ExampleFor() {
	m, err := model.For[User]()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(m.Name, "is table", m.Table, "of source", m.Source)
	for _, f := range m.Fields {
		fmt.Println(f.Name, f.Column, "nullable:", f.Nullable)
	}
	for _, r := range m.Relations {
		fmt.Printf("%s: %s.%s = %s.%s\n", r.Name, m.Table, r.Local[0].Column, r.Target.Table, r.Remote[0].Column)
	}
	// Output:
	// User is table users of source main
	// ID id nullable: false
	// Email email nullable: false
	// Name name nullable: true
	// CreatedAt created_at nullable: false
	// Orders: users.id = orders.user_id
}

func ExampleFor_badTag() {
	type User struct {
		ID    int64
		Email string `orm:"email,uniqe"`
	}
	_, err := model.For[User]()
	fmt.Println(err)
	// Output: orm: User.Email: invalid: tag "email,uniqe": unknown word "uniqe" (did you mean "unique"?)
}

func ExampleModel_Field() {
	m, err := model.For[User]()
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = m.Field("Emial")
	fmt.Println(err)
	// Output: orm: User has no field "Emial" (did you mean "Email"?)
}

func ExampleField_Assign() {
	m, err := model.For[User]()
	if err != nil {
		fmt.Println(err)
		return
	}
	var u User
	row := []any{int64(7), []byte("ada@example.com"), nil, "2024-05-06 12:30:15"} // what a driver gives
	for i, f := range m.Fields {
		if err := f.Assign(unsafe.Pointer(&u), row[i]); err != nil {
			fmt.Println(err)
		}
	}
	fmt.Println(u.ID, u.Email, u.Name == nil, u.CreatedAt)
	fmt.Println(m.Fields[0].Assign(unsafe.Pointer(&u), nil))
	// Output:
	// 7 ada@example.com true 2024-05-06 12:30:15 +0000 UTC
	// orm: User.ID: invalid: int64 cannot hold NULL: make the field *int64 or sql.Null[int64]
}

func ExampleField_ValueOf() {
	m, err := model.For[User]()
	if err != nil {
		fmt.Println(err)
		return
	}
	id, _ := m.Field("ID")
	v, err := id.ValueOf(int32(7))
	fmt.Println(v.Any(), err)
	_, err = id.ValueOf("7")
	fmt.Println(err)
	// Output:
	// 7 <nil>
	// orm: User.ID: invalid: got string, want int64
}
