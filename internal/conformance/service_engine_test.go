package conformance

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/testkit"
	"github.com/multi-orm/orm/model"
	serve "github.com/multi-orm/orm/rls/rest"
	"github.com/multi-orm/orm/rls/rest/client"
	"github.com/multi-orm/orm/source"
	"github.com/multi-orm/orm/source/sqlite"
)

// service is another program's database as a source: what reads, changes and removes goes over HTTP to a handler of package
// rest. New rows are put into the database behind it, since a request can give fewer kinds of values than the cases read.
type service struct {
	*client.DataSource
	name, path string
	most       int // rows that a rule gives at a time
	handler    *atomic.Pointer[serve.API]
	own        *sqlite.DataSource
	db         orm.DB
}

// onService is a service as an engine of the suite, whose rules give at most so many rows at a time.
func onService(most int) Engine {
	var last *service
	return Engine{Name: "service", API: true, Links: []any{Member{}}, Lacks: lacksOfService, Ends: []string{"stream/tx windows", "stream/tx ends", "include/two sources", "include/counts of writes", "array/bad", "page/computed"}, Exec: func(ctx context.Context, text string) error {
		_, err := last.own.Exec(ctx, text, nil)
		return err
	}, Database: func(t *testing.T) func(string, Options) source.Source {
		path := testkit.SQLite(t)
		return func(name string, _ Options) source.Source {
			s := &service{name: name, path: path, most: most, handler: &atomic.Pointer[serve.API]{}}
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.handler.Load().ServeHTTP(w, r) }))
			t.Cleanup(server.Close)
			s.DataSource = client.Source(name, server.URL)
			last = s
			return s
		}
	}, Unreachable: func(name string) source.Source { return client.Source(name, "http://127.0.0.1:1", client.Retries(0)) }}
}

// Open opens the service's database and serves the models.
func (s *service) Open(ctx context.Context, models []*model.Model) error {
	names := map[string]bool{"": true, s.name: true}
	s.own = sqlite.Source(s.name, s.path)
	options := []orm.Option{s.own}
	var structs []any
	var reach func(m *model.Model)
	seen := map[*model.Model]bool{}
	reach = func(m *model.Model) {
		if seen[m] {
			return
		}
		seen[m] = true
		structs = append(structs, reflect.New(m.Type).Elem().Interface())
		if !names[m.Source] {
			names[m.Source] = true
			options = append(options, sqlite.Source(m.Source, s.path))
		}
		for _, r := range m.Relations {
			reach(r.Target)
		}
	}
	for _, m := range models {
		reach(m)
	}
	var err error
	if s.db, err = orm.Open(ctx, append(options, orm.Models(structs...))...); err != nil {
		return err
	}
	if err := orm.CreateTables(ctx, s.db); err != nil {
		return err
	}
	r := newRules(s.most)
	served := []serve.Option{serve.Limits{MaxDepth: -1}}
	for _, m := range models {
		served = append(served, r.resource(m))
	}
	api, err := serve.New(s.db, served...)
	if err != nil {
		return err
	}
	s.handler.Store(api)
	return s.DataSource.Open(ctx, models)
}

// Insert puts rows into the database behind the service.
func (s *service) Insert(ctx context.Context, st *builder.Insert, rows *source.Rows) (int64, error) {
	if err := source.Guard(st); err != nil {
		return 0, err
	}
	all := int64(0)
	each := max(1, 30_000/max(1, len(st.Fields)))
	for from := 0; from < st.Rows; from += each {
		part := *st
		part.Rows = min(each, st.Rows-from)
		part.Values = st.Values[from*len(st.Fields) : (from+part.Rows)*len(st.Fields)]
		if part.Reply != nil {
			part.Returning, part.Reply = st.Model.Fields, nil
		}
		n, err := s.own.Insert(ctx, &part, rows)
		all += n
		if err != nil {
			return all, err
		}
	}
	return all, nil
}

// Close closes both sides.
func (s *service) Close() error {
	err := s.DataSource.Close()
	if s.own != nil {
		if e := s.db.Close(); err == nil {
			err = e
		}
	}
	return err
}

// lacksOfService says why a service cannot be asked for something: it refused by an error that tells so.
func lacksOfService(err error) string {
	var e *orm.Error
	if !errors.As(err, &e) || !errors.Is(err, orm.ErrUnsupported) && !errors.Is(err, orm.ErrLimit) {
		return ""
	}
	for detail, why := range map[string]string{
		"has no transactions":                   "a service has no transactions",
		"does not understand SQL":               "a service takes no SQL",
		"does not speak SQL":                    "a service takes no SQL",
		"computes no aggregates":                "a service gives rows and numbers of rows",
		"sorts as letter case counts":           "requests have no word for an order that heeds no letter case",
		"order that heeds no case":              "requests have no word for an order that heeds no letter case",
		"does not compute values":               "requests compute nothing",
		"sorts by columns":                      "requests compute nothing",
		"compare numbers or columns of related": "requests compute nothing",
		"is longer than MaxURL":                 "a URL has an end",
		"documents and arrays cannot":           "requests compare parts of documents, not the whole",
		"parts of a document, not the whole":    "requests compare parts of documents, not the whole",
		"of which type it is":                   "requests do not tell what is absent from null",
		"that is of another type from one":      "requests do not tell what is absent from null",
		"not how long it is":                    "requests compute nothing",
		"operator is not to be had":             "requests have no word for it",
		"cannot be told to compute":             "requests compute nothing",
		"has no upsert":                         "a service has no upsert",
		"answered 413":                          "a request has 100 conditions, and five levels of AND and OR",
		"the service's rule does not allow it":  "RJSON nests no deeper than 64 levels",
		"let requests filter by it so":          "equality",
	} {
		switch {
		case !strings.Contains(e.Detail, detail):
		case why != "equality":
			return why
		default:
			if r, known := newRules(1).named(e.Model); known {
				if f, err := r.Field(e.Field); err == nil && unordered(f) {
					return "rules let requests compare such columns by equality at most"
				}
			}
		}
	}
	return ""
}

// unordered reports whether rules know no order of a column, or do not let requests filter by it at all.
func unordered(f *model.Field) bool {
	return f.Kind == model.Bytes || f.Kind == model.Text || f.Kind == model.Scanner || f.Kind == model.Array || len(f.Enum) > 0
}

// TestServiceConforms runs the cases that read on a service, and compares its answers with a database's.
func TestServiceConforms(t *testing.T) {
	otherwise := map[string]string{
		"array/append":          "computes what is written: refused, see the tests of package client",
		"array/append upsert":   "writes alone, by what a service has not",
		"array/append property": "writes alone, by what a service has not",
	}
	var all []testCase
	for _, part := range [][]testCase{
		typeCases, whereCases, textCases, nameCases, orderCases, readCases, streamCases, includeCases, includePageCases, includeShapeCases, includeOwnCases, edgeCases, countCases,
		relationCases, propertyCases, pageCases, pointerReadCases, insideCases, jsonCases,
	} {
		for _, c := range part {
			if why := otherwise[c.name]; why == "" {
				all = append(all, c)
			}
		}
	}
	Compare(t, run(t, sqliteMemory(), all), run(t, onService(1000), all))
}
