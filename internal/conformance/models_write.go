package conformance

import (
	"time"

	"github.com/multi-orm/orm"
)

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
