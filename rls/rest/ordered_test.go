package rest_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/internal/testkit"
	"github.com/multi-orm/orm/rls/rest"
	"github.com/multi-orm/orm/source/sqlite"
)

// Ticket has a default order, and an id that grows with time.
type Ticket struct {
	ID    string `orm:"id,default=uuid"`
	Queue string `orm:"queue,order=1"`
	Rank  int    `orm:"rank,order=2 desc"`
	Title string `orm:"title"`
}

func tickets(t *testing.T) *site {
	t.Helper()
	db, err := orm.Open(t.Context(), sqlite.Source("main", testkit.SQLite(t)), orm.Models(Ticket{}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if err := orm.CreateTables(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	return serve(t, db, rest.Tagged[Ticket]("tickets"))
}

func titles(a answered) string {
	var out []string
	for i := range a.at("tickets").Items {
		out = append(out, a.value(fmt.Sprintf("tickets.%d.title", i)))
	}
	return strings.Join(out, " ")
}

// N1: a list comes in the model's order, which stands behind the one that a caller asks for, also from page to page.
func TestN1DefaultOrder(t *testing.T) {
	s := tickets(t)
	s.want(201, "POST", "/tickets", `[{"queue":"b","rank":1,"title":"p"},{"queue":"a","rank":1,"title":"q"},{"queue":"a","rank":3,"title":"r"},{"queue":"b","rank":2,"title":"p"},{"queue":"a","rank":2,"title":"o"}]`)
	for query, want := range map[string]string{
		"": "r o q p p", "?recordsPerPage=2&pageCount=2": "q p",
		"?select=(columns:(title:T,queue:T),limit:3)": "r o q",
	} {
		if got := titles(s.want(200, "GET", "/tickets"+query, "")); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
	next := s.want(200, "GET", "/tickets?recordsPerPage=2&paginationCursor=", "")
	got := titles(next)
	for next.value("next") != "" && next.value("next") != "null" && len(got) < 30 {
		next = s.want(200, "GET", "/tickets?recordsPerPage=2&paginationCursor="+next.value("next"), "")
		got += " " + titles(next)
	}
	if got != "r o q p p" {
		t.Error(got)
	}
}

// N2: ids of rows that are made one after the other, and of a list in its order, grow.
func TestN2IDsGrow(t *testing.T) {
	s := tickets(t)
	ids := regexp.MustCompile(`"id":"([^"]+)"`)
	last := ""
	grows := func(id string) {
		t.Helper()
		if id <= last {
			t.Fatalf("%s came after %s", id, last)
		}
		last = id
	}
	for range 20 {
		made := ids.FindStringSubmatch(s.want(201, "POST", "/tickets", `{"queue":"a","rank":1,"title":"x"}`).text)
		if made == nil {
			t.Fatal("no id came back")
		}
		grows(made[1])
	}
	rows := ids.FindAllStringSubmatch(s.want(201, "POST", "/tickets", "["+strings.Repeat(`{"queue":"a","rank":1,"title":"x"},`, 49)+`{"queue":"a","rank":1,"title":"x"}]`).text, -1)
	if len(rows) != 50 {
		t.Fatalf("%d ids for 50 rows", len(rows))
	}
	for _, made := range rows {
		grows(made[1])
	}
}
