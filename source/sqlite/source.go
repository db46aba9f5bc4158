package sqlite

import (
	"context"
	"database/sql"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// DataSource is a SQLite database. Source and FromDB make it; orm.Open opens it.
type DataSource struct {
	executor
	name     string
	path     string
	maxConns int
	given    bool // the database is the caller's, never closed here

	db     *sqlx.DB
	anchor *sql.Conn // keeps a database in memory alive
	open   atomic.Bool
	cache  builder.Cache
}

var _ source.SQL = (*DataSource)(nil)

// Option changes how Source opens its database.
type Option func(*DataSource)

// MaxConns bounds the connections; the default is twice GOMAXPROCS and at least four. A stream whose includes
// are loaded on the way needs two.
func MaxConns(n int) Option {
	return func(d *DataSource) { d.maxConns = n }
}

// Source describes the database at path: a file name, a file: URI, or ":memory:" for a database of its own in
// memory. Nothing opens before orm.Open.
func Source(name, path string, opts ...Option) *DataSource {
	d := &DataSource{name: name, path: path, maxConns: max(4, 2*runtime.GOMAXPROCS(0)), cache: builder.Cache{Dialect: dialect.SQLite{}}}
	d.executor = executor{d: d}
	for _, o := range opts {
		o(d)
	}
	return d
}

// FromDB makes a source of a *sql.DB that the caller opened, with a driver of SQLite 3.38 or later, and closes.
func FromDB(name string, db *sql.DB) *DataSource {
	d := Source(name, "")
	d.given = true
	d.db = sqlx.NewDb(db, "sqlite")
	return d
}

// Name is the name that datasource= uses.
func (d *DataSource) Name() string { return d.name }

// Dialect is SQLite's.
func (d *DataSource) Dialect() dialect.Dialect { return d.cache.Dialect }

// Capabilities: transactions, savepoints and rows given back, but no row locks and no row policies.
func (d *DataSource) Capabilities() source.Capabilities {
	return source.Capabilities{
		Transactions:         true,
		Savepoints:           true,
		TransactionalDDL:     true,
		Returning:            true,
		Upsert:               true,
		Raw:                  true,
		ConcurrentStatements: true,
	}
}

// Open opens the file and reads from it once.
func (d *DataSource) Open(ctx context.Context, _ []*model.Model) error {
	if d.open.Load() {
		return nil
	}
	if !d.given {
		dsn, err := d.dsn()
		if err != nil {
			return err
		}
		db := sql.OpenDB(&connector{driver: plainDriver(), dsn: dsn})
		db.SetMaxOpenConns(d.maxConns)
		db.SetMaxIdleConns(d.maxConns)
		db.SetConnMaxIdleTime(5 * time.Minute)
		d.db = sqlx.NewDb(db, "sqlite")
	}
	if err := d.reach(ctx); err != nil {
		if !d.given {
			_ = d.db.Close() // what went wrong is in err
		}
		return err
	}
	d.q = d.db
	d.open.Store(true)
	return nil
}

// reach reads the schema's version, which fails where the file is none or cannot be opened.
func (d *DataSource) reach(ctx context.Context) error {
	conn, err := d.db.Conn(ctx)
	if err != nil {
		return d.fail(ctx, nil, err)
	}
	var version int64
	if err := conn.QueryRowContext(ctx, "PRAGMA schema_version").Scan(&version); err != nil {
		_ = conn.Close() // what went wrong is in err
		return d.fail(ctx, nil, err)
	}
	if d.inMemory() {
		d.anchor = conn
		return nil
	}
	return conn.Close()
}

// Close closes the database, unless it is the caller's.
func (d *DataSource) Close() error {
	if !d.open.Swap(false) {
		return nil
	}
	if d.anchor != nil {
		_ = d.anchor.Close() // the pool is closed next
	}
	if d.given {
		return nil
	}
	return d.fail(context.Background(), nil, d.db.Close())
}

// Compile gives the text and arguments of st without running it.
func (d *DataSource) Compile(st builder.Statement) (string, []model.Value, error) {
	p, args, err := d.cache.Compile(st, new(builder.Args))
	if err != nil {
		return "", nil, err
	}
	return p.SQL, args, nil
}

func (d *DataSource) errClosed() error {
	return &fault.Error{Source: d.name, Err: fault.ErrClosed, Detail: "the source is not open"}
}
