package builder_test

import (
	"net/netip"
	"testing"
	"time"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/model"
)

// Person is the model of most cases: every column has another name than its field.
type Person struct {
	ID        int64      `orm:"person_no,id,auto,table=people,unique=no_mail"`
	Email     string     `orm:"e_mail,unique,unique=no_mail"`
	Name      *string    `orm:"full_name"`
	Role      string     `orm:"role_code,enum=admin|user"`
	Hits      int        `orm:"hit_count"`
	Score     *float64   `orm:"rating"`
	CreatedAt time.Time  `orm:"made_at,createonly"`
	DeletedAt *time.Time `orm:"gone_at,softdelete"`
	BossID    *int64     `orm:"boss_no"`
	TenantID  int64      `orm:"tenant_no,tenant"`

	Orders  []Order  `orm:"relation=person_no:buyer_no"`
	Boss    *Person  `orm:"relation=boss_no:person_no"`
	Reports []Person `orm:"relation=person_no:boss_no"`
	Teams   []Team   `orm:"relation=person_no:team_no,through=memberships(member:team)"`
}

// Order has a schema and points back.
type Order struct {
	ID      int64      `orm:"order_no,id,auto,table=orders,schema=shop"`
	BuyerID int64      `orm:"buyer_no,index"`
	Total   float64    `orm:"sum_total"`
	PaidAt  *time.Time `orm:"paid_on"`
	Buyer   *Person    `orm:"relation=buyer_no:person_no"`
	Lines   []Line     `orm:"relation=order_no:order_no"`
}

// Line has a composite key.
type Line struct {
	OrderID int64   `orm:"order_no,id,table=order_lines"`
	No      int16   `orm:"line_no,id"`
	Sku     string  `orm:"sku,size=20"`
	Splits  []Split `orm:"relation=order_no+line_no:order_no+line_no"`
}

// Split refers to a composite key.
type Split struct {
	ID      [16]byte `orm:"split_no,id,auto"`
	OrderID int64    `orm:"order_no"`
	LineNo  int16    `orm:"line_no"`
	Share   float32  `orm:"share"`
	Line    *Line    `orm:"relation=order_no+line_no:order_no+line_no"`
}

// Team is the far end of a many-to-many relation.
type Team struct {
	ID   int32   `orm:"team_no,id,auto"`
	Name string  `orm:"title,unique=title_region"`
	Area *string `orm:"region,unique=title_region"`
}

// Membership is the model of the link table, so that scopes reach it.
type Membership struct {
	Member   int64 `orm:"member,id"`
	Team     int32 `orm:"team,id"`
	TenantID int64 `orm:"tenant_no,tenant"`
}

// Odd has names that must stay names.
type Odd struct {
	ID    int64  `orm:"id,table=odd \"ta]ble\"?;--,schema=o'dd"`
	Quote string `orm:"qu\"ote]"`
	Mark  string `orm:"what? $1 @p1 :x"`
	Group string `orm:"group"`
	Kids  []Odd  `orm:"relation=id:par ent"`
	Up    *int64 `orm:"par ent"`
}

// Mixed has a column of every kind.
type Mixed struct {
	ID    [16]byte       `orm:"id,auto"`
	Flag  bool           `orm:"flag"`
	I8    int8           `orm:"i8"`
	U16   uint16         `orm:"u16"`
	U64   uint64         `orm:"u64"`
	F32   float32        `orm:"f32"`
	Blob  []byte         `orm:"blob"`
	At    time.Time      `orm:"at,index=by_time"`
	Doc   map[string]any `orm:"doc,json"`
	Tags  []string       `orm:"tags"`
	Addr  netip.Addr     `orm:"addr,unique"`
	Code  *string        `orm:"code,size=8,unique"`
	Money string         `orm:"money,type=numeric(10,2)"`
	Short string         `orm:"short,type=varchar(5),enum=a|b'c"`
	Key   int64          `orm:"key"`
	Calc  string         `orm:",computed"`
}

// R1 has the name of an alias that the compiler would choose.
type R1 struct {
	ID  int64  `orm:"id,table=r1"`
	Up  *int64 `orm:"up"`
	Row int64  `orm:"orm_row_number"`
	Sub []R1   `orm:"relation=id:up"`
}

var people = builder.Bind[Person, struct {
	ID        builder.Col[Person, int64]
	Email     builder.Text[Person]
	Name      builder.Text[Person]
	Role      builder.Text[Person]
	Hits      builder.Col[Person, int]
	Score     builder.Col[Person, *float64]
	CreatedAt builder.Col[Person, time.Time]
	BossID    builder.Col[Person, int64]
	TenantID  builder.Col[Person, int64]
	DeletedAt builder.Col[Person, time.Time]
	Orders    builder.Many[Person, Order]
	Boss      builder.One[Person, Person]
	Reports   builder.Many[Person, Person]
	Teams     builder.Many[Person, Team]
}]()

var orders = builder.Bind[Order, struct {
	ID     builder.Col[Order, int64]
	Total  builder.Col[Order, float64]
	PaidAt builder.Col[Order, time.Time]
	Buyer  builder.One[Order, Person]
	Lines  builder.Many[Order, Line]
}]()

var lines = builder.Bind[Line, struct {
	OrderID builder.Col[Line, int64]
	No      builder.Col[Line, int16]
	Sku     builder.Text[Line]
	Splits  builder.Many[Line, Split]
}]()

var teams = builder.Bind[Team, struct {
	ID   builder.Col[Team, int32]
	Name builder.Text[Team]
	Area builder.Text[Team]
}]()

var odds = builder.Bind[Odd, struct {
	ID    builder.Col[Odd, int64]
	Quote builder.Text[Odd]
	Mark  builder.Text[Odd]
	Group builder.Text[Odd]
	Kids  builder.Many[Odd, Odd]
	Up    builder.Col[Odd, int64]
}]()

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func of[T any]() *model.Model { return must(model.For[T]()) }

// field finds a field by Go name.
func field[T any](name string) *model.Field { return must(of[T]().Field(name)) }

func fields[T any](names ...string) []*model.Field {
	out := make([]*model.Field, len(names))
	for i, n := range names {
		out[i] = field[T](n)
	}
	return out
}

func relation[T any](name string) *model.Relation { return must(of[T]().Relation(name)) }

// scoped marks the relation filters of e, as the scoping step does, and gives the related rows scopes.
func scoped(e builder.Expr, scopes ...builder.Scope) builder.Expr {
	if e.Ext == nil {
		return e
	}
	x := *e.Ext
	x.Kids = make([]builder.Expr, len(e.Ext.Kids))
	for i := range x.Kids {
		x.Kids[i] = scoped(e.Ext.Kids[i], scopes...)
	}
	if x.Rel != nil {
		x.Scoped = true
		for _, s := range scopes {
			if s.Expr.Field != nil && s.Expr.Field.Model == x.Rel.Target {
				x.Scope = append(x.Scope, s)
			}
		}
	}
	e.Ext = &x
	return e
}

// where builds a condition that has been through the scoping step.
func where[T any](ps ...builder.Pred[T]) (c builder.Conjunction) {
	for _, p := range ps {
		c.Add(scoped(p.Expr()))
	}
	return c
}

func sorting[T any](keys ...builder.Order[T]) (s builder.Sorting) {
	for _, k := range keys {
		s.Add(k.Key())
	}
	return s
}

// tenant is a scope as rls.Tenant makes it.
func tenant(id int64) builder.Scope {
	return builder.Scope{Name: "tenant", Expr: builder.Compare(builder.OpEq, field[Person]("TenantID"), model.IntOf(id))}
}

// living is a scope as hook.SoftDelete makes it.
func living() builder.Scope {
	return builder.Scope{Name: "soft delete", Expr: builder.Compare(builder.OpIsNull, field[Person]("DeletedAt"), model.Null())}
}

func ptr[T any](v T) *T { return &v }

var someTime = time.Date(2024, 2, 29, 12, 30, 0, 123456000, time.UTC)

func TestModelsHoldTogether(t *testing.T) {
	for _, m := range []*model.Model{of[Person](), of[Order](), of[Line](), of[Split](), of[Team](), of[Odd](), of[Mixed](), of[R1]()} {
		if len(m.Fields) == 0 {
			t.Errorf("%s has no fields", m.Name)
		}
	}
}
