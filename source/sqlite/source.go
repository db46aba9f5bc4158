package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"runtime"
	"sync"
	"time"

	engine "modernc.org/sqlite"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/sqldb"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// DataSource is a SQLite database. Source and FromDB make it; orm.Open opens it.
type DataSource struct {
	executor
	pool     *sqldb.Pool
	system   sqldb.System
	path     string
	maxConns int

	mu      sync.Mutex  // one Open or Close at a time
	given   *sql.DB     // the caller's database, never closed here; nil for one of our own
	anchor  driver.Conn // keeps a database in memory alive
	begin   string      // how a transaction that may write begins
	driver  driver.Driver
	surveys sync.Map // of surveyed, by model
	foreign *foreign // columns of times that hold other forms
	models  []*model.Model
}

var _ source.SQL = (*DataSource)(nil)

// executor gives the sources the methods of sqldb.Executor without showing the internal type.
type executor = sqldb.Executor

// Option changes how Source opens its database. FromDB takes the options too; those about connections do
// nothing there, since the pool is the caller's.
type Option func(*DataSource)

// MaxConns bounds the connections; the default is twice GOMAXPROCS and at least four. A stream whose includes
// are loaded on the way needs two.
func MaxConns(n int) Option {
	return func(d *DataSource) { d.maxConns = max(1, n) }
}

// Driver opens the connections with a driver that the caller made: a *Driver of modernc.org/sqlite with functions and
// collations of its own. Decimals and times are registered on it at Open, so no connection of it may be opened at the same time.
// What was registered for the whole process, on the driver "sqlite", is not on connections that Source opens.
func Driver(with driver.Driver) Option {
	return func(d *DataSource) { d.driver = with }
}

// Source describes the database at path: a file name, a file: URI, or ":memory:" for a database of its own in
// memory. Nothing opens before orm.Open.
func Source(name, path string, opts ...Option) *DataSource {
	d := &DataSource{path: path, maxConns: max(4, 2*runtime.GOMAXPROCS(0)), begin: beginImmediate, foreign: new(foreign)}
	d.system = sqldb.System{
		Name:  name,
		Cache: builder.Cache{Dialect: dialect.SQLite{Foreign: &d.foreign.ForeignTimes}},
		Bind:  bind,
		Time:  readTime,
		Reader: func(f *model.Field) func(any) (any, error) {
			if read := decimalReader(f); read != nil {
				return read
			}
			if read := timeReader(f); read != nil {
				return read
			}
			return reader(f)
		},
		Query:   query,
		Admit:   d.admit,
		Fail:    d.fail,
		Probe:   d.probe,
		Locate:  d.located,
		Busy:    held,
		MaxWait: maxWait,
		Changes: "SELECT total_changes()",
	}
	d.pool = sqldb.NewPool(&d.system)
	d.executor = d.pool.Executor
	for _, o := range opts {
		o(d)
	}
	return d
}

// FromDB makes a source of a *sql.DB that the caller opened, with a driver of SQLite 3.41 or later, and
// closes. Foreign keys are checked, and double quotes are for names only, where the caller's DSN says so. Decimals need
// RegisterDecimals, and ForeignTimes and RewriteTimes need RegisterTimes; without them these are ErrUnsupported.
func FromDB(name string, db *sql.DB, opts ...Option) *DataSource {
	d := Source(name, "", opts...)
	d.given = db
	return d
}

// maxWait is how long a statement waits for a lock that another connection holds.
const maxWait = 10 * time.Second

// Name is the name that datasource= uses.
func (d *DataSource) Name() string { return d.system.Name }

// Dialect is SQLite's.
func (d *DataSource) Dialect() dialect.Dialect { return d.system.Cache.Dialect }

// Capabilities says what the database can do: transactions, savepoints and rows given back, but no row policies. A lock is
// the whole database's, so RowLocks is false: no statement has to ask for what its transaction holds.
func (d *DataSource) Capabilities() source.Capabilities {
	return source.Capabilities{
		Transactions:         true,
		Savepoints:           true,
		TransactionalDDL:     true,
		Returning:            true,
		Upsert:               true,
		Raw:                  true,
		ConcurrentStatements: true,
		NumericTimes:         true,
	}
}

// Open opens the database and reads from it once.
func (d *DataSource) Open(ctx context.Context, models []*model.Model) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.pool.Ready() == nil {
		return nil
	}
	if err := d.foreign.resolve(models); err != nil {
		return d.fail(ctx, nil, err)
	}
	if err := d.inexact(models); err != nil {
		return err
	}
	d.models = models
	if d.given != nil {
		if err := d.system.Patiently(ctx, func() error { return reach(ctx, d.given) }); err != nil {
			return d.fail(ctx, nil, err)
		}
		d.pool.Start(d.given)
		return nil
	}
	a, err := parse(d.path)
	if err != nil {
		return d.fail(ctx, nil, err)
	}
	if d.driver == nil {
		d.driver = new(engine.Driver) // one of our own: what is registered on it reaches no other connection of the process
	}
	for _, register := range []func(driver.Driver) error{RegisterDecimals, RegisterTimes} {
		if err := register(d.driver); err != nil {
			return d.fail(ctx, nil, err)
		}
	}
	c := &connector{driver: d.driver, dsn: a.dsn()}
	if a.memory {
		if d.anchor, err = c.Connect(ctx); err != nil {
			return d.fail(ctx, nil, err)
		}
	}
	d.begin = a.begin()
	db := sql.OpenDB(c)
	db.SetMaxOpenConns(d.maxConns)
	db.SetMaxIdleConns(d.maxConns)
	db.SetConnMaxIdleTime(time.Hour) // its prepared statements go with a connection
	if err := d.system.Patiently(ctx, func() error { return reach(ctx, db) }); err != nil {
		_ = db.Close() // what went wrong is in err
		d.drop()
		return d.fail(ctx, nil, err)
	}
	d.pool.Start(db)
	return nil
}

// reach reads the schema's version, which fails where the file is none or cannot be opened.
func reach(ctx context.Context, db *sql.DB) error {
	var version int64
	return db.QueryRowContext(ctx, "PRAGMA schema_version").Scan(&version)
}

// Close closes the database, unless it is the caller's.
func (d *DataSource) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	db := d.pool.Stop()
	if db == nil || db == d.given {
		return nil
	}
	err := db.Close()
	d.drop()
	return d.fail(context.Background(), nil, err)
}

// drop lets a database in memory go.
func (d *DataSource) drop() {
	if d.anchor != nil {
		_ = d.anchor.Close() // it was never used
		d.anchor = nil
	}
}

// Compile gives the text and arguments of st without running it.
func (d *DataSource) Compile(st builder.Statement) (string, []model.Value, error) {
	return d.pool.Compile(st)
}
