package rest_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/testkit"
	"github.com/multi-orm/orm/rls/guard"
	"github.com/multi-orm/orm/rls/rest"
	"github.com/multi-orm/orm/source/sqlite"
)

// What Decode makes of a parameter is what is compared, each time that it stands there.
func TestDecodeOfRepeatedParameters(t *testing.T) {
	s := articles(t, rest.Decode("id", rest.CSV[int64]), rest.Decode("kind", func(text string) (string, error) { return strings.ToLower(text), nil }),
		rest.Decode("live", func(text string) (bool, error) { return text == "yes", nil }), rest.Decode("rating", func(text string) (int, error) { return len(text) - 1, nil }))
	for query, want := range map[string]string{"id=1,2&id=4": "1 2 4", "id=1&id=2": "1 2", "kind=NEWS": "2 3 5 6", "kind=NEWS&kind=BLOG": "3 6", "live=yes": "1 3 5", "live=no": "2 4 6", "rating=x": "1 3 4 5 6", "rating=xxxx": "2"} {
		if got := keys(s.want(200, "GET", "/articles?"+query, "")); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
	s.want(400, "GET", "/articles?id=1&id=x", "")
}

// A parameter that a write does not know is refused: a filter that is misspelt would leave every row to it.
func TestWritesIgnoreNothing(t *testing.T) {
	s := articles(t, rest.IgnoreUnknown(), rest.Scope(guard.Force(Articles.Live.Eq(true))))
	for _, query := range []string{"?titel=x", "?title=x", "?pageCount=1"} {
		s.want(400, "DELETE", "/articles"+query, "")
		s.want(400, "PATCH", "/articles"+query, `{"title":"x"}`)
		s.want(400, "POST", "/articles"+query, `{"title":"x"}`)
		s.want(400, "DELETE", "/articles/1"+query, "")
	}
	s.want(200, "GET", "/articles?titel=x", "").holds(t, "count", "3")
}

// Pages that are clamped follow each other without a gap.
func TestClampedPages(t *testing.T) {
	s := articles(t, rest.PageSize(2, 4), rest.Base(rest.Rules[Article]{OverLimit: rest.Clamp}))
	got := s.want(200, "GET", "/articles?recordsPerPage=5&pageCount=1", "")
	got.holds(t, "recordsPerPage", "4", "totalPages", "2", "count", "4")
	if next := s.want(200, "GET", "/articles?recordsPerPage=5&pageCount=2", ""); keys(got)+" "+keys(next) != "1 2 3 4 5 6" {
		t.Error(keys(got), keys(next))
	}
}

// Limits hold for the rules of Base: what the tags make alone lets relations come whole.
func TestLimitsOfBase(t *testing.T) {
	db, err := orm.Open(t.Context(), sqlite.Source("main", testkit.SQLite(t)), orm.Models(Doc{}))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	wide := docShape()
	wide.Take = guard.Take{Max: guard.NoLimit}
	_, err = rest.New(db, rest.Tagged[Doc]("docs", rest.Base(rest.Rules[Doc]{Get: rest.By[Doc]{"admin": wide}})))
	if !errors.Is(err, orm.ErrInvalid) || !strings.Contains(err.Error(), "Limits.MaxTake") {
		t.Error(err)
	}
	if _, err := rest.New(db, rest.Limits{MaxTake: guard.NoLimit}, rest.Tagged[Doc]("docs", rest.Base(rest.Rules[Doc]{Get: rest.By[Doc]{"admin": wide}}))); err != nil {
		t.Error(err)
	}
}

var Countries = orm.Bind[Country, struct{ Name orm.Text[Country] }]()

// N25: a row that the rule does not admit is in the way of one with its key, whether it lives or is soft-deleted, and stays as it is.
func TestCreateOrUpdateOfRowsOutOfSight(t *testing.T) {
	db, err := orm.Open(t.Context(), sqlite.Source("main", testkit.SQLite(t)), orm.Models(Country{}))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if err := errors.Join(orm.CreateTables(t.Context(), db), db.Use(hook.SoftDelete())); err != nil {
		t.Fatal(err)
	}
	s := serve(t, db, rest.Tagged[Country]("all"), rest.Tagged[Country]("countries", rest.CreateOrUpdate(), rest.Scope(guard.Force(Countries.Name.Ne("France")))))
	s.want(201, "POST", "/all", `{"code":"fr","name":"France","since":843}`)
	for _, way := range []string{"living", "deleted"} {
		s.want(409, "POST", "/countries", `[{"code":"it","name":"Italy","since":1861},{"code":"fr","name":"Gaul","since":1}]`)
		s.want(404, "GET", "/countries/it", "")
		rows, err := orm.Repo[Country](db).Query().WithDeleted().All(t.Context())
		if err != nil || len(rows) != 1 || rows[0].Name != "France" || rows[0].Since != 843 {
			t.Error(way, rows, err)
		}
		if way == "living" {
			s.want(200, "DELETE", "/all/fr", "")
		}
	}
}
