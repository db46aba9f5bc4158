package postgres

import (
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// Mode says how statements reach the server.
type Mode uint8

// The modes. All but SimpleProtocol send arguments apart from the text.
const (
	// CacheStatement keeps prepared statements on each connection: one round trip per call and no parsing.
	CacheStatement Mode = iota
	// CacheDescribe keeps nothing in the session: statements are unnamed, and their argument types are
	// remembered here. It works behind transaction poolers and costs the server a parse per call.
	CacheDescribe
	// DescribeExec asks for the argument types each time, for schemas that change under way. Two round trips.
	DescribeExec
	// SimpleProtocol writes the arguments into the text, for proxies that know nothing else. It must be
	// allowed with AllowSimpleProtocol. The columns of []byte fields must be bytea, times lie in the
	// years 1 to 9999, and a number for an interval column is not refused as in the other modes: it is seconds.
	SimpleProtocol
)

// Option changes how a source connects and runs statements.
type Option func(*options)

type options struct {
	mode     Mode
	hasMode  bool
	simple   bool
	maxConns int
	hasMax   bool
	pool     bool // an option was given that only a pool of our own can follow
	change   []func(*pgxpool.Config)
	replicas []string
	sticky   time.Duration // ReadYourWrites
	grace    time.Duration // CloseWithin
}

// ExecMode chooses how statements reach the server. Without it the connection string's
// default_query_exec_mode counts, and without that CacheStatement.
func ExecMode(m Mode) Option {
	return func(o *options) { o.mode, o.hasMode = m, true }
}

// AllowSimpleProtocol permits the SimpleProtocol mode, which is refused otherwise: quoting in place of
// binding is safe only while the client and the server agree on encoding and string syntax.
func AllowSimpleProtocol() Option {
	return func(o *options) { o.simple = true }
}

// MaxConns bounds the pool; without it the connection string's pool_max_conns counts.
func MaxConns(n int) Option {
	return func(o *options) { o.maxConns, o.hasMax, o.pool = n, true, true }
}

// Configure hands the pool's configuration to fn before the pool is made: TLS, tracers, hooks, lifetimes.
func Configure(fn func(*pgxpool.Config)) Option {
	return func(o *options) { o.change, o.pool = append(o.change, fn), true }
}
