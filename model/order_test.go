package model

import (
	"database/sql"
	"database/sql/driver"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/multi-orm/orm/internal/fault"
)

type dated struct {
	CreatedAt time.Time `orm:"created_at,order=2 desc"`
}

type ordered struct {
	ID     int64 `orm:"id,auto,order=4 asc"`
	Name   string
	Rank   *int             `orm:"rank, order=1"`
	Score  sql.Null[string] `orm:"score,order=3"`
	Ware   ordinal          `orm:"prefix=ware_"`
	Ticket [16]byte
	dated
}

type ordinal struct {
	No int `orm:"no,order=5 desc"`
}

// orderOf tells an order as words.
func orderOf(m *Model) string {
	var out []string
	for _, o := range m.Order {
		name := o.Field.Name
		if o.Desc {
			name = "-" + name
		}
		out = append(out, name)
	}
	return strings.Join(out, " ")
}

func TestOrder(t *testing.T) {
	m, err := For[ordered]()
	if err != nil {
		t.Fatal(err)
	}
	if have, want := orderOf(m), "Rank -CreatedAt Score ID -Ware.No"; have != want {
		t.Errorf("the order is %s, want %s", have, want)
	}
	for _, o := range m.Order {
		if f, err := m.Field(o.Field.Name); err != nil || f != o.Field {
			t.Errorf("%s is no field of the model", o.Field.Name)
		}
	}
	plain, err := For[filtered]()
	if err != nil || plain.Order != nil {
		t.Errorf("a model without the word has an order: %v %v", plain.Order, err)
	}
}

// Every kind that is sorted can say the word.
func TestOrderOfEveryKind(t *testing.T) {
	type all struct {
		ID    int64     `orm:"id"`
		Bool  bool      `orm:"bool,order=1"`
		Int   int8      `orm:"int,order=2"`
		Uint  uint32    `orm:"uint,order=3"`
		Float float64   `orm:"float,order=4"`
		Text  string    `orm:"text,order=5"`
		Enum  string    `orm:"enum,enum=a|b,order=6"`
		Time  time.Time `orm:"time,order=7"`
		UUID  [16]byte  `orm:"uuid,order=8"`
		Money string    `orm:"money,type=numeric(10,2),order=9"`
		Auto  int64     `orm:"auto_column,generated,order=10"`
	}
	m, err := For[all]()
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Order) != 10 {
		t.Error(orderOf(m))
	}
}

func TestOrderErrors(t *testing.T) {
	type twice struct {
		ID int64 `orm:"id,order=1"`
		A  int   `orm:"a,order=1 desc"`
	}
	type gap struct {
		ID int64 `orm:"id,order=1"`
		A  int   `orm:"a,order=3"`
	}
	type embedding struct {
		ID    int64 `orm:"id,order=2"`
		dated       // says order=2 too
	}
	type group struct {
		Name  string `orm:"name,order=1"`
		Count int64  `orm:"agg=count(*)"`
	}
	type counted struct {
		Name  string
		Count int64 `orm:"agg=count(*),order=1"`
	}
	type own struct {
		ID  int64    `orm:"id"`
		Own ownOrder `orm:"own,order=1"`
	}
	for _, c := range []struct {
		of          func() (*Model, error)
		field, want string
	}{
		{For[twice], "A", `tag "a,order=1 desc": word "order=1 desc": place 1 is that of field ID already`},
		{For[gap], "A", `tag "a,order=3": the places of "order" count from 1 without a gap, and no field has place 2`},
		{For[embedding], "CreatedAt", `tag "created_at,order=2 desc": word "order=2 desc": place 2 is that of field ID already`},
		{For[group], "Name", `tag "name,order=1": a result has no default order: leave "order" out, and sort the groups with orm.GroupOrder`},
		{For[counted], "Count", `tag "agg=count(*),order=1": words "order" and "agg" exclude each other`},
		{For[own], "Own", `tag "own,order=1": "order" needs a value that is sorted, not model.ownOrder`},
	} {
		_, err := c.of()
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v does not say %s", err, c.want)
			continue
		}
		for _, e := range fault.All(err) {
			if f, ok := e.(*fault.Error); !ok || f.Field != c.field || f.Model == "" {
				t.Errorf("%v: want field %s of %s", e, c.field, fmt.Sprint(c.want))
			}
		}
	}
}

// ownOrder has a codec of its own, so nobody here knows its order.
type ownOrder struct{ n int64 }

func (o ownOrder) Value() (driver.Value, error) { return o.n, nil }

func (o *ownOrder) Scan(src any) error {
	o.n, _ = src.(int64)
	return nil
}
