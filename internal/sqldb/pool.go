package sqldb

import (
	"context"
	"database/sql"
	"sync/atomic"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// Pool runs statements outside transactions.
type Pool struct {
	Executor
	db atomic.Pointer[sql.DB]
}

// NewPool makes a pool that has no database yet.
func NewPool(s *System) *Pool {
	p := new(Pool)
	p.Executor = Executor{s: s, l: p}
	return p
}

// Start lets statements through to db.
func (p *Pool) Start(db *sql.DB) { p.db.Store(db) }

// Stop refuses all later statements, and gives the database that Start was given; nil when it was stopped before.
func (p *Pool) Stop() *sql.DB { return p.db.Swap(nil) }

// Ready fails before Start and after Stop.
func (p *Pool) Ready() error { return p.ready() }

// Take takes a connection.
func (p *Pool) Take(ctx context.Context) (*Conn, error) { return p.borrow(ctx) }

// Compile gives the text and arguments of st without running it.
func (p *Pool) Compile(st builder.Statement) (string, []model.Value, error) {
	c, args, err := p.s.Cache.Compile(st, new(builder.Args))
	if err != nil {
		return "", nil, err
	}
	return c.SQL, args, nil
}

func (p *Pool) ready() error {
	if p.db.Load() == nil {
		return p.s.closed("the source is not open")
	}
	return nil
}

func (p *Pool) borrow(ctx context.Context) (*Conn, error) {
	db := p.db.Load()
	if db == nil {
		return nil, p.s.closed("the source is not open")
	}
	c, err := p.s.takeConn(ctx, db)
	switch {
	case err != nil && p.db.Load() == nil: // closed meanwhile
		return nil, p.s.closed("the source is not open")
	case err != nil || p.s.Enter == nil:
		return c, err
	}
	if err := p.s.Enter(ctx, c); err != nil {
		c.Discard()
		return nil, err
	}
	c.at = reached{}
	return c, nil
}

func (p *Pool) giveBack(c *Conn) { c.Give() }

func (p *Pool) note(context.Context, error) {}

func (p *Pool) waits() bool { return true }

// hold refuses: what a statement of its own locks is let go at once.
func (p *Pool) hold(_ context.Context, q *builder.Select) error {
	if q.Lock == builder.NoLock {
		return nil
	}
	return fault.New(fault.ErrInvalid, q.Model.Name, "", "a row lock holds until its transaction ends: use the DB that Tx gives")
}

// Stats tells how the connections are used.
func (p *Pool) Stats() sql.DBStats {
	if db := p.db.Load(); db != nil {
		return db.Stats()
	}
	return sql.DBStats{}
}
