package tsql

import (
	"os"
	"strings"
	"testing"
)

// The statements that make row policies are T-SQL, each a batch of one statement.
func TestPoliciesAreTSQL(t *testing.T) {
	text, err := os.ReadFile("../../rls/testdata/native_sqlserver.txt")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	if len(lines) < 9 {
		t.Fatalf("only %d statements", len(lines))
	}
	for _, s := range lines {
		if head, body, ok := strings.Cut(s, " AS RETURN ("); ok { // the grammar knows no body of an inline function
			if !strings.HasPrefix(head, "CREATE OR ALTER FUNCTION ") || !strings.HasSuffix(body, ")") {
				t.Errorf("it is no function: %s", s)
			}
			s = strings.TrimSuffix(body, ")")
		}
		// nor a collation of a variable
		if err := single(strings.ReplaceAll(s, " COLLATE Latin1_General_100_BIN2", "")); err != nil {
			t.Errorf("%v\n%s", err, s)
		}
	}
}
