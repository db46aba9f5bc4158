package conformance

import "github.com/multi-orm/orm"

// Near and Far live in different sources; each leads to the other.
type Near struct {
	ID    int64  `orm:"id,auto,datasource=main"`
	FarID *int32 `orm:"far_id"`
	Name  string

	Far  *Far  `orm:"relation=far_id:id"`
	Fars []Far `orm:"relation=id:near_id"`
}

// Far is in the other source.
type Far struct {
	ID     int64 `orm:"id,auto,datasource=other"`
	NearID *int64
	Name   string

	Near *Near `orm:"relation=near_id:id"`
}

var nears = orm.Bind[Near, struct {
	ID   orm.Col[Near, int64]
	Name orm.Text[Near]
	Far  orm.One[Near, Far]
	Fars orm.Many[Near, Far]
}]()

var fars = orm.Bind[Far, struct {
	ID   orm.Col[Far, int64]
	Name orm.Text[Far]
	Near orm.One[Far, Near]
}]()
