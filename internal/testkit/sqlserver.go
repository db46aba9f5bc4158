package testkit

import (
	"context"
	"crypto/rand"
	"database/sql"
	"net/url"
	"os"
	"strings"
	"testing"

	_ "github.com/microsoft/go-mssqldb" // database/sql's name for it
)

// SQLServerVariable names the environment variable that leads to a server: a URL of a login that may make databases.
const SQLServerVariable = "ORM_TEST_SQLSERVER"

// SQLServer gives the URL of an empty database of a SQL Server, which lasts as long as the test. The test is skipped where the
// environment leads to no server: none can be brought along.
func SQLServer(t testing.TB) string {
	t.Helper()
	server := os.Getenv(SQLServerVariable)
	if server == "" {
		t.Skip(SQLServerVariable + " names no server")
	}
	at, err := url.Parse(server)
	if err != nil {
		t.Fatal(SQLServerVariable + " is no URL")
	}
	name := "orm_test_" + strings.ToLower(rand.Text())
	run := func(ctx context.Context, text string) error {
		db, err := sql.Open("sqlserver", server)
		if err != nil {
			return err
		}
		defer func() { _ = db.Close() }() // nothing is left to say
		_, err = db.ExecContext(ctx, text)
		return err
	}
	if err := run(t.Context(), "CREATE DATABASE ["+name+"]"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = run(context.Background(), "DROP DATABASE ["+name+"]") }) // a server that keeps it is not ours
	query := at.Query()
	query.Set("database", name)
	at.RawQuery = query.Encode()
	return at.String()
}
