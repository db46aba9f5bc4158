package rest_test

import (
	"encoding/json"
	"net/url"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/internal/testkit"
	"github.com/multi-orm/orm/rls/guard"
	"github.com/multi-orm/orm/rls/rest"
	"github.com/multi-orm/orm/source/sqlite"
)

// A row that is named by another unique set than its key has no entity tag: another row may have that name, and the same version,
// tomorrow, and would be answered as unchanged, or be written over.
func TestRowsNamedByAnotherSetHaveNoEntityTag(t *testing.T) {
	engines(t, func(t *testing.T, db orm.DB) {
		shape := docShape()
		shape.Unique = guard.Uniques[Doc]{guard.By(Docs.Code)}
		s := serve(t, db, rest.Session(member), rest.Resource("docs", docRules(shape, rest.All))).as("a/u1")
		s.want(201, "POST", "/docs", `{"code":"x","state":"first"}`)
		got := s.want(200, "GET", "/docs/x", "")
		if tag := got.header.Get("ETag"); tag != "" {
			t.Error("it has the tag", tag)
		}
		s.want(412, "PATCH", "/docs/x", `{"state":"changed"}`, `If-Match: "1"`)
		s.want(412, "DELETE", "/docs/x", "", `If-Match: "1"`)
		s.want(200, "GET", "/docs/x", "", `If-None-Match: "1"`)
		s.want(200, "PATCH", "/docs/x", `{"state":"changed"}`, "If-Match: *").holds(t, "docs.state", "changed")
	})
}

// Reading has a key of each kind that a path can name.
type Reading struct {
	Sensor [16]byte `orm:"sensor,id"`
	Name   string   `orm:"name,id"`
	Count  uint64   `orm:"count,id"`
	Value  *float64 `orm:"value"`
}

// Keys of several parts, of texts with every sign that has a meaning in paths, of UUIDs and of the largest numbers name one row.
func TestKeysOfEachKind(t *testing.T) {
	db, err := orm.Open(t.Context(), sqlite.Source("main", testkit.SQLite(t)), orm.Models(Reading{}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if err := orm.CreateTables(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	s := serve(t, db, rest.Tagged[Reading]("readings"))
	const sensor = "0190a5c2-0000-7000-8000-00000000000a"
	names := []string{"plain", "a,b", `a\,b`, "a/b", "..", ".", "a b", "a+b", "%2F", "ü😀", "?#&=", "import"}
	for i, name := range names {
		text, _ := json.Marshal(name)
		body := `{"sensor":"` + sensor + `","name":` + string(text) + `,"count":9223372036854775807,"value":` + string(rune('0'+i%10)) + `}`
		if i == 3 {
			body = body[:len(body)-len(`,"value":0}`)] + `}`
		}
		s.want(201, "POST", "/readings", body)
	}
	for i, name := range names {
		path := "/readings/" + sensor + "," + url.PathEscape(name) + ",9223372036854775807"
		want := string(rune('0' + i%10))
		if i == 3 {
			want = "null"
		}
		if name == "a,b" || name == `a\,b` { // a comma of a part is escaped
			path = "/readings/" + sensor + "," + map[string]string{"a,b": "a%2Cb", `a\,b`: "a%5C%2Cb"}[name] + ",9223372036854775807"
		}
		s.want(200, "GET", path, "").holds(t, "readings.value", want)
		s.want(200, "PATCH", path, `{"value":41.5}`).holds(t, "rowsAffected", "1")
		s.want(200, "DELETE", path, "").holds(t, "rowsAffected", "1")
		s.want(404, "GET", path, "")
	}
	for _, path := range []string{sensor + ",plain", sensor, sensor + ",plain,1,2", "x,plain,1", sensor + ",plain,-1", sensor + ",plain,18446744073709551616", ",,", "%00,a,1"} {
		if got := s.ask("GET", "/readings/"+path, ""); got.status != 404 && got.status != 400 {
			t.Errorf("%s: %d %s", path, got.status, got.text)
		}
	}
}
