package introspect_test

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/source/introspect"
)

// typesPlan has a field of each kind that a column may become.
type typesPlan struct {
	ID    int64          `orm:"id,table=types"`
	Yes   bool           `orm:"yes"`
	Small int16          `orm:"small"`
	Big   int64          `orm:"big"`
	Ratio float64        `orm:"ratio"`
	Name  string         `orm:"name"`
	Short string         `orm:"short,size=5"`
	Price string         `orm:"price,type=numeric(12,4)"`
	Raw   []byte         `orm:"raw"`
	UID   [16]byte       `orm:"uid"`
	At    time.Time      `orm:"at"`
	Local time.Time      `orm:"local,type=timestamp"`
	Day   time.Time      `orm:"day,type=date"`
	Doc   map[string]any `orm:"doc,json"`
	Tags  []string       `orm:"tags"`
	Nums  []int64        `orm:"nums"`
	IP    netip.Addr     `orm:"ip"`
	Clock string         `orm:"clock,type=time"`
}

// Every change of a type that a plan holds is one that PostgreSQL takes, and what no cast leads to is a note.
func TestPlanGuardsCasts(t *testing.T) {
	e := engines()[1]
	address := e.make(t)
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	columns := strings.Fields("yes small big ratio name short price raw uid at local day doc tags nums ip clock")
	for _, typ := range []string{"boolean", "smallint", "integer", "bigint", "real", "numeric(9,2)", "varchar(9)", "bytea", "uuid", "timestamptz", "timestamp", "date", "time", "timetz", "interval",
		"json", "jsonb", "text[]", "numeric[]", "inet", "cidr", "money", "point", "bit(3)", "oid", `"char"`} {
		text := "DROP TABLE IF EXISTS types; CREATE TABLE types (id bigint PRIMARY KEY"
		for _, c := range columns {
			text += ", " + c + " " + typ + " NOT NULL"
		}
		e.load(t, address, text+")")
		db := open(t, e.open(address), orm.Models(typesPlan{}))
		plan, err := introspect.Plan(t.Context(), db)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range plan.Notes {
			_, cast, ok := strings.Cut(n.Text, "no cast leads from ")
			if cast, _, _ = strings.Cut(cast, ":"); !ok {
				t.Errorf("%s to %s: %s", typ, n.Column, n.Text)
				continue
			}
			if _, err := conn.Exec(t.Context(), "SELECT NULL::"+strings.Replace(cast, " to ", "::", 1)); err == nil {
				t.Errorf("%s: there is a cast", n)
			}
		}
		for _, c := range plan.Changes {
			for _, s := range c.Up {
				if _, err := conn.Exec(t.Context(), s); err != nil {
					t.Errorf("%s to %s: %v: %s", typ, c.Column, err, s)
				}
			}
		}
	}
}
