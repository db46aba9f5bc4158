package tsql

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const golden = "../../builder/testdata/golden"

// statements gives the SQL Server texts of a golden file, and fails on one that is not of its form.
func statements(text string) ([]string, error) {
	var out []string
	sections := map[string]int{}
	at := ""
	for i, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		switch {
		case strings.HasPrefix(line, "== "):
			at = strings.TrimPrefix(line, "== ")
			sections[at] = 0
			continue
		case at == "":
			return nil, fmt.Errorf("line %d stands before the first section", i+1)
		case strings.HasPrefix(line, "args: "), strings.HasPrefix(line, "columns: "):
			continue
		case line == "":
			return nil, fmt.Errorf("line %d is empty", i+1)
		}
		sections[at]++
		if at == "sqlserver" && !strings.HasPrefix(line, "error: ") {
			out = append(out, line)
		}
	}
	for _, name := range []string{"postgres", "sqlite", "sqlserver"} {
		if sections[name] == 0 {
			return nil, fmt.Errorf("section %s is missing or empty", name)
		}
	}
	if len(sections) != 3 {
		return nil, fmt.Errorf("%d sections, want three", len(sections))
	}
	return out, nil
}

func TestGoldenFilesAreTSQL(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(golden, "*.txt"))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		stmts, err := statements(string(b))
		if err != nil {
			t.Errorf("%s: %v", filepath.Base(f), err)
		}
		for _, s := range stmts {
			n++
			if err := CheckBatch(s); err != nil {
				t.Errorf("%s: %v\n%s", filepath.Base(f), err, s)
			}
		}
	}
	if n < 100 {
		t.Errorf("only %d statements in %d files: are these the golden files?", n, len(files))
	}
}

// What the source sends beyond the golden files, one text in a line.
func TestTextsAreTSQL(t *testing.T) {
	for _, name := range []string{"../../builder/testdata/tsql/kept.txt", "../../source/sqlserver/testdata/tsql/sent.txt"} {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSuffix(string(b), "\n"), "\n")
		if len(lines) < 5 {
			t.Errorf("%s: only %d texts", name, len(lines))
		}
		for _, s := range lines {
			if err := CheckBatch(s); err != nil {
				t.Errorf("%s: %v\n%s", name, err, s)
			}
		}
	}
}

// The check must be able to fail.
func TestCheckRefuses(t *testing.T) {
	many := "SELECT 1 WHERE 1 IN (@p1"
	for i := 2; i <= maxParams+1; i++ {
		many += fmt.Sprintf(", @p%d", i)
	}
	for name, s := range map[string]string{
		"two statements":   "SELECT 1 SELECT 2",
		"semicolon":        "SELECT 1; SELECT 2",
		"nothing":          "",
		"half a statement": "SELECT [a] FROM",
		"no columns":       "SELECT FROM [t]",
		"half a condition": "SELECT [a] FROM [t] WHERE [a] =",
		"double where":     "SELECT [a] FROM [t] WHERE WHERE [a] = 1",
		"open parenthesis": "SELECT [a] FROM [t] WHERE ([a] = 1",
		"open bracket":     "SELECT [a FROM t",
		"open string":      "SELECT 'a",
		"cast":             "SELECT @p1::int",
		"limit":            "SELECT [a] FROM [t] LIMIT 1",
		"returning":        "DELETE FROM [t] RETURNING [a]",
		"on conflict":      "INSERT INTO [t] ([a]) VALUES (1) ON CONFLICT DO NOTHING",
		"boolean":          "SELECT [a] FROM [t] WHERE [b] = TRUE",
		"concatenation":    "SELECT [a] || [b] FROM [t]",
		"nulls first":      "SELECT [a] FROM [t] ORDER BY [a] NULLS FIRST",
		"comment":          "SELECT 1 -- x",
		"wrong parameter":  "SELECT [a] FROM [t] WHERE [a] = @p2",
		"collate in cast":  "SELECT CAST([a] AS nvarchar(9) COLLATE Latin1_General_100_BIN2) FROM [t]",
		"2101 parameters":  many + ")",
		"trailing words":   "DELETE FROM [t] WHERE [a] = 1 garbage here",
	} {
		if Check(s) == nil {
			t.Errorf("%s passes: %.80s", name, s)
		}
	}
	for name, s := range map[string]string{
		"a wrong second":    "SELECT 1; SELECT FROM [t]",
		"nothing second":    "SELECT 1; ",
		"two in one":        "SELECT 1; SELECT 2 SELECT 3",
		"no space":          "SELECT 1;SELECT 2",
		"parameters":        "SELECT @p1; SELECT @p1",
		"too many":          strings.Replace(many, "@p3,", "1); SELECT 1 WHERE 1 IN (@p3,", 1) + ")",
		"a comment":         "SELECT 1; SELECT 2 -- x",
		"an open string":    "SELECT 1; SELECT 'a",
		"half a condition":  "UPDATE [t] SET [a] = 1; IF @@ROWCOUNT = 0",
		"a hint's open end": "UPDATE [t] WITH (UPDLOCK SET [a] = 1; SELECT 1",
	} {
		if CheckBatch(s) == nil {
			t.Errorf("%s passes as a batch: %.80s", name, s)
		}
	}
	for _, s := range []string{"SELECT 1", "SELECT @p1; SELECT @p2", "SELECT ';'; SELECT [a;b]]; c] FROM [t]"} {
		if err := CheckBatch(s); err != nil {
			t.Errorf("%s: %v", s, err)
		}
	}
	for _, s := range []string{"== sqlserver\nSELECT 1\n", "SELECT 1\n", "== postgres\nx\n== sqlite\nx\n== sqlserver\n", "== postgres\nx\n== sqlite\nx\n== sqlserver\nx\n== mysql\nx\n", "== postgres\nx\n\n== sqlite\nx\n== sqlserver\nx\n"} {
		if _, err := statements(s); err == nil {
			t.Errorf("a malformed golden file passes: %q", s)
		}
	}
}
