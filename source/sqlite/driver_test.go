package sqlite_test

import (
	"context"
	"database/sql/driver"
	"testing"

	engine "modernc.org/sqlite"

	"github.com/multi-orm/orm/source/sqlite"
)

// sqliteDriver is a driver without anything registered.
type (
	sqliteDriver    = engine.Driver
	functionContext = engine.FunctionContext
)

// opener opens connections with a driver of the test's own.
type opener struct {
	d    driver.Driver
	path string
}

func (o opener) Connect(context.Context) (driver.Conn, error) { return o.d.Open(o.path) }
func (o opener) Driver() driver.Driver                        { return o.d }

func registeredDriver(t *testing.T) driver.Driver {
	t.Helper()
	d := new(sqliteDriver)
	if err := sqlite.RegisterDecimals(d); err != nil {
		t.Fatal(err)
	}
	return d
}
