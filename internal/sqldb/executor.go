package sqldb

import (
	"context"
	"database/sql/driver"
	"sync/atomic"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// lender gives the connection that a statement runs on.
type lender interface {
	// ready fails after the end.
	ready() error
	borrow(ctx context.Context) (*Conn, error)
	giveBack(c *Conn)
	// note hears of each failed statement.
	note(ctx context.Context, err error)
	// waits says that a statement which finds a lock held is tried again: each is a transaction of its own, or the transaction
	// takes its lock only when it first writes.
	waits() bool
	// hold takes the lock that a read asks for, where its text does not.
	hold(ctx context.Context, q *builder.Select) error
}

// Executor runs statements on the connections of a pool or of a transaction.
type Executor struct {
	s *System
	l lender
}

// Select reads into rows.
func (x Executor) Select(ctx context.Context, st *builder.Select, rows *source.Rows) error {
	_, err := x.perform(ctx, st, rows, read)
	return err
}

// Insert adds rows and gives the number added.
func (x Executor) Insert(ctx context.Context, st *builder.Insert, rows *source.Rows) (int64, error) {
	return x.perform(ctx, st, rows, wayOf(st.Returning))
}

// Update changes rows and gives their number.
func (x Executor) Update(ctx context.Context, st *builder.Update, rows *source.Rows) (int64, error) {
	return x.perform(ctx, st, rows, wayOf(st.Returning))
}

// Delete removes rows and gives their number.
func (x Executor) Delete(ctx context.Context, st *builder.Delete, rows *source.Rows) (int64, error) {
	return x.perform(ctx, st, rows, wayOf(st.Returning))
}

// way is how a statement is run.
type way uint8

const (
	read    way = iota // rows
	write              // a number of rows
	writing            // rows of a statement that writes
)

func wayOf[T any](returning []T) way {
	if len(returning) > 0 {
		return writing
	}
	return write
}

// known is what is learnt of a compiled statement by running it.
type known struct {
	plan      *plan
	last      atomic.Int64 // rows that it gave
	arguments atomic.Pointer[arguments]
}

// arguments are those of a statement.
type arguments struct {
	fields []*model.Field // the columns they belong to, nil for none
	picky  bool           // one of them is
}

func (s *System) known(c *builder.Compiled) *known {
	if k, ok := c.State.Load().(*known); ok {
		return k
	}
	c.State.CompareAndSwap(nil, &known{plan: s.plan(c.Columns)})
	return c.State.Load().(*known)
}

func (x Executor) perform(ctx context.Context, st builder.Statement, rows *source.Rows, w way) (int64, error) {
	if err := source.Guard(st); err != nil {
		return 0, err
	}
	if err := x.l.ready(); err != nil {
		return 0, err
	}
	if q, ok := st.(*builder.Insert); ok && w == write && x.s.Copy != nil {
		if x.s.Copy.Takes(q) {
			if n, done, err := x.copied(ctx, q); done || err != nil {
				return n, err
			}
		}
		if most := x.s.Cache.Dialect.InsertBudget(max(1, len(q.Fields))); q.Rows > most {
			return x.inParts(ctx, q, most)
		}
	}
	second := x.s.Second
	if second == nil || w != writing {
		return x.once(ctx, st, rows, w, &x.s.Cache)
	}
	if second.needed(st.Root()) {
		return x.once(ctx, st, rows, w, &second.Cache)
	}
	n, err := x.once(ctx, st, rows, w, &x.s.Cache)
	if err != nil && second.Refused(err) {
		second.remember(st.Root())
		return x.once(ctx, st, rows, w, &second.Cache)
	}
	return n, err
}

// once runs st as cache writes it.
func (x Executor) once(ctx context.Context, st builder.Statement, rows *source.Rows, w way, cache *builder.Cache) (int64, error) {
	m, c := st.Root(), x.s.take()
	defer x.s.give(c)
	compiled, args, err := cache.Compile(st, &c.args)
	if err == nil && w != read && x.s.Admit != nil {
		err = x.s.Admit(st, func(text string) (v driver.Value, err error) {
			_, err = x.on(ctx, read, func(c *Conn) error {
				v, err = c.Value(ctx, text)
				return err
			})
			return v, err
		})
	}
	if q, ok := st.(*builder.Select); ok && err == nil {
		err = x.l.hold(ctx, q)
	}
	var k *known
	if err == nil {
		k = x.s.known(compiled)
		err = x.s.bound(c, st, args, k)
	}
	if err != nil {
		return 0, x.s.Fail(ctx, m, err)
	}
	if q, ok := st.(*builder.Select); ok && rows.Each == nil {
		if n := source.Hint(q, k.last.Load()); n > 0 {
			rows.Reserve(rows.Len() + n)
		}
	}
	text := compiled.SQL
	if x.s.Around != nil {
		_, alone := x.l.(*Pool)
		text = x.s.Around(st, text, alone)
	}
	n, at, err := x.run(ctx, run{st: st, text: text, plan: k.plan, c: c, rows: rows, way: w})
	if err != nil {
		err = x.judged(ctx, m, w, at, err, x.fail(ctx, m, err))
		if x.s.Locate != nil {
			x.s.Locate(err, st)
		}
		return n, err
	}
	k.last.Store(n)
	return n, nil
}

// Ask gives the first value that text gives, nil when there is no row, on a connection of x.
func Ask(ctx context.Context, x Executor, text string) (v driver.Value, err error) {
	if err := x.l.ready(); err != nil {
		return nil, err
	}
	_, err = x.on(ctx, read, func(c *Conn) error {
		v, err = c.Value(ctx, text)
		return err
	})
	return v, x.s.Fail(ctx, nil, err)
}

// fail maps what the driver said; what the reader of the rows said is its own.
func (x Executor) fail(ctx context.Context, m *model.Model, err error) error {
	if s, ok := err.(stopped); ok { //nolint:errorlint // made here, never wrapped
		return s.error
	}
	return x.s.Fail(ctx, m, err)
}

// run is one statement to be run.
type run struct {
	st   builder.Statement
	text string
	plan *plan
	c    *scratch
	rows *source.Rows
	way  way
}

// run runs r; it tries again while somebody else holds a lock, where that may be.
func (x Executor) run(ctx context.Context, r run) (n int64, at reached, err error) {
	var all []driver.Value // what a statement that writes gave, kept until it is sure that it was done
	at, err = x.on(ctx, r.way, func(c *Conn) (err error) {
		if x.s.Bracket != nil && r.way != read && r.st != nil {
			end, err := c.bracket(ctx, x.s.Bracket, r.st)
			if err != nil {
				return err
			}
			defer end()
		}
		if r.way != read && r.st != nil && x.s.Probe != nil {
			defer func() {
				if err != nil {
					err = x.s.Probe(ctx, c, r.st, err)
				}
			}()
		}
		if r.way == write && x.s.Count != "" && counts(r.st) {
			n, err = c.counted(ctx, r.text+x.s.Count, r.c.named)
			return err
		}
		if r.way == write {
			n, err = c.exec(ctx, r.text, r.c.named)
			return err
		}
		cur, err := c.query(ctx, r.text, r.c.named)
		if err != nil {
			return err
		}
		defer func() { _ = cur.Close() }() // a second time where nothing went wrong; it says nothing new
		if r.way == writing && x.l.waits() {
			if all, err = r.plan.collect(cur); err != nil {
				return err
			}
			return cur.Close()
		}
		if n, err = r.plan.decode(ctx, cur, r.c.values(len(r.plan.cols)), r.rows); err != nil {
			return err
		}
		return cur.Close()
	})
	if err == nil && all != nil {
		n, err = r.plan.replay(all, r.rows)
	}
	return n, at, err
}

func counts(st builder.Statement) bool {
	switch st.(type) {
	case *builder.Update, *builder.Delete:
		return true
	}
	return false
}

// on lends fn a connection, and tells how far what it ran came.
func (x Executor) on(ctx context.Context, w way, fn func(*Conn) error) (at reached, err error) {
	try := func() error {
		at = reached{}
		c, err := x.l.borrow(ctx)
		if err != nil {
			return err
		}
		defer x.l.giveBack(c)
		err = fn(c)
		at = c.at
		if ctx.Err() != nil && at.sent && x.s.Server != nil && x.s.Server.Late != nil && x.s.Server.Late() {
			c.doomed = true
		}
		return err
	}
	for tries := 1; ; tries++ {
		if x.l.waits() {
			err = x.s.Patiently(ctx, try)
		} else {
			err = try()
		}
		if !x.again(ctx, w, at, err, tries) {
			break
		}
	}
	if _, ours := err.(stopped); err != nil && !ours && !x.s.refused(err) { //nolint:errorlint // made here, never wrapped
		x.l.note(ctx, err)
	}
	return at, err
}

var _ source.Executor = Executor{}

func (s *System) closed(detail string) error {
	return &fault.Error{Source: s.Name, Err: fault.ErrClosed, Detail: detail}
}
