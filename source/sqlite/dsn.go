package sqlite

import (
	"crypto/rand"
	"database/sql"
	"database/sql/driver"
	"net/url"
	"strings"

	_ "modernc.org/sqlite" // the driver

	"github.com/multi-orm/orm/internal/fault"
)

// plainDriver gives the driver as database/sql knows it.
func plainDriver() driver.Driver {
	db, err := sql.Open("sqlite", "")
	if err != nil { // only when no such driver is linked, which the import above rules out
		panic(err)
	}
	defer db.Close()
	return db.Driver()
}

func (d *DataSource) inMemory() bool { return d.path == ":memory:" }

// dsn writes the address that the driver takes, with the settings that this library stands on.
func (d *DataSource) dsn() (string, error) {
	if d.path == "" || strings.IndexByte(d.path, 0) >= 0 {
		return "", &fault.Error{Op: "open", Source: d.name, Err: fault.ErrInvalid, Detail: "a file name or \":memory:\" is needed"}
	}
	path, query, _ := strings.Cut(strings.TrimPrefix(d.path, "file:"), "?")
	if !strings.HasPrefix(d.path, "file:") { // a plain name: nothing in it is an option
		path, query = (&url.URL{Path: d.path}).EscapedPath(), ""
	}
	if d.inMemory() {
		// memdb, unlike a shared cache, gives one database to all connections and waits for locks as files do
		path, query = "/orm-"+rand.Text(), "vfs=memdb"
	}
	options := []string{"_dqs=0", "_txlock=immediate", "_pragma=busy_timeout(50)", "_pragma=foreign_keys(1)"}
	if !d.inMemory() {
		options = append(options, "_pragma=journal_mode(WAL)", "_pragma=synchronous(NORMAL)")
	}
	if query != "" {
		options = append(options, query) // the caller's come last, so that they win
	}
	return "file:" + path + "?" + strings.Join(options, "&"), nil
}
