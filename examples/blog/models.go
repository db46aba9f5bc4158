package main

import (
	"time"

	"github.com/multi-orm/orm"
)

// User is somebody who can sign in.
type User struct {
	ID        string    `orm:"id,default=uuid"`
	Name      string    `orm:"name,size=60" validate:"required,max=60"`
	Email     string    `orm:"email,unique" validate:"required,email"`
	Role      string    `orm:"role,enum=user|admin,default=user"`
	Password  string    `orm:"password,hidden"` // a salted hash
	CreatedAt time.Time `orm:"created_at,default=now" json:"createdAt"`

	Posts []Post `orm:"relation=id:user_id"`
}

// Session is a sign-in. Its key is the hash of the token that the browser holds.
type Session struct {
	ID        string    `orm:"id"`
	UserID    string    `orm:"user_id" json:"userId"`
	ExpiresAt time.Time `orm:"expires_at" json:"expiresAt"`

	User *User `orm:"relation=user_id:id"`
}

// Post is a user's own.
type Post struct {
	ID        string    `orm:"id,default=uuid"`
	UserID    string    `orm:"user_id,index" json:"userId"`
	Title     string    `orm:"title,size=50" validate:"required,max=50"`
	Body      string    `orm:"body,size=512" validate:"required,max=512"`
	Version   int       `orm:"version,version" json:"version"`
	CreatedAt time.Time `orm:"created_at,default=now" json:"createdAt"`
	UpdatedAt time.Time `orm:"updated_at,default=now,update=now" json:"updatedAt"`

	User *User `orm:"relation=user_id:id"`
}

// Basket holds fruit; anybody may fill it.
type Basket struct {
	ID       string `orm:"id,default=uuid"`
	Name     string `orm:"name,unique,size=30" validate:"required,max=30"`
	Capacity int    `orm:"capacity,default=20" validate:"min=0,max=100"`

	Fruit []Fruit `orm:"relation=id:basket_id"`
}

// Fruit lies in a basket.
type Fruit struct {
	ID        string  `orm:"id,default=uuid"`
	Name      string  `orm:"name,unique,size=30" validate:"required,max=30"`
	Sweetness float64 `orm:"sweetness,default=0"`
	Sourness  float64 `orm:"sourness,default=0"`
	BasketID  string  `orm:"basket_id,index" json:"basketId"`

	Basket *Basket `orm:"relation=basket_id:id"`
}

var Users = orm.Bind[User, struct {
	ID        orm.Text[User]
	Name      orm.Text[User]
	Email     orm.Text[User]
	Role      orm.Text[User]
	CreatedAt orm.Col[User, time.Time]
}]()

var Sessions = orm.Bind[Session, struct {
	ID        orm.Text[Session]
	ExpiresAt orm.Col[Session, time.Time]
	User      orm.One[Session, User]
}]()

var Posts = orm.Bind[Post, struct {
	ID        orm.Text[Post]
	UserID    orm.Text[Post]
	Title     orm.Text[Post]
	Body      orm.Text[Post]
	Version   orm.Col[Post, int]
	CreatedAt orm.Col[Post, time.Time]
	UpdatedAt orm.Col[Post, time.Time]
	User      orm.One[Post, User]
}]()

var Baskets = orm.Bind[Basket, struct {
	ID       orm.Text[Basket]
	Name     orm.Text[Basket]
	Capacity orm.Col[Basket, int]
	Fruit    orm.Many[Basket, Fruit]
}]()

var Fruits = orm.Bind[Fruit, struct {
	ID        orm.Text[Fruit]
	Name      orm.Text[Fruit]
	Sweetness orm.Col[Fruit, float64]
	Sourness  orm.Col[Fruit, float64]
	BasketID  orm.Text[Fruit]
}]()
