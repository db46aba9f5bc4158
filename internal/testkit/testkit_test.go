package testkit

import (
	"errors"
	"os"
	"testing"
)

func TestMain(m *testing.M) { os.Exit(Run(m)) }

func TestSQLite(t *testing.T) {
	a, b := SQLite(t), SQLite(t)
	if a == b {
		t.Errorf("both files are %s", a)
	}
	if _, err := os.Stat(a); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the file is there already: %v", err)
	}
	if err := os.WriteFile(a, nil, 0o600); err != nil {
		t.Error(err)
	}
}
