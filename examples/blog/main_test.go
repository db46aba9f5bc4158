package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/multi-orm/orm/internal/testkit"
)

func TestMain(m *testing.M) { os.Exit(testkit.Run(m)) }

// browser is a visitor with cookies of its own.
type browser struct {
	t    *testing.T
	http http.Client
	url  string
}

// started serves the blog until the test ends, and gives two visitors.
func started(t *testing.T, explain io.Writer) (ann, bob *browser) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	addr := make(chan string, 1)
	done := make(chan error, 1)
	go func() {
		done <- run(ctx, options{addr: "localhost:0", database: ":memory:", rounds: 10, explain: explain}, func(a string) { addr <- a })
	}()
	url := ""
	select {
	case a := <-addr:
		url = "http://" + a
	case err := <-done:
		t.Fatal(err)
	}
	t.Cleanup(func() {
		http.DefaultClient.CloseIdleConnections()
		stop()
		if err := <-done; err != nil {
			t.Error("the blog did not stop in order:", err)
		}
	})
	visitor := func() *browser {
		jar, err := cookiejar.New(nil)
		if err != nil {
			t.Fatal(err)
		}
		transport := &http.Transport{}
		t.Cleanup(transport.CloseIdleConnections)
		return &browser{t: t, http: http.Client{Jar: jar, Transport: transport, Timeout: 10 * time.Second}, url: url}
	}
	return visitor(), visitor()
}

// does sends a request and holds its status; the first header is the body's type.
func (b *browser) does(status int, method, path, body string, headers ...string) string {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), method, b.url+path, strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Set(name, value)
	}
	res, err := b.http.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	if res.StatusCode != status {
		b.t.Fatalf("%s %s: %d, want %d: %s", method, path, res.StatusCode, status, text)
	}
	return string(text)
}

func TestBlog(t *testing.T) {
	var statements bytes.Buffer
	admin, user := started(t, &statements)
	admin.does(201, "POST", "/api/auth/sign-up/email", `{"name":"Mr. Admin","email":"admin@local.dev","role":"admin","password":"Admin@1234"}`)
	user.does(201, "POST", "/api/auth/sign-up/email", `{"name":"Mr. User","email":"user@local.dev","role":"admin","password":"User@1234"}`)
	user.does(409, "POST", "/api/auth/sign-up/email", `{"name":"Mr. Else","email":"user@local.dev","password":"User@1234"}`)
	user.does(401, "POST", "/api/auth/sign-in/email", `{"email":"user@local.dev","password":"Admin@1234"}`)
	user.does(403, "GET", "/query/user", "")
	admin.does(204, "POST", "/api/auth/sign-in/email", `{"email":"admin@local.dev","password":"Admin@1234"}`)
	user.does(204, "POST", "/api/auth/sign-in/email", `{"email":"user@local.dev","password":"User@1234"}`)

	if got := user.does(200, "GET", "/query/user?select=(columns:~T(name,role)~)", ""); got != `{"user":{"name":"Mr. User","role":"user"}}` {
		t.Error("who claims to be an admin is one:", got)
	}
	user.does(403, "GET", "/query/users", "")
	if got := admin.does(200, "GET", "/query/users?select=(columns:~T(email)~,orderBy:(name:asc))", ""); got != `{"count":2,"users":[{"email":"admin@local.dev"},{"email":"user@local.dev"}]}` {
		t.Error(got)
	}
	user.does(201, "POST", "/query/posts", `{"title":"first","body":"Hello world!"}`)
	if got := admin.does(200, "GET", "/query/posts", ""); got != `{"count":0,"posts":[]}` {
		t.Error("an admin's own posts:", got)
	}
	if got := admin.does(200, "GET", "/query/posts?guest&select=(columns:~T(title)~,with:(user:T))", ""); got != `{"count":1,"posts":[{"title":"first","user":{"name":"Mr. User"}}]}` {
		t.Error(got)
	}
	admin.does(400, "PATCH", "/query/posts?select=(where:(userId:x))", `{"title":"x"}`)
	if got := admin.does(200, "DELETE", "/query/posts", ""); got != `{"rowsAffected":0,"count":0,"posts":[]}` {
		t.Error("an admin deleted the posts of others:", got)
	}
	if doc := user.does(200, "GET", "/openapi.json", ""); !strings.Contains(doc, `"/posts/{key}"`) || strings.Contains(doc, `"/users"`) {
		t.Error("the document is not the user's own")
	}
	if client := user.does(200, "GET", "/client.ts", ""); !strings.Contains(client, "createClient") {
		t.Error(client)
	}
	if page := user.does(200, "GET", "/docs/", ""); !strings.Contains(page, "/openapi.json") {
		t.Error(page)
	}
	user.does(403, "POST", "/query/posts", `{"title":"x","body":"y"}`, "Origin: http://evil.example", "Sec-Fetch-Site: cross-site")
	user.does(204, "POST", "/api/auth/sign-out", "")
	user.does(403, "POST", "/query/posts", `{"title":"x","body":"y"}`)
	user.does(200, "GET", "/query/posts", "")
	if !strings.Contains(statements.String(), `SELECT`) || strings.Contains(statements.String(), "Hello world") {
		t.Error("-explain prints no statements, or their values:", fmt.Sprint(statements.Len()))
	}
}
