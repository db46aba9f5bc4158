package postgres

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// DataSource is a PostgreSQL database. Source and FromPool make it; orm.Open opens it.
type DataSource struct {
	name  string
	dsn   string
	given *pgxpool.Pool // the caller's, never closed here
	o     options

	mode       Mode
	tracer     pgx.QueryTracer
	statements int // prepared statements kept per connection

	mu     sync.Mutex
	closed atomic.Bool
	pool   atomic.Pointer[pgxpool.Pool]

	location atomic.Pointer[source.Location]
	replicas atomic.Pointer[replicas]
	sticky   sticky
	kind     atomic.Int32 // of server: see distributed
	sockets  sockets

	cache   builder.Cache
	byTable builder.Cache // of writes in bulk whose values take the types of the table
	bulk    sync.Map      // *model.Model → whether the table's types are not those of the model
	scratch sync.Pool
	models  []*model.Model // that live here, set by Open
}

var (
	_ source.SQL     = (*DataSource)(nil)
	_ source.Checker = (*DataSource)(nil)
)

// Source describes the PostgreSQL database at dsn, a URL or a keyword/value string as libpq takes it.
// Nothing connects before orm.Open.
func Source(name, dsn string, opts ...Option) *DataSource {
	d := &DataSource{name: name, dsn: dsn, cache: builder.Cache{Dialect: dialect.Postgres{}}, byTable: builder.Cache{Dialect: dialect.Postgres{ByTable: true}}}
	for _, o := range opts {
		o(&d.o)
	}
	return d
}

// FromPool makes a source of a pool that the caller made and closes. MaxConns and Configure come too late for it.
func FromPool(name string, pool *pgxpool.Pool, opts ...Option) *DataSource {
	d := Source(name, "", opts...)
	d.given = pool
	return d
}

// Name is the name that datasource= uses.
func (d *DataSource) Name() string { return d.name }

// Dialect is PostgreSQL's.
func (d *DataSource) Dialect() dialect.Dialect { return d.cache.Dialect }

// Capabilities says what the database can do: all there are, but one connection reads one result at a time.
func (d *DataSource) Capabilities() source.Capabilities {
	return source.Capabilities{
		Transactions:     true,
		Savepoints:       true,
		TransactionalDDL: true,
		Returning:        true,
		Upsert:           true,
		RowLocks:         true,
		SkipLocked:       true,
		Copy:             true,
		RowPolicies:      true,
		Raw:              true,
	}
}

// Open makes the pool and reaches the server once.
func (d *DataSource) Open(ctx context.Context, models []*model.Model) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.closed.Load():
		return d.errClosed()
	case d.pool.Load() != nil:
		return nil
	}
	d.models = models
	pool, err := d.connect(ctx)
	if err != nil {
		return err
	}
	if err := pool.Ping(ctx); err != nil {
		if pool != d.given {
			pool.Close()
		}
		return fault.Fill(d.fail(ctx, nil, err), "open", "", d.name)
	}
	r, err := d.openReplicas(ctx)
	if err != nil {
		if pool != d.given {
			pool.Close()
		}
		return err
	}
	d.replicas.Store(r)
	d.locate(pool)
	d.pool.Store(pool)
	return nil
}

func (d *DataSource) connect(ctx context.Context) (*pgxpool.Pool, error) {
	if d.given != nil {
		if d.o.pool {
			return nil, d.invalid("MaxConns, Configure and CloseWithin do not change a pool that exists: give them to pgxpool")
		}
		return d.given, d.choose(d.given.Config())
	}
	cfg, err := d.config()
	if err != nil {
		return nil, err
	}
	if err := d.choose(cfg); err != nil {
		return nil, err
	}
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, fault.Fill(d.fail(ctx, nil, err), "open", "", d.name)
	}
	return pool, nil
}

// Close closes the pool, once the statements that run have ended, or CloseWithin has passed. A pool given to FromPool stays open.
func (d *DataSource) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.closed.Store(true)
	d.within(func() {
		d.replicas.Swap(nil).close()
		if pool := d.pool.Swap(nil); pool != nil && pool != d.given {
			pool.Close()
		}
	})
	return nil
}

// Compile gives the text and arguments of st without running it.
func (d *DataSource) Compile(st builder.Statement) (string, []model.Value, error) {
	p, args, err := d.cache.Compile(st, new(builder.Args))
	if err != nil {
		return "", nil, err
	}
	return p.SQL, args, nil
}

func (d *DataSource) acquire(ctx context.Context) (*pgxpool.Conn, error) {
	pool := d.pool.Load()
	if pool == nil {
		return nil, d.errClosed()
	}
	return pool.Acquire(ctx)
}

func (d *DataSource) errClosed() error {
	return &fault.Error{Source: d.name, Err: fault.ErrClosed, Detail: "the source is not open"}
}
