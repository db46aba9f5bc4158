package builder_test

import (
	"strings"
	"testing"

	"github.com/multi-orm/orm/internal/ddl"
	"github.com/multi-orm/orm/model"
)

// DDL is written by internal/ddl; its golden files live here with the others, where the T-SQL parser finds them.
func TestGoldenDDL(t *testing.T) {
	for name, models := range map[string][]*model.Model{
		"shop":        {of[Person](), of[Order](), of[Line](), of[Split](), of[Team](), of[Membership]()},
		"shop_linked": {of[Person](), of[Team]()},
		"mixed":       {of[Mixed]()},
		"odd":         {of[Odd]()},
		"shard":       {of[Garden](), of[Bed](), of[Herb]()},
		"r1":          {of[R1]()},
		"ranked":      {of[Ranked]()},
		"defaulted":   {of[Filled](), of[Derived]()},
		"keyed":       {of[Wing](), of[Room](), of[Guest]()},
	} {
		t.Run(name, func(t *testing.T) {
			var b strings.Builder
			for _, d := range dialects {
				b.WriteString("== " + d.Name() + "\n" + strings.Join(ddl.Statements(d, models), "\n") + "\n")
			}
			compare(t, "ddl_"+name, b.String())
		})
	}
}

// Wing and Room lead to each other; the keys of a link table and of one's own table stand beside them.
type Wing struct {
	ID     int64  `orm:"id,auto"`
	Code   string `orm:"code,unique,size=8"`
	BestID *int64 `orm:"best_id"`

	Best  *Room  `orm:"relation=best_id:id,ondelete=setnull"`
	Rooms []Room `orm:"relation=code:wing_code,foreignkey"`
}

type Room struct {
	ID       int64  `orm:"id,auto"`
	WingCode string `orm:"wing_code,size=8"`
	BesideID *int64 `orm:"beside_id"`

	Wing   *Wing   `orm:"relation=wing_code:code,onupdate=cascade"`
	Beside *Room   `orm:"relation=beside_id:id,ondelete=restrict"`
	Guests []Guest `orm:"relation=id:id,through=stays(room_id:guest_id),ondelete=cascade"`
}

type Guest struct {
	ID int64 `orm:"id,auto"`
}

// Filled has values that the database makes, and literals that other programs find.
type Filled struct {
	ID   string  `orm:"id,size=20,dbdefault=lower('KEY')"`
	N    *int64  `orm:"n,dbdefault=40 + 2"`
	On   bool    `orm:"on,default=true"`
	Name string  `orm:"name,size=9,default=it's"`
	Rate float64 `orm:"rate,default=0.5"`
	Sum  string  `orm:"sum,type=numeric(10,2),default=01.50"`
	Doc  []int   `orm:"doc,json,default=[1]"`
}

// Derived has columns that the database makes of others.
type Derived struct {
	ID    int64   `orm:"id,generated"`
	Name  string  `orm:"name,size=20"`
	Upper string  `orm:"upper,size=20,generated=upper(name)"`
	Some  *string `orm:"some,size=20,generated=nullif(name, 'x')"`
	Tags  []byte  `orm:"tags,notnull,comment=what it's known by"`
	Ready int64   `orm:"ready,unique,where=ready > 0,include=Name+some"`
}
