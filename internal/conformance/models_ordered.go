package conformance

import "github.com/multi-orm/orm"

// Hall is listed by its name, backwards.
type Hall struct {
	ID   int64  `orm:"id,auto"`
	Name string `orm:"name,order=1 desc"`
	Open bool   `orm:"is_open"`

	Acts  []Act  `orm:"relation=id:hall_id"`
	Stars []Star `orm:"relation=id:id,through=billings(hall_id:star_id)"`
}

// Act is listed by its rank, which may be NULL, then by its fee, the highest first.
type Act struct {
	ID     int64  `orm:"id,auto"`
	HallID int64  `orm:"hall_id"`
	Fee    int64  `orm:"fee,order=2 desc"`
	Rank   *int64 `orm:"rank,order=1"`
	Name   string

	Hall *Hall `orm:"relation=hall_id:id"`
}

// Star is listed by name.
type Star struct {
	ID   int64  `orm:"id,auto"`
	Name string `orm:"name,order=1"`
}

// Billing ties halls to stars.
type Billing struct {
	HallID int64 `orm:"hall_id,id"`
	StarID int64 `orm:"star_id,id"`
}

var halls = orm.Bind[Hall, struct {
	ID    orm.Col[Hall, int64]
	Name  orm.Text[Hall]
	Open  orm.Col[Hall, bool]
	Acts  orm.Many[Hall, Act]
	Stars orm.Many[Hall, Star]
}]()

var acts = orm.Bind[Act, struct {
	ID     orm.Col[Act, int64]
	HallID orm.Col[Act, int64]
	Fee    orm.Col[Act, int64]
	Rank   orm.Col[Act, int64]
	Name   orm.Text[Act]
	Hall   orm.One[Act, Hall]
}]()

var stars = orm.Bind[Star, struct {
	ID   orm.Col[Star, int64]
	Name orm.Text[Star]
}]()
