package conformance

import (
	"time"

	"github.com/multi-orm/orm"
)

// Place has a key of two columns, Visit refers to it with columns that may be NULL.
type Place struct {
	Country string `orm:"country,id"`
	Number  int32  `orm:"number,id"`
	Name    string

	Visits []Visit `orm:"relation=country+number:place_country+place_number"`
}

// Visit is of a place, or of none.
type Visit struct {
	ID           int64   `orm:"id,auto"`
	PlaceCountry *string `orm:"place_country"`
	PlaceNumber  *int64  `orm:"place_number"`

	Place *Place `orm:"relation=place_country+place_number:country+number"`
}

var places = orm.Bind[Place, struct {
	Country orm.Text[Place]
	Number  orm.Col[Place, int32]
	Name    orm.Text[Place]
	Visits  orm.Many[Place, Visit]
}]()

var visits = orm.Bind[Visit, struct {
	ID    orm.Col[Visit, int64]
	Place orm.One[Visit, Place]
}]()

// Paper has every word that bears on writes.
type Paper struct {
	ID      int64  `orm:"id,auto"`
	Code    string `orm:"code,unique"`
	Shelf   string `orm:"shelf,unique=spot"`
	Slot    int    `orm:"slot,unique=spot"`
	Kind    string `orm:"kind,enum=note|letter,default=note"`
	Short   string `orm:"short,size=5"`
	Hits    int64
	Score   *float64
	Note    *string
	Open    bool
	Maker   string    `orm:"maker,createonly"`
	Seal    string    `orm:"seal,readonly"`
	Count   int       `orm:"count,default=7"`
	Created time.Time `orm:"created,default=now"`
	Updated time.Time `orm:"updated,update=now"`
	Version int       `orm:"version,version"`
}

var papers = orm.Bind[Paper, struct {
	ID      orm.Col[Paper, int64]
	Code    orm.Text[Paper]
	Shelf   orm.Text[Paper]
	Slot    orm.Col[Paper, int]
	Kind    orm.Text[Paper]
	Short   orm.Text[Paper]
	Hits    orm.Col[Paper, int64]
	Score   orm.Col[Paper, float64]
	Note    orm.Text[Paper]
	Open    orm.Col[Paper, bool]
	Maker   orm.Text[Paper]
	Seal    orm.Text[Paper]
	Version orm.Col[Paper, int]
	Updated orm.Col[Paper, time.Time]
}]()

// paper makes a row whose unique columns follow from n.
func paper(n int) Paper {
	s := string(rune('a'+n%26)) + string(rune('a'+n/26%26)) + string(rune('a'+n/676%26))
	return Paper{Code: "code-" + s, Shelf: "shelf-" + s, Slot: n, Maker: "me"}
}

// Token has a key that the library makes, Stamp one as text, Auto one that the source makes.
type Token struct {
	ID   Key `orm:"id,default=uuid"`
	Name string
}

// Label has a key that is text.
type Label struct {
	ID   string `orm:"id,default=uuid"`
	Name string
}

// Seed has a UUID key that the source makes.
type Seed struct {
	ID   Key `orm:"id,auto"`
	Name string
}

// Wide has ten columns beside its key.
type Wide struct {
	ID int64 `orm:"id,auto"`
	A  int64 `orm:"a,unique"`
	B  string
	C  *string
	D  float64
	E  bool
	F  time.Time
	G  []byte
	H  *int64
	I  int32
	J  Key
}

// Lone has nothing but its key.
type Lone struct {
	ID int64 `orm:"id,auto"`
}

// Plain has no version.
type Plain struct {
	ID   int64 `orm:"id,auto"`
	Name string
	N    int64
}

var plains = orm.Bind[Plain, struct {
	ID   orm.Col[Plain, int64]
	Name orm.Text[Plain]
	N    orm.Col[Plain, int64]
}]()

// Stranger is never registered.
type Stranger struct {
	ID int64 `orm:"id"`
}

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
