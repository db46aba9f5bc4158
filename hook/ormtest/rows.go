package ormtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/multi-orm/orm/internal/jsonrow"
	"github.com/multi-orm/orm/model"
)

// Rows serves rows of T below path as a plain REST resource, by the names of the columns:
//
//	GET path            {"items": […], "total": n} of the rows that pass; total counts them before the page is cut
//	GET path/{key}      one row, or 404; a composite key is a segment for each column
//	POST path           makes a row: 201 and the row; one whose key is there is 409. An auto key that is left out is made
//	PATCH path/{key}    changes what the body names, and gives the row
//	PUT path/{key}      replaces the row, and gives it
//	DELETE path/{key}   204
//
// A list takes column=value, column=a,b for one of several, column[]= once for each, sort=column,-column, offset and limit. Another
// parameter is 400, and so is a member of a body that is no column: a mapping with a slip in it is found out.
func Rows[T any](path string, rows ...T) Route {
	return func(t testing.TB, a *API, mux *http.ServeMux) {
		t.Helper()
		m, err := model.For[T]()
		if err != nil {
			t.Fatalf("ormtest: %v", err)
		}
		r := &resource{m: m}
		for i := range rows {
			doc, err := document(m, reflect.ValueOf(&rows[i]))
			if err != nil {
				t.Fatalf("ormtest: row %d for %s: %v", i, path, err)
			}
			if err := r.add(doc); err != nil {
				t.Fatalf("ormtest: row %d for %s: %v", i, path, err)
			}
		}
		one := path
		for i, f := range m.Key {
			one += fmt.Sprintf("/{key%d}", i)
			if f.Hidden {
				t.Fatalf("ormtest: the key %s of %s is hidden", f.Name, m.Name)
			}
		}
		for _, f := range m.Fields {
			if f.Hidden {
				a.hidden[f.Column] = true
			}
		}
		for pattern, h := range map[string]func(*http.Request) (int, any){
			"GET " + path: r.list, "POST " + path: r.create, "GET " + one: r.get, "PATCH " + one: r.patch, "PUT " + one: r.put, "DELETE " + one: r.remove,
		} {
			mux.HandleFunc(pattern, func(w http.ResponseWriter, q *http.Request) {
				r.mu.Lock()
				status, body := h(q)
				text, err := jsonrow.Encode(body)
				r.mu.Unlock()
				if err != nil {
					status, text = http.StatusInternalServerError, nil
				}
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(status)
				if status != http.StatusNoContent {
					_, _ = w.Write(text) // who asked may be gone
				}
			})
		}
	}
}

// resource holds rows as JSON, in the order in which they came.
type resource struct {
	m    *model.Model
	mu   sync.Mutex
	rows []map[string]any
}

// document is a row as an API tells it.
func document(m *model.Model, row reflect.Value) (map[string]any, error) {
	doc := map[string]any{}
	for _, f := range m.Fields {
		v, err := f.Load(row.UnsafePointer())
		if err != nil {
			return nil, err
		}
		if doc[f.Column], err = jsonrow.JSON(f, v); err != nil {
			return nil, err
		}
	}
	text, err := jsonrow.Encode(doc)
	if err != nil {
		return nil, err
	}
	return parse(text)
}

func parse(text []byte) (doc map[string]any, err error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber() // no digit is lost
	return doc, d.Decode(&doc)
}

func wrong(format string, args ...any) (int, any) {
	return http.StatusBadRequest, map[string]string{"error": fmt.Sprintf(format, args...)}
}

func (r *resource) column(name string) *model.Field {
	for _, f := range r.m.Fields {
		if f.Column == name {
			return f
		}
	}
	return nil
}

func (r *resource) key(doc map[string]any) []string {
	var out []string
	for _, f := range r.m.Key {
		out = append(out, spelled(doc[f.Column]))
	}
	return out
}

func (r *resource) find(key []string) int {
	return slices.IndexFunc(r.rows, func(doc map[string]any) bool { return slices.Equal(r.key(doc), key) })
}

// add takes a row whose key is new. Keys that the source makes are numbered on.
func (r *resource) add(doc map[string]any) error {
	for _, f := range r.m.Key {
		if v := doc[f.Column]; f.Auto && (v == nil || spelled(v) == "0") {
			last := int64(0)
			for _, have := range r.rows {
				n, _ := strconv.ParseInt(spelled(have[f.Column]), 10, 64) // a key of another kind is not counted
				last = max(last, n)
			}
			doc[f.Column] = json.Number(strconv.FormatInt(last+1, 10))
		}
	}
	if r.find(r.key(doc)) >= 0 {
		return fmt.Errorf("the key of %s is there already", r.m.Name)
	}
	r.rows = append(r.rows, doc)
	return nil
}

// at finds the row that a path names.
func (r *resource) at(q *http.Request) (int, []string) {
	var key []string
	for i := range r.m.Key {
		key = append(key, q.PathValue(fmt.Sprintf("key%d", i)))
	}
	return r.find(key), key
}

func (r *resource) get(q *http.Request) (int, any) {
	i, _ := r.at(q)
	if i < 0 {
		return http.StatusNotFound, nil
	}
	return http.StatusOK, r.rows[i]
}

// body reads a row, every column of which is there: those that are not named are null.
func (r *resource) body(q *http.Request, doc map[string]any) (string, bool) {
	var buf bytes.Buffer
	if _, err := buf.ReadFrom(q.Body); err != nil {
		return "the body was not sent", false
	}
	in, err := parse(buf.Bytes())
	if err != nil || in == nil {
		return "the body is no JSON object", false
	}
	for name, v := range in {
		if r.column(name) == nil {
			return fmt.Sprintf("%s has no column %q", r.m.Name, name), false
		}
		doc[name] = v
	}
	return "", true
}

func (r *resource) blank() map[string]any {
	doc := map[string]any{}
	for _, f := range r.m.Fields {
		doc[f.Column] = nil
	}
	return doc
}

func (r *resource) create(q *http.Request) (int, any) {
	doc := r.blank()
	if what, ok := r.body(q, doc); !ok {
		return wrong("%s", what)
	}
	if err := r.add(doc); err != nil {
		return http.StatusConflict, map[string]string{"error": err.Error()}
	}
	return http.StatusCreated, doc
}

func (r *resource) patch(q *http.Request) (int, any) {
	i, key := r.at(q)
	if i < 0 {
		return http.StatusNotFound, nil
	}
	doc := r.blank()
	for name, v := range r.rows[i] {
		doc[name] = v
	}
	return r.replace(q, i, key, doc)
}

func (r *resource) put(q *http.Request) (int, any) {
	i, key := r.at(q)
	if i < 0 {
		return http.StatusNotFound, nil
	}
	doc := r.blank()
	for _, f := range r.m.Key {
		doc[f.Column] = r.rows[i][f.Column]
	}
	return r.replace(q, i, key, doc)
}

func (r *resource) replace(q *http.Request, i int, key []string, doc map[string]any) (int, any) {
	if what, ok := r.body(q, doc); !ok {
		return wrong("%s", what)
	}
	if !slices.Equal(r.key(doc), key) {
		return wrong("the key of a row does not change")
	}
	r.rows[i] = doc
	return http.StatusOK, doc
}

func (r *resource) remove(q *http.Request) (int, any) {
	i, _ := r.at(q)
	if i < 0 {
		return http.StatusNotFound, nil
	}
	r.rows = slices.Delete(r.rows, i, i+1)
	return http.StatusNoContent, nil
}

// spelled is a value of JSON as a path or a query says it.
func spelled(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	b, err := jsonrow.Encode(v)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(b))
}
