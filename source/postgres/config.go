package postgres

import (
	"math"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/multi-orm/orm/internal/fault"
)

// config turns the connection string and the options into the pool's configuration. The parser's error
// holds the string with its password, so it is left out.
func (d *DataSource) config() (*pgxpool.Config, error) { return d.configOf(d.dsn) }

func (d *DataSource) configOf(dsn string) (*pgxpool.Config, error) {
	if dsn == "" {
		return nil, d.invalid("the connection string is empty: is the environment variable set?")
	}
	cfg, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, d.invalid(`the connection string is not valid: use "postgres://user:password@host:port/database" and escape special characters in the password`)
	}
	if d.o.hasMax {
		if d.o.maxConns < 1 || d.o.maxConns > math.MaxInt32 {
			return nil, d.invalid("MaxConns needs at least one connection")
		}
		cfg.MaxConns = int32(d.o.maxConns)
		cfg.MinConns = min(cfg.MinConns, cfg.MaxConns)
	}
	cfg.ConnConfig.BuildContextWatcherHandler = gentle
	inUTC(cfg)
	for _, fn := range d.o.change {
		fn(cfg)
	}
	d.sockets.watch(cfg)
	return cfg, nil
}

// cancelTime bounds the wait for a statement that the server was asked to end, before the connection is closed instead.
const cancelTime = 250 * time.Millisecond

// gentle asks the server to end a statement whose context has ended and keeps the connection, where pgx by itself closes it: a
// storm of cancels would have everybody wait for new ones.
func gentle(conn *pgconn.PgConn) ctxwatch.Handler {
	return &pgconn.CancelRequestContextWatcherHandler{Conn: conn, DeadlineDelay: cancelTime}
}

// choose settles the mode and what else follows from the pool's configuration.
func (d *DataSource) choose(cfg *pgxpool.Config) error {
	c := cfg.ConnConfig
	mode := d.o.mode
	if !d.o.hasMode {
		mode = modeOf(c.DefaultQueryExecMode)
	}
	switch {
	case mode > SimpleProtocol:
		return d.invalid("ExecMode does not know this mode")
	case mode == SimpleProtocol && !d.o.simple:
		return d.invalid("the simple protocol writes values into the SQL text: behind a pooler use postgres.ExecMode(postgres.CacheDescribe), or permit it with postgres.AllowSimpleProtocol()")
	}
	d.mode, d.tracer, d.statements = mode, c.Tracer, c.StatementCacheCapacity
	if d.statements <= 0 {
		d.statements = defaultStatements
	}
	return nil
}

// modeOf takes over what the connection string says. pgx's exec mode guesses types from Go types, so it
// becomes the nearest that does not.
func modeOf(m pgx.QueryExecMode) Mode {
	switch m {
	case pgx.QueryExecModeCacheDescribe, pgx.QueryExecModeExec:
		return CacheDescribe
	case pgx.QueryExecModeDescribeExec:
		return DescribeExec
	case pgx.QueryExecModeSimpleProtocol:
		return SimpleProtocol
	}
	return CacheStatement
}

// nameless is how the source's own questions are asked: without a statement that has a name, which a pooler would lose, and
// by the simple protocol where there is no other.
func (d *DataSource) nameless() pgx.QueryExecMode {
	if d.mode == SimpleProtocol {
		return pgx.QueryExecModeSimpleProtocol
	}
	return pgx.QueryExecModeExec
}

func (d *DataSource) invalid(detail string) error {
	return &fault.Error{Op: "open", Source: d.name, Err: fault.ErrInvalid, Detail: detail}
}
