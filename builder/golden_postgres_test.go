package builder_test

import (
	"cmp"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/multi-orm/orm/internal/testkit"
)

// sections gives the SQL texts of one dialect out of a golden file.
func sections(text, dialect string) []string {
	_, rest, _ := strings.Cut(text, "== "+dialect+"\n")
	part, _, _ := strings.Cut(rest, "\n== ")
	var out []string
	for _, line := range strings.Split(strings.TrimSpace(part), "\n") {
		if line != "" && !strings.HasPrefix(line, "args: ") && !strings.HasPrefix(line, "columns: ") && !strings.HasPrefix(line, "error: ") {
			out = append(out, line)
		}
	}
	return out
}

// PostgreSQL parses every golden text, resolves its names and finds a type for every argument.
func TestGoldenPreparesOnPostgres(t *testing.T) {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, testkit.Postgres(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(ctx) })
	files, err := filepath.Glob("testdata/golden/*.txt") // sorted
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	slices.SortStableFunc(files, func(a, b string) int { return cmp.Compare(strings.Count(b, "ddl_"), strings.Count(a, "ddl_")) })
	for _, f := range files { // tables before what uses them
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		stmts := sections(string(b), "postgres")
		for i := 0; strings.Contains(f, "ddl_") && i < 2*len(stmts); i++ { // twice: each is safe to run again
			if _, err := conn.Exec(ctx, stmts[i%len(stmts)]); err != nil {
				t.Fatalf("%s: %v\n%s", f, err, stmts[i%len(stmts)])
			}
		}
		for _, s := range stmts {
			if strings.HasPrefix(s, "CREATE ") {
				continue
			}
			if _, err := conn.Prepare(ctx, "", s); err != nil {
				t.Errorf("%s: %v\n%s", f, err, s)
			}
		}
	}
}
