package httpapi_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/go-resty/resty/v2"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/source/httpapi"
)

// word is listed by pages of a number, from 0.
type word struct {
	ID   string `orm:"id,id,datasource=blog"`
	Name string `orm:"name"`
}

func (word) Endpoints() httpapi.Endpoints {
	return httpapi.Endpoints{
		FindMany: httpapi.GET("/words").Query("page", "$page").Query("size", "$take").Query("sort", "$orderBy").Query("after", "$where.Name.gt?").Items("$").
			Pages(0, 1),
		FindUnique: httpapi.GET("/words/{id}").Item("$.data.word"),
	}
}

// scrolled is listed by a cursor that begins at "*".
type scrolled struct {
	ID string `orm:"id,id,datasource=blog"`
}

func (scrolled) Endpoints() httpapi.Endpoints {
	return httpapi.Endpoints{FindMany: httpapi.GET("/scroll").Query("cursor", "$cursor").Items("$.items").Next("$.next").CursorFrom("*")}
}

// numbered is listed by key.
type numbered struct {
	ID int64 `orm:"id,id,datasource=blog"`
}

func (numbered) Endpoints() httpapi.Endpoints {
	return httpapi.Endpoints{FindMany: httpapi.GET("/numbers").Query("page", "$page").Query("size", "$take").Items("$").Sorted("ID").Pages(0, 1)}
}

var words = orm.Bind[word, struct {
	ID   orm.Text[word]
	Name orm.Text[word]
}]()

type pager struct {
	n     int
	calls []string
}

// ServeHTTP sorts as a dictionary does: case is nothing to it.
func (p *pager) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.calls = append(p.calls, r.URL.RequestURI())
	q := r.URL.Query()
	row := func(i int) map[string]any {
		name := fmt.Sprintf("w%03d", i)
		if i%2 == 1 {
			name = strings.ToUpper(name)
		}
		return map[string]any{"id": strconv.Itoa(i), "name": name}
	}
	out := []any{}
	switch {
	case r.URL.Path == "/words", r.URL.Path == "/numbers":
		page, _ := strconv.Atoi(q.Get("page"))
		size, _ := strconv.Atoi(q.Get("size"))
		for i := page * size; i < min((page+1)*size, p.n); i++ {
			if r.URL.Path == "/numbers" {
				out = append(out, map[string]any{"id": i})
			} else {
				out = append(out, row(i))
			}
		}
		_ = json.NewEncoder(w).Encode(out)
	case r.URL.Path == "/scroll":
		at, err := strconv.Atoi(q.Get("cursor"))
		if q.Get("cursor") == "*" {
			at, err = 0, nil
		}
		if err != nil { // without a cursor there is one page and nothing that leads on
			at = 0
		}
		for i := at; i < min(at+100, p.n); i++ {
			out = append(out, row(i))
		}
		reply := map[string]any{"items": out}
		if q.Has("cursor") && at+100 < p.n {
			reply["next"] = strconv.Itoa(at + 100)
		}
		_ = json.NewEncoder(w).Encode(reply)
	case strings.HasPrefix(r.URL.Path, "/words/"):
		i, err := strconv.Atoi(strings.TrimPrefix(r.URL.Path, "/words/"))
		if err != nil || i >= p.n {
			_, _ = io.WriteString(w, `{"data":{}}`) // an envelope without the row
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"data": map[string]any{"word": row(i)}})
	}
}

func TestPagesFromZeroAndCursorsFromAStar(t *testing.T) {
	p := &pager{n: 250}
	db := open(t, p, orm.Models(word{}, scrolled{}))
	rows, err := orm.Repo[word](db).All(context.Background())
	if err != nil || len(rows) != 250 {
		t.Errorf("%d words, %v", len(rows), err)
	}
	if len(p.calls) != 3 { // the short page after full ones is the last
		t.Errorf("%q", p.calls)
	}
	if rows, err := orm.Repo[scrolled](db).All(context.Background()); err != nil || len(rows) != 250 {
		t.Errorf("%d by cursor, %v", len(rows), err)
	}
}

// A page of the query that is a page of the API is asked for alone; where it comes short the whole list is read.
func TestOnePageIsOneRequest(t *testing.T) {
	p := &pager{n: 250}
	db := open(t, p, orm.Models(numbered{}))
	q := orm.Repo[numbered](db).Query()
	rows, err := q.Skip(40).Take(20).All(context.Background())
	if err != nil || len(rows) != 20 || rows[0].ID != 40 || rows[19].ID != 59 || len(p.calls) != 1 {
		t.Fatal(rows, err, p.calls)
	}
	if rows, err := q.Skip(240).Take(20).All(context.Background()); err != nil || len(rows) != 10 || rows[0].ID != 240 {
		t.Error(rows, err)
	}
	if rows, err := q.Skip(7).Take(20).All(context.Background()); err != nil || len(rows) != 20 || rows[0].ID != 7 {
		t.Error(rows, err)
	}
}

// An order of text is the database's, whatever alphabet the API sorts by; nothing is lost over pages.
func TestTextIsOrderedByteByByte(t *testing.T) {
	p := &pager{n: 250}
	db := open(t, p, orm.Models(word{}))
	ctx, q := context.Background(), orm.Repo[word](db).OrderBy(words.Name.Asc())
	all, err := q.All(ctx)
	if err != nil || len(all) != 250 || all[0].Name != "W001" {
		t.Fatal(len(all), err)
	}
	first, err := q.Take(5).All(ctx)
	if err != nil || first[0] != all[0] || first[4] != all[4] {
		t.Errorf("%v, %v", first, err)
	}
	seen := 0
	for cursor := ""; ; {
		page, err := q.Take(25).Page(ctx, cursor)
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range page.Rows {
			if w != all[seen] {
				t.Fatalf("row %d is %v, want %v", seen, w, all[seen])
			}
			seen++
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	if seen != 250 {
		t.Errorf("%d rows over all pages", seen)
	}
	for _, c := range p.calls {
		if strings.Contains(c, "sort=name") || strings.Contains(c, "after=") {
			t.Errorf("the API was sent %s", c)
		}
	}
}

func TestAnEnvelopeWithoutTheRow(t *testing.T) {
	db := open(t, &pager{n: 3}, orm.Models(word{}))
	if _, err := orm.Repo[word](db).ByID("99").One(context.Background()); !errors.Is(err, orm.ErrNotFound) {
		t.Error(err)
	}
}

// jsonAs serves one word with any content type.
func jsonAs(kind, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Content-Type"] = nil
		if kind != "" {
			w.Header().Set("Content-Type", kind)
		}
		_, _ = io.WriteString(w, body)
	}
}

func TestJSONIsReadWhateverItIsCalled(t *testing.T) {
	for _, kind := range []string{"application/json", "text/plain", "application/vnd.api+json", "text/javascript", "application/octet-stream", ""} {
		db := open(t, jsonAs(kind, `{"data":{"word":{"id":"1","name":"a"}}}`), orm.Models(word{}))
		if w, err := orm.Repo[word](db).ByID("1").One(context.Background()); err != nil || w.Name != "a" {
			t.Errorf("%q: %v, %v", kind, w, err)
		}
	}
	for what, c := range map[string]struct{ kind, body, says string }{
		"a page":     {"text/html", "<!DOCTYPE html><p>log in", "HTML"},
		"XML":        {"application/xml", `<?xml version="1.0"?><word/>`, "XML"},
		"a mistake":  {"application/json", `{"data":`, "not valid JSON"},
		"plain text": {"text/plain", "hello", "not JSON"},
	} {
		db := open(t, jsonAs(c.kind, c.body), orm.Models(word{}))
		_, err := orm.Repo[word](db).ByID("1").One(context.Background())
		if !errors.Is(err, orm.ErrUpstream) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

type headed struct {
	ID string `orm:"id,id"`
}

func (headed) Endpoints() httpapi.Endpoints {
	return httpapi.Endpoints{
		FindUnique: httpapi.GET("/h/{id}").Item("$").Header("Accept", "application/vnd.api+json"),
		Create:     httpapi.POST("/h").BodyAll().Item("$").Header("Content-Type", "application/vnd.api+json"),
	}
}

func TestHeadersOfEndpointsAndSourcesStand(t *testing.T) {
	var got http.Header
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r.Header.Clone()
		_, _ = io.WriteString(w, `{"id":"1","name":"a"}`)
	}))
	defer srv.Close()
	for name, c := range map[string]struct {
		opts         []httpapi.Option
		accept, kind string
	}{
		"endpoint": {nil, "application/vnd.api+json", "application/vnd.api+json"},
		"both":     {[]httpapi.Option{httpapi.Header("Accept", "text/x"), httpapi.Header("Content-Type", "text/x")}, "application/vnd.api+json", "application/vnd.api+json"},
	} {
		db, err := orm.Open(context.Background(), httpapi.Source("h", srv.URL, c.opts...), orm.Models(headed{}))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := orm.Repo[headed](db).ByID("1").One(context.Background()); err != nil {
			t.Fatal(err)
		}
		if a := got.Values("Accept"); len(a) != 1 || a[0] != c.accept {
			t.Errorf("%s: Accept %q", name, a)
		}
		if err := orm.Repo[headed](db).Create(context.Background(), &headed{ID: "1"}); err != nil {
			t.Fatal(err)
		}
		if k := got.Values("Content-Type"); len(k) != 1 || k[0] != c.kind {
			t.Errorf("%s: Content-Type %q", name, k)
		}
		_ = db.Close()
	}
}

type buried struct {
	ID string `orm:"id,id"`
}

func (buried) Endpoints() httpapi.Endpoints {
	return httpapi.Endpoints{FindMany: httpapi.GET("/b").Query("filter", "(title='$where.ID.eq')").Items("$")}
}

func TestATemplateInsideTextIsRefused(t *testing.T) {
	_, err := orm.Open(context.Background(), httpapi.Source("b", "http://127.0.0.1:1"), orm.Models(buried{}))
	if !errors.Is(err, orm.ErrInvalid) || !strings.Contains(err.Error(), "$where") {
		t.Error(err)
	}
}

type linked struct {
	ID string `orm:"id,id"`
}

func (linked) Endpoints() httpapi.Endpoints {
	return httpapi.Endpoints{FindMany: httpapi.GET("/l").Items("$.items").Next("$.next")}
}

// A parameter of the caller's client stands once in links to the next page, which hold it already.
func TestTheClientsParametersStandOnce(t *testing.T) {
	var seen []string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen = append(seen, r.URL.RawQuery)
		if r.URL.Query().Get("p") == "" {
			_, _ = io.WriteString(w, `{"items":[{"id":"1"}],"next":"/l?key=k&p=2"}`)
			return
		}
		_, _ = io.WriteString(w, `{"items":[{"id":"2"}]}`)
	}))
	defer srv.Close()
	db, err := orm.Open(context.Background(), httpapi.Source("l", srv.URL, httpapi.Client(resty.New().SetQueryParam("key", "k"))), orm.Models(linked{}))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := orm.Repo[linked](db).All(context.Background())
	if err != nil || len(rows) != 2 {
		t.Fatal(rows, err)
	}
	for _, q := range seen {
		if strings.Count(q, "key=") != 1 {
			t.Errorf("%q", seen)
		}
	}
}
