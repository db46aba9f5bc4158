package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/source/sqlite"
)

// It says what is missing, writes it, and has nothing to say once the tables are there.
func TestRun(t *testing.T) {
	at := filepath.Join(t.TempDir(), "app.db")
	dir := filepath.Join(t.TempDir(), "migrations")
	say := func(args ...string) (string, error) {
		var out bytes.Buffer
		err := run(t.Context(), append([]string{"-source", at, "-dir", dir}, args...), &out, func() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC) })
		return out.String(), err
	}
	if out, err := say(); !errors.Is(err, errPending) || !strings.Contains(out, "create table customers: the model Customer has no table\ncreate table orders") {
		t.Errorf("%s, %v", out, err)
	}
	if out, err := say("-write", "add_orders"); err != nil {
		t.Errorf("%s, %v", out, err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "20260102030405_add_orders.sql"))
	if err != nil || !strings.HasPrefix(string(text), "-- +goose Up\n-- create table customers") {
		t.Errorf("%s, %v", text, err)
	}
	db, err := orm.Open(t.Context(), sqlite.Source("main", at), orm.Models(Customer{}, Order{}))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(orm.CreateTables(t.Context(), db), db.Close()); err != nil {
		t.Fatal(err)
	}
	if out, err := say(); err != nil || out != "nothing to change\n" {
		t.Errorf("%s, %v", out, err)
	}
}
