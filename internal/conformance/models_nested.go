package conformance

import (
	"time"

	"github.com/multi-orm/orm"
)

// Desk has one lamp, which holds the key.
type Desk struct {
	ID   int64 `orm:"id,auto"`
	Name string

	Lamp *Lamp `orm:"relation=id:desk_id"`
}

// Lamp stands on a desk, or on none.
type Lamp struct {
	ID     int64  `orm:"id,auto"`
	DeskID *int64 `orm:"desk_id"`
	Name   string
}

var desks = orm.Bind[Desk, struct {
	ID   orm.Col[Desk, int64]
	Lamp orm.One[Desk, Lamp]
}]()

// Artisan is in guilds by way of Joining, a link table that is a model.
type Artisan struct {
	ID   int64 `orm:"id,auto"`
	Name string

	Guilds []Guild `orm:"relation=id:id,through=joinings(artisan_id:guild_id)"`
}

// Guild has artisans.
type Guild struct {
	ID   int64 `orm:"id,auto"`
	Name string
}

// Joining links an artisan with a guild.
type Joining struct {
	ID        int64     `orm:"id,auto"`
	ArtisanID int64     `orm:"artisan_id,unique=pair"`
	GuildID   int64     `orm:"guild_id,unique=pair"`
	Since     time.Time `orm:"since,default=now"`
}

var artisans = orm.Bind[Artisan, struct {
	Guilds orm.Many[Artisan, Guild]
}]()

// Shelf holds items; both are versioned.
type Shelf struct {
	ID      int64 `orm:"id,auto"`
	Name    string
	Version int `orm:"version,version"`

	Items []*Item `orm:"relation=id:shelf_id"`
}

// Item lies on a shelf.
type Item struct {
	ID      int64  `orm:"id,auto"`
	ShelfID *int64 `orm:"shelf_id"`
	Name    string
	Version int `orm:"version,version"`
}

var shelves = orm.Bind[Shelf, struct {
	Items orm.Many[Shelf, Item]
}]()
