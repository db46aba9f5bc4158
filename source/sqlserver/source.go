package sqlserver

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	mssql "github.com/microsoft/go-mssqldb"
	"github.com/microsoft/go-mssqldb/msdsn"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/sqldb"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// DataSource is a SQL Server database. Source and FromDB make it; orm.Open opens it.
type DataSource struct {
	executor
	pool     *sqldb.Pool
	system   sqldb.System
	text     string // the connection string
	maxConns int

	mu        sync.Mutex // one Open or Close at a time
	given     *sql.DB    // the caller's database, never closed here
	connector driver.Connector
	sockets   sockets
	models    []*model.Model
	snapshots atomic.Bool // the database allows SNAPSHOT
	bends     bool        // the server only speaks the protocol: its loads bend short decimals, none comes after one that it refused, and cancellations are answered late
}

var _ source.SQL = (*DataSource)(nil)

// executor gives the sources the methods of sqldb.Executor without showing the internal type.
type executor = sqldb.Executor

// Option changes how Source opens its database.
type Option func(*DataSource)

// MaxConns bounds the connections; the default is twice GOMAXPROCS and at least four.
func MaxConns(n int) Option { return func(d *DataSource) { d.maxConns = max(1, n) } }

// Connector makes the connections, in place of the connection string: one of go-mssqldb's with tokens or a dialer of the
// caller's, or one that wraps it.
func Connector(c driver.Connector) Option { return func(d *DataSource) { d.connector = c } }

// Source describes the database that a connection string leads to. Nothing connects before orm.Open.
func Source(name, connection string, opts ...Option) *DataSource {
	d := &DataSource{text: connection, maxConns: max(4, 2*runtime.GOMAXPROCS(0))}
	d.system = sqldb.System{
		Name:   name,
		Cache:  builder.Cache{Dialect: dialect.SQLServer{}},
		Bind:   bind,
		Typed:  typed,
		Picky:  picky,
		Reader: reader,
		Query:  query,
		Direct: direct,
		Around: d.around,

		Bracket: numbering,
		Copy:    &sqldb.Copy{Takes: copies, Prepare: d.prepareCopy, Once: func() bool { return d.bends }},

		Second: &sqldb.Second{Cache: builder.Cache{Dialect: dialect.SQLServer{Keep: true}}, Refused: triggered},
		Fail:   d.fail,
		Enter:  enter,
		Count:  "; SELECT CAST(@@ROWCOUNT AS bigint)",
		Server: &sqldb.Server{Answered: answered, Raised: raised, Unsent: unsent, Lost: lost, Late: func() bool { return d.bends }},
	}
	d.pool = sqldb.NewPool(&d.system)
	d.executor = d.pool.Executor
	for _, o := range opts {
		o(d)
	}
	return d
}

// FromDB makes a source of a *sql.DB that the caller opened with go-mssqldb, and closes.
func FromDB(name string, db *sql.DB, opts ...Option) *DataSource {
	d := Source(name, "", opts...)
	d.given = db
	return d
}

// query runs the caller's own text. Placeholders are @p1, @p2 and so on.
func query(ctx context.Context, c *sql.Conn, text string, args ...any) (*sql.Rows, error) {
	return c.QueryContext(ctx, text, args...)
}

// Name is the name that datasource= uses.
func (d *DataSource) Name() string { return d.system.Name }

// Dialect is SQL Server's.
func (d *DataSource) Dialect() dialect.Dialect { return d.system.Cache.Dialect }

// Capabilities says what the database can do.
func (d *DataSource) Capabilities() source.Capabilities {
	return source.Capabilities{Transactions: true, Savepoints: true, TransactionalDDL: true, Returning: true, Upsert: true, RowLocks: true, SkipLocked: true, RowPolicies: true, Raw: true}
}

// Open connects and asks the server for its version.
func (d *DataSource) Open(ctx context.Context, models []*model.Model) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.pool.Ready() == nil {
		return nil
	}
	d.models = models
	db := d.given
	if db == nil {
		if d.connector == nil {
			cfg, err := msdsn.Parse(d.text)
			if err != nil {
				return d.fail(ctx, nil, unreadable(err))
			}
			cfg.Encoding.Timezone = time.UTC // columns hold times in UTC, whatever the connection string says
			c := mssql.NewConnectorConfig(cfg)
			d.sockets.dialer.KeepAlive = cfg.KeepAlive
			c.Dialer = &d.sockets
			d.connector = c
		}
		db = sql.OpenDB(d.connector)
		db.SetMaxOpenConns(d.maxConns)
		db.SetMaxIdleConns(d.maxConns)
		db.SetConnMaxIdleTime(5 * time.Minute)
	}
	if err := d.probe(ctx, db); err != nil {
		if db != d.given {
			_ = db.Close() // what went wrong is in err
		}
		return d.fail(ctx, nil, err)
	}
	d.pool.Start(db)
	return nil
}

const probeQuery = `SELECT CAST('2000-01-01T12:00:00' AS datetime2(6)),
	CAST(ISNULL((SELECT snapshot_isolation_state FROM sys.databases WHERE database_id = DB_ID()), 0) AS int)`

// jsonQuery runs where the server is SQL Server 2017 or later and the database reads JSON.
const jsonQuery = "SELECT STRING_AGG([v], N',') FROM OPENJSON(N'[1]') WITH ([v] nvarchar(10) '$')"

// sortsQuery runs where an insert of many rows may give them back and say their order. It writes to nothing but a variable.
const sortsQuery = `DECLARE @orm TABLE ([i] int IDENTITY(1,1), [v] int);
INSERT INTO @orm ([v]) OUTPUT INSERTED.[i] SELECT x.[v] FROM (VALUES (1, 1)) AS x([v], [n]) ORDER BY x.[n]`

// speak sets the dialect, before any statement runs.
func (d *DataSource) speak(dl dialect.SQLServer) {
	if d.system.Cache.Dialect == dialect.Dialect(dl) {
		return
	}
	d.system.Cache = builder.Cache{Dialect: dl}
	dl.Keep = true
	d.system.Second.Cache = builder.Cache{Dialect: dl}
}

// probe asks the server and the database for what the source lives by, and a connection of the caller's for what it makes of times.
func (d *DataSource) probe(ctx context.Context, db *sql.DB) error {
	var noon time.Time
	var snapshot int
	var list string
	if err := db.QueryRowContext(ctx, probeQuery).Scan(&noon, &snapshot); err != nil {
		return err
	}
	if err := db.QueryRowContext(ctx, jsonQuery).Scan(&list); answered(err) {
		e := &fault.Error{Source: d.Name(), Err: fault.ErrUnsupported, Detail: "the server is older than SQL Server 2017, or the database's compatibility level is below 130, which JSON takes"}
		return e.WithCause(err)
	} else if err != nil {
		return err
	}
	var n int
	err := db.QueryRowContext(ctx, sortsQuery).Scan(&n)
	if err != nil && !answered(err) {
		return err
	}
	d.speak(dialect.SQLServer{Unsorted: err != nil})
	d.bends = err != nil
	if !noon.Equal(time.Date(2000, 1, 1, 12, 0, 0, 0, time.UTC)) {
		return refuse("the connection reads times in another zone than UTC: take timezone out of its connection string")
	}
	d.snapshots.Store(snapshot == 1)
	return nil
}

// Compile gives the text and arguments of st without running it. An insert that goes as a bulk load has no arguments.
func (d *DataSource) Compile(st builder.Statement) (string, []model.Value, error) {
	if q, ok := st.(*builder.Insert); ok && copies(q) {
		return copyText(q), nil, nil
	}
	return d.pool.Compile(st)
}

// Stats tells how the statements and the connections are used.
func (d *DataSource) Stats() source.Stats { return d.pool.Usage() }

var _ source.Measured = (*DataSource)(nil)
