package openapitest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/internal/apitest"
)

// operation is one of the document's.
type operation struct{ path, verb, pointer string }

func (s *site) operations() (out []operation) {
	paths := s.doc["paths"].(map[string]any)
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		item := paths[path].(map[string]any)
		for _, verb := range slices.Sorted(maps.Keys(item)) {
			if verb != "parameters" {
				out = append(out, operation{path, verb, "/paths/" + strings.ReplaceAll(path, "/", "~1") + "/" + verb})
			}
		}
	}
	return out
}

// variant chooses one of the schemas that are each of some callers, and the caller.
func (g generator) variant(pointer string, who string) (string, string) {
	s, _ := g.at(pointer).(map[string]any)
	var at []string
	var whose []string
	for i, x := range anys(s["anyOf"]) {
		for _, w := range anys(x.(map[string]any)["x-callers"]) {
			if who == "" || w == who {
				at, whose = append(at, fmt.Sprintf("%s/anyOf/%d", pointer, i)), append(whose, w.(string))
			}
		}
	}
	if len(at) == 0 {
		return pointer, who
	}
	i := rapid.IntRange(0, len(at)-1).Draw(g.t, "caller")
	return at[i], whose[i]
}

// request is one that the document calls valid.
type request struct {
	method, path string
	query        []string
	body         any
}

func (r request) String() string {
	body, _ := json.Marshal(r.body)
	q, _ := url.QueryUnescape(strings.Join(r.query, "&"))
	return fmt.Sprintf("%s %s?%s %s", r.method, r.path, q, body)
}

// propose makes a request for an operation; ok is false where what was proposed is none.
func (g generator) propose(t *testing.T, op operation) (r request, ok bool) {
	r.method = strings.ToUpper(op.verb)
	who := ""
	content := op.pointer + "/requestBody/content/application~1json/schema"
	if g.at(op.pointer+"/requestBody") != nil {
		var at string
		at, who = g.variant(content, "")
		if r.body = g.value(at, deepest); g.passes(t, at, r.body) != nil {
			return r, false
		}
	}
	var first, skips, alone, pages, byNumber, byCursor bool
	for i := range anys(g.at(op.pointer + "/parameters")) {
		p, at := g.follow(fmt.Sprintf("%s/parameters/%d", op.pointer, i))
		name, _ := p["name"].(string)
		switch {
		case p["in"] == "header", name == "select", name == "mine", name == "guest", name == "all", strings.Contains(name, "|"):
			continue
		case name == "query":
			says, _ := g.at(op.pointer + "/description").(string)
			if rapid.IntRange(0, 4).Draw(g.t, "query?") == 0 && !strings.Contains(says, "needs a condition") {
				continue
			}
			at, who = g.variant(at+"/content/application~1json/schema", who)
			v := g.value(at, deepest)
			if g.passes(t, at, v) != nil {
				return r, false
			}
			text, err := json.Marshal(v)
			if err != nil {
				t.Fatal(err)
			}
			r.query = append(r.query, "query="+url.QueryEscape(string(text)))
			m := v.(map[string]any)
			first = m["take"] != nil || m["cursor"] != nil || m["select"] == false
			skips = m["skip"] != nil
		case name == "findFirst" && first:
		case p["allowEmptyValue"] == true:
			if rapid.Bool().Draw(g.t, name) {
				r.query = append(r.query, name)
				alone = alone || name == "findFirst"
			}
		case rapid.IntRange(0, 3).Draw(g.t, name+"?") == 0:
			v := g.value(at+"/schema", 2)
			if g.passes(t, at+"/schema", v) != nil {
				return r, false
			}
			list, ok := v.([]any)
			if !ok {
				list = []any{v}
			}
			text := make([]string, len(list))
			for i := range list {
				text[i] = url.QueryEscape(strings.NewReplacer(`\`, `\\`, ",", `\,`).Replace(fmt.Sprint(list[i])))
				if !ok {
					text[i] = url.QueryEscape(fmt.Sprint(v))
				}
			}
			if len(list) > 0 {
				r.query = append(r.query, name+"="+strings.Join(text, ","))
			}
			pages = pages || name == "pageCount" || name == "recordsPerPage" || name == "paginationCursor"
			byNumber, byCursor = byNumber || name == "pageCount", byCursor || name == "paginationCursor"
		}
	}
	if byNumber && byCursor || pages && (first || skips || alone) { // as the descriptions say
		r.query = slices.DeleteFunc(r.query, func(p string) bool {
			return strings.HasPrefix(p, "pageCount=") || strings.HasPrefix(p, "recordsPerPage=") || strings.HasPrefix(p, "paginationCursor=")
		})
	}
	if who == "mine" || who == "guest" || who == "all" {
		r.query = append(r.query, who)
	}
	r.path = op.path
	if strings.Contains(r.path, "{key}") {
		key, ok := g.key(t, op)
		if !ok {
			return r, false
		}
		r.path = strings.Replace(r.path, "{key}", key, 1)
	}
	return r, true
}

// key is one of a row that is there, or one that the document calls valid.
func (g generator) key(t *testing.T, op operation) (string, bool) {
	there := g.keys[strings.Split(op.path, "/")[1]]
	text := ""
	if len(there) > 0 && rapid.IntRange(0, 4).Draw(g.t, "there?") > 0 {
		text = rapid.SampledFrom(there).Draw(g.t, "key")
	} else {
		pointer := strings.TrimSuffix(op.pointer, "/"+op.verb) + "/parameters/0/schema"
		v := g.value(pointer, 1)
		if text = fmt.Sprint(v); text == "" || g.passes(t, pointer, v) != nil {
			return "", false
		}
	}
	var parts []string
	for part := range strings.SplitSeq(text, ",") {
		parts = append(parts, url.PathEscape(part))
	}
	return strings.Join(parts, ","), true
}

// N22, N43: whatever the document calls valid the handler takes: it may find no row, or a conflict, but nothing wrong with the request. Its
// answers are as the document says.
func TestDocumentIsTaken(t *testing.T) {
	for name, source := range map[string]func(testing.TB) orm.Option{"SQLite": onSQLite, "PostgreSQL": onPostgres} {
		t.Run(name, func(t *testing.T) {
			for who := range callers() {
				s := newSite(t, who, source)
				for _, op := range s.operations() {
					t.Run(fmt.Sprintf("%q %s %s", who, op.verb, op.path), func(t *testing.T) { s.taken(t, op) })
				}
			}
		})
	}
}

func (s *site) taken(t *testing.T, op operation) {
	s.fill(t)
	asked, none, beyond := 0, 0, 0
	statuses := map[int]int{}
	rapid.Check(t, func(rt *rapid.T) {
		r, ok := generator{s, rt}.propose(t, op)
		asked++
		if !ok {
			none++
			return
		}
		w := s.ask(t, r.method, r.path, r.query, r.body)
		statuses[w.Code]++
		if why := s.described(t, op, w); why != "" {
			rt.Fatalf("%s\n%d %s\n%s", r, w.Code, w.Body, why)
		}
		switch w.Code {
		case http.StatusOK, http.StatusCreated, http.StatusNoContent, http.StatusNotFound, http.StatusConflict, http.StatusPreconditionFailed:
			return
		}
		if r.method == http.MethodHead { // which gives no words
			w = s.ask(t, http.MethodGet, r.path, r.query, nil)
		}
		if beyond++; !tolerated(w.Body.String()) {
			rt.Fatalf("%s\n%d %s", r, w.Code, w.Body)
		}
	})
	if none*2 > asked {
		t.Errorf("%d of %d proposals were no requests", none, asked)
	}
	if beyond*4 > asked*3 {
		t.Errorf("%d of %d were refused for what the schema does not say", beyond, asked)
	}
	t.Log(statuses)
}

// described tells what in an answer the document does not say.
func (s *site) described(t *testing.T, op operation, w *httptest.ResponseRecorder) string {
	responses := op.pointer + "/responses/"
	at := fmt.Sprint(w.Code)
	if s.at(responses+at) == nil {
		if at = "default"; s.at(responses+at) == nil {
			return "the status is none of the document's"
		}
	}
	response, pointer := s.follow(responses + at)
	if tag := w.Header().Get("ETag"); tag != "" && op.verb != "head" && response["headers"] == nil {
		return "the document knows no ETag"
	}
	if w.Body.Len() == 0 {
		return ""
	}
	kind, _, _ := strings.Cut(w.Header().Get("Content-Type"), ";")
	pointer += "/content/" + strings.ReplaceAll(kind, "/", "~1") + "/schema"
	if s.at(pointer) == nil {
		return "the document knows no " + kind
	}
	body, err := jsonschema.UnmarshalJSON(bytes.NewReader(w.Body.Bytes()))
	if err != nil {
		return err.Error()
	}
	if err := s.exactly(t, pointer, body); err != nil {
		return err.Error()
	}
	return ""
}

// tolerated are refusals of what a schema cannot say.
func tolerated(problem string) bool {
	for _, words := range []string{
		"a write of many rows needs a condition", // the conditions hold for every row by what they say together
		"combinators nest deeper", "it nests deeper", "more than 100 conditions",
		"it breaks the rule iso3166_1_alpha2", "it breaks the rule gtefield", // told in words
	} {
		if strings.Contains(problem, words) {
			return true
		}
	}
	return false
}

// fill inserts a few rows.
func (s *site) fill(t *testing.T) {
	t.Helper()
	s.round++
	s.keys = map[string][]string{}
	for i := range 12 {
		name := fmt.Sprintf("n%d.%d", s.round, i)
		a := apitest.Author{Name: name}
		create(t, s, &a)
		b := apitest.Book{AuthorID: 1, // the first author's, who asks
			Title: name, Pages: 7}
		create(t, s, &b)
		create(t, s, &apitest.Review{Reader: "r", BookID: b.ID, Stars: 3})
		create(t, s, &apitest.Tag{Name: name})
		p := apitest.Place{Name: name, Slug: name}
		create(t, s, &p)
		s.keys["places"], s.keys["spots"] = append(s.keys["places"], fmt.Sprint(p.ID)), append(s.keys["spots"], fmt.Sprint(p.ID))
		id := fmt.Sprintf("%x-%x-%x-%x-%x", b.ID[:4], b.ID[4:6], b.ID[6:8], b.ID[8:10], b.ID[10:])
		s.keys["authors"] = append(s.keys["authors"], fmt.Sprint(a.ID))
		s.keys["books"] = append(s.keys["books"], id)
		s.keys["reviews"] = append(s.keys["reviews"], "r,"+id)
	}
	s.keys["last-book"], s.keys["lastBook"] = s.keys["books"], s.keys["books"]
}

func create[T any](t *testing.T, s *site, row *T) {
	t.Helper()
	if err := orm.Repo[T](s.db).Create(t.Context(), row); err != nil {
		t.Fatal(err)
	}
}
