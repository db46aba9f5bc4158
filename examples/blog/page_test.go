package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/rls/rest"
)

// A browser runs the page: the posts that the API gives guests are drawn by it.
func TestPageInBrowser(t *testing.T) {
	chromium, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("chromium is not there: .ci/setup installs it")
		}
		t.Skip("chromium is not there")
	}
	user, _ := started(t, nil)
	user.does(201, "POST", "/api/auth/sign-up/email", `{"name":"Ann","email":"ann@local.dev","password":"Ann@12345"}`)
	user.does(204, "POST", "/api/auth/sign-in/email", `{"email":"ann@local.dev","password":"Ann@12345"}`)
	user.does(201, "POST", "/query/posts", `{"title":"Tea <b>time</b>","body":"Hello"}`)
	for range 3 { // a browser that starts cold on a busy machine may dump the page before it is drawn
		cmd := exec.CommandContext(t.Context(), chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
			"--disable-component-update", "--disable-sync", "--user-data-dir="+t.TempDir(), "--virtual-time-budget=10000", "--dump-dom", user.url+"/")
		cmd.WaitDelay = 30 * time.Second
		dom, _ := cmd.Output() // what it drew tells
		if strings.Contains(string(dom), "<b>Tea &lt;b&gt;time&lt;/b&gt;</b>") && strings.Contains(string(dom), `<p id="error" role="alert"></p>`) {
			return
		}
		t.Logf("the page: %s", dom)
	}
	t.Error("the post is not shown")
}

// The page's client is what the API serves, compiled: a change of the rules is a change of it.
func TestPageClient(t *testing.T) {
	tsc, err := filepath.Abs("../../rls/rest/typescript/testdata/node_modules/typescript/bin/tsc")
	if _, missing := os.Stat(tsc); err != nil || missing != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("the TypeScript compiler is not there: .ci/setup installs it")
		}
		t.Skip("the TypeScript compiler is not there")
	}
	db, err := open(t.Context(), options{database: ":memory:"})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	api, err := rest.New(db, rules()...)
	if err != nil {
		t.Fatal(err)
	}
	text, err := api.TypeScriptFor(orm.Actor{ID: "ann", Role: "user"}, true)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "client.ts"), text, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), "node", tsc, "--strict", "--target", "es2022", "--module", "esnext", "--lib", "es2022,dom,dom.iterable", "--outDir", dir, filepath.Join(dir, "client.ts")).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	made, err := os.ReadFile(filepath.Join(dir, "client.js"))
	if err != nil {
		t.Fatal(err)
	}
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile("page/client.js", made, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if have, _ := page.ReadFile("page/client.js"); string(have) != string(made) && os.Getenv("UPDATE") == "" {
		t.Error("page/client.js is not the client of the rules: run this test with UPDATE=1")
	}
}
