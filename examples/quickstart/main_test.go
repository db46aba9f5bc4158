package main

import (
	"bytes"
	"flag"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/multi-orm/orm/internal/testkit"
)

var update = flag.Bool("update", false, "write the golden file anew")

const golden = "testdata/output.golden"

func TestMain(m *testing.M) { os.Exit(testkit.Run(m)) }

func output(t *testing.T, o options) string {
	t.Helper()
	var out bytes.Buffer
	if err := run(t.Context(), &out, &progress{w: io.Discard}, o); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestSQLite(t *testing.T) {
	got := output(t, options{})
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	sameAsGolden(t, got)
}

// Twice: nothing of the first run may be left for the second.
func TestPostgres(t *testing.T) {
	url := testkit.Postgres(t)
	for range 2 {
		sameAsGolden(t, output(t, options{postgres: url}))
	}
}

// The same on the SQL Server that ORM_TEST_SQLSERVER leads to.
func TestSQLServer(t *testing.T) {
	url := os.Getenv("ORM_TEST_SQLSERVER")
	if url == "" {
		t.Skip("ORM_TEST_SQLSERVER names no server")
	}
	for range 2 {
		sameAsGolden(t, output(t, options{sqlserver: url}))
	}
}

func TestWithDatabase(t *testing.T) {
	const want = "sqlserver://me:pw@host:1433?database=own&encrypt=disable"
	if got, err := withDatabase("sqlserver://me:pw@host:1433?encrypt=disable&database=mine", "own"); err != nil || got != want {
		t.Errorf("%q, %v", got, err)
	}
	for _, at := range []string{"sqlserver://a:secret%zz@h", "server=h;user id=a;password=secret"} {
		if _, err := withDatabase(at, "own"); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("error %v; want one that does not hold the URL", err)
		}
	}
}

func sameAsGolden(t *testing.T, got string) {
	t.Helper()
	text, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Split(string(text), "\n")
	for i, line := range strings.Split(got, "\n") {
		if i >= len(want) || line != want[i] {
			t.Fatalf("line %d is %q, not as in %s; run go test -update if it is meant", i+1, line, golden)
		}
	}
	if got != string(text) {
		t.Fatalf("the output ends early; %s has %d lines", golden, len(want))
	}
}

// -explain adds statements and a plan, and never an argument.
func TestExplain(t *testing.T) {
	got := output(t, options{explain: true})
	for _, want := range []string{"SELECT ", "INSERT INTO ", "UPDATE ", "== The plan of one query", "Cities → City (main)", "Currencies.Rate → Rate (rates)", "POST /rates/bulk"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in the output", want)
		}
	}
	if strings.Contains(got, "'KAZ'") {
		t.Error("an argument was printed")
	}
}

func TestTemporary(t *testing.T) {
	for dsn, want := range map[string]string{
		"postgres://me@host:5432/db?sslmode=disable": "postgres://me@host:5432/db?pool_max_conns=1&search_path=pg_temp&sslmode=disable",
		"host=h user=me": "host=h user=me search_path=pg_temp pool_max_conns=1",
	} {
		if got, err := temporary(dsn); err != nil || got != want {
			t.Errorf("temporary(%q) = %q, %v; want %q", dsn, got, err, want)
		}
	}
	if _, err := temporary("postgres://a:secret%zz@h/db"); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("error %v; want one that does not hold the URL", err)
	}
}
