package ormtest

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
)

// API is an HTTP server for httpapi.Source that records what it is asked. NewAPI starts one.
type API struct {
	URL string // where it listens, without a slash at the end

	mu       sync.Mutex
	requests []Request
	hidden   map[string]bool // names of columns whose values are not recorded
}

// Route is a part of an API: Handle or Rows makes one.
type Route func(t testing.TB, a *API, mux *http.ServeMux)

// maxBody bounds what is read of a request.
const maxBody = 8 << 20

// NewAPI serves routes on a free port of this machine until the test ends. What no route takes is 404, and recorded too.
func NewAPI(t testing.TB, routes ...Route) *API {
	t.Helper()
	a := &API{hidden: map[string]bool{}}
	mux := http.NewServeMux()
	for _, r := range routes {
		r(t, a, mux)
	}
	server := httptest.NewServer(a.record(mux))
	t.Cleanup(server.Close)
	a.URL = server.URL
	return a
}

// Handle serves a pattern of http.ServeMux, such as "GET /rates/{currency}". It is how an API of a form of its own is played, and
// one that fails.
func Handle(pattern string, handler http.HandlerFunc) Route {
	return func(_ testing.TB, _ *API, mux *http.ServeMux) { mux.HandleFunc(pattern, handler) }
}

// Requests gives what was asked until now, in the order in which the replies began.
func (a *API) Requests() []Request {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.requests)
}

// Forget forgets what was asked until now.
func (a *API) Forget() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.requests = nil
}

// AssertRequests fails t unless want is what was asked until now, in whatever order: requests may go side by side. Each is as
// Request.String writes it.
func (a *API) AssertRequests(t testing.TB, want ...string) {
	t.Helper()
	var extra []string
	missing := slices.Clone(want)
	for _, r := range a.Requests() {
		if i := slices.Index(missing, r.String()); i >= 0 {
			missing = slices.Delete(missing, i, i+1)
			continue
		}
		extra = append(extra, r.String())
	}
	if len(missing) > 0 || len(extra) > 0 {
		t.Errorf("ormtest: the API was not asked what was expected%s%s", listed("not asked", missing), listed("asked besides", extra))
	}
}

func listed(title string, lines []string) string {
	if len(lines) == 0 {
		return ""
	}
	return "\n\t" + title + ":\n\t\t" + strings.Join(lines, "\n\t\t")
}

// record keeps each request with the status of its reply.
func (a *API) record(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		if err != nil {
			w.WriteHeader(http.StatusRequestEntityTooLarge)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		kept := a.recorded(r, body)
		a.mu.Lock()
		a.requests = append(a.requests, kept)
		a.mu.Unlock()
		next.ServeHTTP(w, r)
	})
}
