package introspect_test

import (
	"strings"
	"testing"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/source/introspect"
)

// Models of tables of which one inherits from another, and of a partitioned one.
type (
	personPlan struct {
		ID   int64   `orm:"id,table=people"`
		N    int64   `orm:"n"`
		Nick *string `orm:"nick"`
		Role string  `orm:"role,enum=a|b"`
		More string  `orm:"more,default=x"`
	}
	staffPlan struct {
		ID   int64   `orm:"id,table=staff"`
		N    int64   `orm:"n"`
		Nick *string `orm:"nick"`
		Role string  `orm:"role,enum=a|b"`
		More string  `orm:"more,default=x"`
		Pay  int64   `orm:"pay"`
	}
	paymentPlan struct {
		ID     int64     `orm:"id,table=payments"`
		PaidAt time.Time `orm:"paid_at,id"`
		Area   int64     `orm:"area,id"`
		N      int64     `orm:"n"`
		Place  *string   `orm:"place,index"`
	}
)

// A table that inherits from another gets that one's changes, once; what a partitioned table and its parts go by is noted.
func TestPlanGuardsInheritedTables(t *testing.T) {
	e := engines()[1]
	address := e.make(t)
	e.load(t, address, `CREATE TABLE people (id bigint PRIMARY KEY, n integer NOT NULL, nick text NOT NULL, role text NOT NULL CHECK (role IN ('a', 'c')), legacy text);
		CREATE TABLE staff (pay integer NOT NULL, PRIMARY KEY (id)) INHERITS (people); CREATE TABLE heads (extra text) INHERITS (staff); CREATE VIEW paid AS SELECT pay FROM heads;
		INSERT INTO people VALUES (1, 2, 'n', 'a'); INSERT INTO staff VALUES (3, 4, 'm', 'a', 'l', 5);
		CREATE TABLE payments (id bigint, paid_at timestamptz, area integer NOT NULL, n integer NOT NULL, PRIMARY KEY (id, paid_at, area)) PARTITION BY RANGE (paid_at);
		CREATE TABLE payments_old PARTITION OF payments FOR VALUES FROM ('2000-01-01') TO ('2020-01-01');
		CREATE TABLE payments_new PARTITION OF payments FOR VALUES FROM ('2020-01-01') TO ('2040-01-01') PARTITION BY LIST (area);
		INSERT INTO payments VALUES (1, '2010-01-01', 7, 8)`)
	opts := []introspect.Option{introspect.UnmappedColumns()}
	for _, models := range [][]any{{personPlan{}, staffPlan{}, paymentPlan{}}, {staffPlan{}, personPlan{}, paymentPlan{}}} {
		db := open(t, e.open(address), orm.Models(models...))
		plan, err := introspect.Plan(t.Context(), db, opts...)
		if err != nil {
			t.Fatal(err)
		}
		text := plan.String()
		for _, says := range []string{"staff.pay: the column is integer and the field is int64: larger numbers are refused, and PostgreSQL refuses that, since the view paid names it", "payments.area: ", "since the part payments_new is partitioned by it",
			"people.legacy: no field maps it, and it is not dropped, since the table heads inherits it, the table staff inherits it", "staff.legacy: no field maps it, and it is not dropped, since it is the column of people, which the table inherits from"} {
			if !strings.Contains(text, says) {
				t.Errorf("%s is not told:\n%s", says, text)
			}
		}
		e.run(t, address, plan.Changes, false)
		again, err := introspect.Plan(t.Context(), db, opts...)
		if err != nil || !again.Empty() {
			t.Errorf("the second plan: %v\n%v", err, again)
		}
		if got, err := orm.Raw[string](t.Context(), db, "SELECT (SELECT string_agg(n || nick || role || more, ',' ORDER BY id) FROM people) || (SELECT pay || more FROM staff) || (SELECT n FROM payments)"); err != nil || len(got) != 1 || got[0] != "2nax,4max5x8" {
			t.Error(got, err)
		}
	}
	db := open(t, e.open(address), orm.Models(staffPlan{}))
	e.load(t, address, `ALTER TABLE people ALTER n TYPE integer, DROP CONSTRAINT people_role_check, ADD CONSTRAINT people_role_check CHECK (role IN ('c', 'a'))`)
	plan, err := introspect.Plan(t.Context(), db, opts...)
	if err != nil || !plan.Empty() || !strings.Contains(plan.String(), "since it is the column of people") || !strings.Contains(plan.String(), "it comes from people, which the table inherits from") {
		t.Error(plan, err)
	}
}
