package conformance

import "github.com/multi-orm/orm"

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

// Lone has nothing but its key.
type Lone struct {
	ID int64 `orm:"id,auto"`
}
