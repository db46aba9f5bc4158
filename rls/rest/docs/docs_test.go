package docs_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/multi-orm/orm/rls/rest/docs"
)

var address = regexp.MustCompile(`(?:src|href)="([^"]+)"`)

func served(t *testing.T) *httptest.Server {
	t.Helper()
	mux := http.NewServeMux()
	mux.Handle("/docs/", http.StripPrefix("/docs", docs.Handler("/openapi.json?a=1&b=2")))
	mux.HandleFunc("/openapi.json", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"openapi":"3.1.0","info":{"title":"Blog","version":"1"},"paths":{"/posts":{"get":{"summary":"Lists the posts of the test","responses":{"200":{"description":"ok"}}}}}}`)
	})
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

func get(t *testing.T, url string) (int, http.Header, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, res.Header, string(text)
}

// Everything that the page asks for is served beside it, and nothing is asked from elsewhere.
func TestPageIsWhole(t *testing.T) {
	s := served(t)
	status, header, page := get(t, s.URL+"/docs/")
	if status != 200 || !strings.Contains(page, `data-spec="/openapi.json?a=1&amp;b=2"`) || !strings.Contains(header.Get("Content-Security-Policy"), "default-src 'self'") {
		t.Fatal(status, header, page)
	}
	found := address.FindAllStringSubmatch(page, -1)
	if len(found) < 4 {
		t.Error(found)
	}
	for _, m := range found {
		if strings.Contains(m[1], ":") || strings.HasPrefix(m[1], "/") {
			t.Errorf("%s leads away", m[1])
		}
		if status, _, text := get(t, s.URL+"/docs/"+m[1]); status != 200 || text == "" {
			t.Errorf("%s: %d", m[1], status)
		}
	}
	for path, want := range map[string]int{"/docs": 200, "/docs/index.html": 200, "/docs/nothing": 404, "/docs/embed.go": 404} {
		if status, _, _ := get(t, s.URL+path); status != want {
			t.Errorf("%s: %d, want %d", path, status, want)
		}
	}
}

// A browser shows the document's operations.
func TestPageInBrowser(t *testing.T) {
	chromium, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("chromium is not there: .ci/setup installs it")
		}
		t.Skip("chromium is not there")
	}
	s := served(t)
	for range 3 { // a browser that starts cold on a busy machine may dump the page before it is drawn
		cmd := exec.CommandContext(t.Context(), chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
			"--disable-component-update", "--disable-sync", "--user-data-dir="+t.TempDir(), "--virtual-time-budget=10000", "--dump-dom", s.URL+"/docs/")
		cmd.WaitDelay = 30 * time.Second
		dom, _ := cmd.Output() // what it drew tells
		if strings.Contains(string(dom), "Lists the posts of the test") {
			return
		}
		t.Logf("%d bytes without the operation", len(dom))
	}
	t.Error("the operation is not shown")
}
