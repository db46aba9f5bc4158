package client_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/rls/guard"
	"github.com/multi-orm/orm/rls/rest"
	"github.com/multi-orm/orm/source/sqlite"
)

// other is a service beside the blog: its database, and the requests that came with whose credentials.
type other struct {
	testing.TB
	own    orm.DB
	server *httptest.Server

	mu    sync.Mutex
	asked []sent
}

// sent is a request as it came.
type sent struct{ line, credentials string }

// otherService serves models of its own.
func otherService(t testing.TB, models []any, options ...rest.Option) *other {
	t.Helper()
	s := &other{TB: t}
	s.own = must(orm.Open(context.Background(), sqlite.Source("main", ":memory:"), orm.Models(models...)))
	t.Cleanup(func() { _ = s.own.Close() })
	ok(orm.CreateTables(context.Background(), s.own))
	api := must(rest.New(s.own, options...))
	s.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.asked = append(s.asked, sent{r.Method + " " + r.URL.Path + "?" + r.URL.RawQuery, r.Header.Get("Authorization")})
		s.mu.Unlock()
		api.ServeHTTP(w, r)
	}))
	t.Cleanup(s.server.Close)
	return s
}

// requests gives what was asked since the last time.
func (s *other) requests() []sent {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := s.asked
	s.asked = nil
	return out
}

// got checks the number of requests since the last time.
func (s *other) got(n int, about string) {
	s.Helper()
	if all := s.requests(); len(all) != n {
		lines := make([]string, len(all))
		for i := range all {
			lines[i] = all[i].line
		}
		s.Errorf("%s: %d requests, want %d:\n%s", about, len(all), n, strings.Join(lines, "\n"))
	}
}

// all is a shape of every column of T, with what else there is to it.
func all[T any](with ...guard.Branch[T]) guard.Shape[T] {
	s := guard.Shape[T]{Logic: logic, Skip: 1000, With: with}
	var columns []orm.Selectable[T]
	for _, f := range must(model.For[T]()).Fields {
		c := builder.ColumnOf[T](f)
		columns = append(columns, c)
		s.Where = append(s.Where, guard.Allow(c))
		if !f.Auto && !f.Primary && f != f.Model.Version {
			s.Create, s.Update = append(s.Create, guard.Accept(c)), append(s.Update, guard.Accept(c))
		}
	}
	s.Select, s.OrderBy = guard.Only(columns...), guard.Only(columns...)
	return s
}
