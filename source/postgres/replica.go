package postgres

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/source"
)

// Replicas names read replicas by their connection strings. Reads outside transactions that lock no rows go there in
// turn; writes, transactions, raw SQL, Check and DDL stay on the primary, as does what runs under orm.Primary. The
// statements of one call with includes go to one replica.
//
// A replica lags behind: a row just written may not be there yet. Read it in a transaction, or under orm.Primary.
//
// Open does not need the replicas, but refuses a wrong password or database. One that cannot be reached is left out for a second, and for longer each time, up to
// half a minute; its reads go to the next, and to the primary when none is left. A read fails over only before its
// first row, so no row comes twice. MaxConns holds for each pool by itself; Configure changes them all.
func Replicas(dsns ...string) Option {
	return func(o *options) { o.replicas = append(o.replicas, dsns...) }
}

const (
	firstRest = time.Second
	longRest  = 30 * time.Second
	// dialTime bounds the wait for a replica that does not answer, where its connection string says nothing.
	dialTime = 2 * time.Second
)

// replica is one server to read from.
type replica struct {
	pool  *pgxpool.Pool
	until atomic.Int64 // it rests until then, in nanoseconds since 1970; 0 when it is well
	rest  atomic.Int64 // how long it rested last
	asked atomic.Bool  // its rest is over, and one reader finds out how it is
}

// replicas are all of them, nil when there are none.
type replicas struct {
	all  []*replica
	next atomic.Uint64
}

// openReplicas makes the pools. A replica that is not there may come later; one that refuses the role or the database
// never will.
func (d *DataSource) openReplicas(ctx context.Context) (*replicas, error) {
	if len(d.o.replicas) == 0 {
		return nil, nil
	}
	r := new(replicas)
	for _, dsn := range d.o.replicas {
		cfg, err := d.configOf(dsn)
		if err == nil {
			if cfg.ConnConfig.ConnectTimeout == 0 || cfg.ConnConfig.ConnectTimeout > time.Minute {
				cfg.ConnConfig.ConnectTimeout = dialTime
			}
			var pool *pgxpool.Pool
			if pool, err = pgxpool.NewWithConfig(ctx, cfg); err == nil {
				x := &replica{pool: pool}
				r.all = append(r.all, x)
				if err = pool.Ping(ctx); err == nil {
					continue
				}
				if x.failed(time.Now()); !misled(err) && ctx.Err() == nil {
					continue
				}
			}
			err = fault.Fill(d.fail(ctx, nil, err), "open", "", d.name)
		}
		r.close()
		return nil, err
	}
	return r, nil
}

func (r *replicas) close() {
	if r == nil {
		return
	}
	for _, x := range r.all {
		x.pool.Close()
	}
}

// choose gives the next replica that is well, nil when there is none. One whose rest is over is given to one caller,
// who finds out, while the others still pass it by.
func (r *replicas) choose(now time.Time) *replica {
	for range r.all {
		x := r.all[int(r.next.Add(1)%uint64(len(r.all)))]
		until := x.until.Load()
		if until == 0 {
			return x
		}
		if until <= now.UnixNano() && x.until.CompareAndSwap(until, now.Add(firstRest).UnixNano()) {
			x.asked.Store(true)
			return x
		}
	}
	return nil
}

// failed lets it rest. Many readers meet the same failure: while it rests, and for the reads that began before, it counts once.
func (x *replica) failed(now time.Time) {
	last := x.rest.Load()
	until := x.until.Load()
	if until > now.UnixNano() && !x.asked.CompareAndSwap(true, false) {
		return
	}
	rest := min(max(2*time.Duration(last), firstRest), longRest)
	if x.until.CompareAndSwap(until, now.Add(rest).UnixNano()) {
		x.rest.Store(int64(rest))
	}
}

// exhausted reports that it was the pool that had no connection to give.
func (x *replica) exhausted() bool {
	s := x.pool.Stat()
	return s.AcquiredConns() >= s.MaxConns()
}

func (x *replica) well() {
	if x.until.Load() != 0 {
		x.asked.Store(false)
		x.until.Store(0)
		x.rest.Store(0)
	}
}

type pinKey struct{ d *DataSource }

// Replicated reports whether reads may go to replicas.
func (d *DataSource) Replicated() bool { return d.replicas.Load() != nil }

// Pin chooses the replica for all reads under ctx.
func (d *DataSource) Pin(ctx context.Context) context.Context {
	r := d.replicas.Load()
	if r == nil || d.onPrimary(ctx) || ctx.Value(pinKey{d}) != nil {
		return ctx
	}
	if x := r.choose(time.Now()); x != nil {
		return context.WithValue(ctx, pinKey{d}, x)
	}
	return ctx
}

// acquireFor gives the connection of a transaction: on the replica that ctx is pinned to where it only reads, else on the
// primary.
func (d *DataSource) acquireFor(ctx context.Context, o source.TxOptions) (*pgxpool.Conn, error) {
	x, ok := ctx.Value(pinKey{d}).(*replica)
	if !ok || !o.ReadOnly {
		return d.acquire(ctx)
	}
	conn, err := x.pool.Acquire(ctx)
	if err != nil && ctx.Err() == nil {
		x.failed(time.Now())
		return d.acquire(ctx)
	}
	return conn, err
}

// readable reports whether a replica may answer st. Constant SQL may call functions that write, which a replica
// refuses, and that answer sends the read to the primary.
func readable(st builder.Statement) bool {
	q, ok := st.(*builder.Select)
	return ok && q.Lock == builder.NoLock
}

// read runs fn on a replica, and on the next, or the primary, while replicas cannot be reached. It is too late for that
// when rows have been decoded.
func (d *DataSource) read(ctx context.Context, r *replicas, a *attempt, fn func(*pgx.Conn) (int64, error)) (int64, error) {
	pinned, _ := ctx.Value(pinKey{d}).(*replica)
	for range len(r.all) + 1 {
		x := pinned
		if pinned = nil; x == nil {
			x = r.choose(time.Now())
		}
		if x == nil {
			break
		}
		n, gone, err := x.run(ctx, fn)
		switch {
		case err == nil:
			x.well()
			return n, nil
		case ctx.Err() != nil || d.closed.Load() || a.came && gone:
			if gone && !d.closed.Load() && !x.exhausted() { // it does not even answer that it was to stop
				x.failed(time.Now())
			}
			return n, d.fail(ctx, nil, err)
		case gone:
			x.failed(time.Now())
		case refused(err) && !a.came: // the replica is well, but this read is not for it
			x.well()
			return d.on(ctx, nil, a, fn)
		default:
			x.well()
			return n, err
		}
	}
	return d.on(ctx, nil, a, fn)
}

// run lends fn a connection; gone says that the server could not be asked.
func (x *replica) run(ctx context.Context, fn func(*pgx.Conn) (int64, error)) (n int64, gone bool, err error) {
	began := time.Now()
	conn, err := x.pool.Acquire(ctx)
	if err != nil {
		// a caller that leaves at once has learnt nothing of the server
		return 0, ctx.Err() == nil || time.Since(began) >= cancelTime, err
	}
	defer conn.Release()
	n, err = fn(conn.Conn())
	return n, err != nil && unreachable(err, conn.Conn().IsClosed() && (errors.Is(err, fault.ErrUpstream) || ctx.Err() != nil)), err
}

// refused reports that a standby cannot run the statement: it writes, or what it reads was cleaned away meanwhile.
func refused(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "25006" || pg.Code == "40001")
}

// unreachable reports that a server could not be asked, by what it said or by what became of the connection.
func unreachable(err error, closed bool) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) && len(pg.Code) == 5 {
		return pg.Code[:2] == "08" || pg.Code[:3] == "57P" || pg.Code == "53300" || misled(err)
	}
	return closed
}

// misled reports that the connection string is wrong: the password, the role, or the name of the database.
func misled(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (strings.HasPrefix(pg.Code, "28") || pg.Code == "3D000")
}

var _ source.Pinned = (*DataSource)(nil)
