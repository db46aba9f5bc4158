package engine

import (
	"context"
	"errors"
	"math/rand/v2"
	"strconv"
	"sync"
	"time"

	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// Attempt is the number of times that the function of the transaction has been begun, 1 for the first; 1 outside of one.
func (s *Session) Attempt() int {
	if s.tx == nil {
		return 1
	}
	return Attempt(s.tx.ctx)
}

// Session is a handle on the engine: outside any transaction, or inside one.
type Session struct {
	*Engine
	tx *transaction
	// level is the depth of nested transactions this handle belongs to, 0 is the outermost; nest is the
	// number of that nested transaction, so that a handle does not live on in a later one of the same depth.
	level, nest int
	// Only binds raw SQL to one source; nil means the first one.
	Only source.Source
	// Err makes every call on the handle fail.
	Err error
	// ambient says that a hook's context brought the transaction: models of other sources are outside of it.
	ambient bool
	// analysis gathers what the statements of one read cost; nil when nobody asked.
	analysis *analysis
	// effort is what a query said of best effort; nil for what Open said.
	effort *effort
}

// transaction begins on the source of its first statement, so that it need not be told which one.
type transaction struct {
	ctx  context.Context // the context it began with, whose actor it belongs to
	opts source.TxOptions

	mu     sync.Mutex
	src    source.Source
	tx     source.Tx
	levels []nesting // open nested transactions
	nests  int       // nested transactions begun so far
	ended  bool
	began  time.Time // where somebody looks

	effects  []func(context.Context) // to run after the commit
	settings []source.Setting        // variables of the database as they are now
	loaders  []remembering           // of the contexts that wrote
}

// nesting is one nested transaction; set once its savepoint is there.
type nesting struct {
	nest     int
	set      bool
	settings []source.Setting // as they were at the savepoint: undoing it undoes what was set since
}

// over reports whether the transaction that the handle s belongs to has ended; t.mu is held.
func (t *transaction) over(s *Session) bool {
	return t.ended || s.level > len(t.levels) || s.level > 0 && t.levels[s.level-1].nest != s.nest
}

type ambientKey struct{}

// WithSession lets calls made with ctx on any handle of the engine join the transaction of s: hooks run
// with such a context, so that what they write is committed or rolled back with the write they see.
func WithSession(ctx context.Context, s *Session) context.Context {
	return context.WithValue(ctx, ambientKey{}, s)
}

// Carried is WithSession for operations that begin no transaction of their own: what hooks do about a read inside a
// transaction belongs to it too, and what they do about any operation ends with it when the DB is being closed.
func (s *Session) Carried(ctx context.Context) context.Context {
	if s.tx == nil && (!s.Registry().HasEvents() || ctx.Value(ambientKey{}) != nil) {
		return ctx
	}
	return WithSession(ctx, s)
}

// Joined gives the session whose transaction ctx carries, s itself when there is none.
func (s *Session) Joined(ctx context.Context) *Session {
	if s.tx != nil || s.Err != nil || !s.Registry().HasEvents() {
		return s
	}
	in, ok := ctx.Value(ambientKey{}).(*Session)
	if !ok || in.origin() != s.origin() {
		return s
	}
	c := *in
	c.Engine = s.Engine
	c.Only, c.ambient, c.analysis, c.effort = s.Only, true, s.analysis, s.effort
	return &c
}

// TxOptions are the options of Tx.
type TxOptions struct {
	source.TxOptions
	Retries int
}

func savepoint(level int) string { return "orm_" + strconv.Itoa(level) }

// SourceOf gives the source of m; a handle on which all fails, and a model that Open was not told of, have none.
func (s *Session) SourceOf(m *model.Model) (source.Source, error) {
	if s.Err != nil {
		return nil, s.Err
	}
	return s.Engine.SourceOf(m)
}

// Executor gives what runs the statements of m.
func (s *Session) Executor(ctx context.Context, m *model.Model) (source.Executor, source.Source, error) {
	src, err := s.SourceOf(m)
	if err != nil {
		return nil, nil, err
	}
	if s.tx == nil || s.elsewhere(src) {
		return s.single(src), src, nil
	}
	tx, err := s.tx.on(ctx, s, src, m.Name)
	return tx, src, err
}

// elsewhere reports that a hook works on another source than the transaction that its context brought.
func (s *Session) elsewhere(src source.Source) bool {
	return s.ambient && s.Outside(src)
}

// Outside reports that the transaction runs on another source than src.
func (s *Session) Outside(src source.Source) bool {
	if s.tx == nil {
		return false
	}
	s.tx.mu.Lock()
	defer s.tx.mu.Unlock()
	return s.tx.src != nil && s.tx.src != src
}

// Usable finds what makes every statement on src fail, without beginning the transaction.
func (s *Session) Usable(ctx context.Context, src source.Source, name string) error {
	if s.Err != nil || s.tx == nil || s.elsewhere(src) {
		return s.Err
	}
	s.tx.mu.Lock()
	defer s.tx.mu.Unlock()
	return s.tx.refuses(ctx, s, src, name)
}

// Included is Executor for the children of an include: those of another source are read outside the transaction.
func (s *Session) Included(ctx context.Context, m *model.Model) (source.Executor, source.Source, error) {
	src, err := s.SourceOf(m)
	if err != nil {
		return nil, nil, err
	}
	if s.tx != nil && s.tx.src != src {
		return s.single(src), src, nil
	}
	return s.Executor(ctx, m)
}

// RawSource gives the source that SQL text runs on.
func (s *Session) RawSource(ctx context.Context) (source.SQL, error) {
	if s.Err != nil {
		return nil, s.Err
	}
	if s.life.ended.Load() {
		return nil, fault.Fill(errClosed(), "raw", "", "")
	}
	src := s.Only
	if src == nil {
		src = s.sources[0]
	}
	sql, ok := src.(source.SQL)
	if !ok {
		return nil, &fault.Error{Op: "raw", Source: src.Name(), Err: fault.ErrUnsupported, Detail: "the source does not understand SQL"}
	}
	return sql, s.Usable(ctx, src, "")
}

// RawExecutor gives what runs SQL text on src.
func (s *Session) RawExecutor(ctx context.Context, src source.SQL) (source.RawExecutor, error) {
	if s.tx == nil || s.elsewhere(src) {
		return src, nil // the caller adds the settings to its context
	}
	return s.tx.on(ctx, s, src, "")
}

func (t *transaction) on(ctx context.Context, s *Session, src source.Source, name string) (source.Tx, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := t.refuses(ctx, s, src, name); err != nil {
		return nil, err
	}
	if t.tx == nil {
		if err := t.begin(s, src, name); err != nil {
			return nil, err
		}
	}
	if err := t.set(ctx, s); err != nil {
		return nil, err
	}
	for i := range t.levels {
		if !t.levels[i].set {
			set := func(ctx context.Context) error { return t.tx.Savepoint(ctx, savepoint(i+1)) }
			if err := t.step(ctx, s.Engine, "savepoint", i+1, nil, set); err != nil {
				return nil, err
			}
			t.levels[i].set, t.levels[i].settings = true, t.settings
		}
	}
	return t.tx, nil
}

// refuses finds what makes a statement on src fail before the database is asked. t.mu is held.
func (t *transaction) refuses(ctx context.Context, s *Session, src source.Source, name string) error {
	switch {
	case s.life.ended.Load():
		return fault.Fill(errClosed(), "", name, "")
	case t.over(s):
		return &fault.Error{Model: name, Err: fault.ErrClosed, Detail: "the transaction has ended"}
	case !hook.Same(t.ctx, ctx):
		return &fault.Error{Model: name, Err: fault.ErrActorSwitch, Detail: "use the context the transaction began with"}
	case t.src != nil && t.src != src:
		return &fault.Error{Model: name, Source: src.Name(), Err: fault.ErrInvalid,
			Detail: "the transaction runs on source " + t.src.Name() + "; a transaction has one source"}
	}
	return nil
}

func (t *transaction) begin(s *Session, src source.Source, name string) error {
	sql, ok := src.(source.SQL)
	if !ok || !sql.Capabilities().Transactions {
		return &fault.Error{Model: name, Source: src.Name(), Err: fault.ErrUnsupported, Detail: "the source has no transactions"}
	}
	begin, settings, err := s.WithSettings(t.ctx, src)
	if err != nil {
		return err
	}
	t.src = src
	err = t.step(begin, s.Engine, "begin", 0, nil, func(ctx context.Context) (err error) {
		t.tx, err = sql.Begin(ctx, t.opts)
		return err
	})
	if err != nil {
		t.src, t.tx = nil, nil
		return fault.Fill(err, "begin", "", src.Name())
	}
	t.settings = settings
	return nil
}

// Tx runs fn in a transaction: committed when fn returns nil, rolled back when it fails or panics. Inside a
// transaction it is a savepoint.
func (s *Session) Tx(ctx context.Context, o TxOptions, fn func(*Session) error) error {
	s = s.Begin(ctx)
	defer s.End()
	if s.Err != nil {
		return fault.Fill(s.Err, "tx", "", "")
	}
	if s.tx != nil {
		return s.nested(ctx, o.TxOptions, fn)
	}
	for attempt := 0; ; attempt++ {
		err := s.once(withAttempt(ctx, attempt+1), o.TxOptions, fn)
		if err == nil || attempt >= o.Retries || !Retryable(err) || ctx.Err() != nil {
			return err
		}
		// full jitter, so that two transactions that collided do not collide again
		pause := time.Duration(rand.Int64N(int64(10*time.Millisecond) << min(attempt, 6)))
		select {
		case <-ctx.Done():
			return err
		case <-time.After(pause):
		}
	}
}

// Retryable reports whether a failed transaction can safely be run again.
func Retryable(err error) bool {
	var r interface{ Retryable() bool }
	return errors.As(err, &r) && r.Retryable() && !errors.Is(err, fault.ErrCommitUnknown)
}

type attemptKey struct{}

func withAttempt(ctx context.Context, n int) context.Context {
	if n == Attempt(ctx) {
		return ctx
	}
	return context.WithValue(ctx, attemptKey{}, n)
}

// Attempt gives the number of the attempt that ctx belongs to, 1 for the first.
func Attempt(ctx context.Context) int {
	if n, ok := ctx.Value(attemptKey{}).(int); ok {
		return n
	}
	return 1
}

func (s *Session) once(ctx context.Context, o source.TxOptions, fn func(*Session) error) (err error) {
	t := &transaction{ctx: ctx, opts: o}
	done := false
	defer func() {
		if !done { // fn panicked or called runtime.Goexit
			_ = t.end(ctx, s, false, nil)
		}
	}()
	err = fn(&Session{Engine: s.Engine, tx: t, Only: s.Only})
	done = true
	if cause := ctx.Err(); err == nil && cause != nil {
		err = fault.Ended(&fault.Error{Op: "tx", Err: cause, Detail: "the context ended before the commit; nothing was written"}, fault.Undone)
	}
	if err != nil {
		return also(err, t.end(ctx, s, false, err))
	}
	if err := t.end(ctx, s, true, nil); err != nil {
		return fault.Fill(err, "commit", "", "")
	}
	s.run(ctx, t.effects)
	return nil
}

// also adds a second failure to err, if there is one.
func also(err, second error) error {
	if second == nil {
		return err
	}
	return errors.Join(err, second)
}

func (t *transaction) end(ctx context.Context, s *Session, commit bool, cause error) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ended {
		return nil
	}
	t.ended = true
	if t.tx == nil {
		return nil
	}
	defer func() {
		for _, l := range t.loaders {
			l.Forget()
		}
	}()
	if commit && s.life.ended.Load() {
		err := fault.Ended(&fault.Error{Err: fault.ErrClosed, Detail: "the DB was closed before the commit; nothing was written"}, fault.Undone)
		return also(err, t.finish(ctx, s.Engine, false, err))
	}
	return t.finish(ctx, s.Engine, commit, cause)
}

// finish commits, or rolls back for the sake of cause.
func (t *transaction) finish(ctx context.Context, e *Engine, commit bool, cause error) error {
	if commit {
		return t.step(ctx, e, "commit", 0, nil, t.tx.Commit)
	}
	return t.step(ctx, e, "rollback", 0, cause, t.tx.Rollback)
}

// nested runs fn under a savepoint. What the outer transaction was not begun with cannot be had any more, and is
// refused, not dropped; repeating is the outer transaction's business.
func (s *Session) nested(ctx context.Context, o source.TxOptions, fn func(*Session) error) error {
	t := s.tx
	if o.Isolation > t.opts.Isolation || o.ReadOnly && !t.opts.ReadOnly {
		return &fault.Error{Op: "tx", Err: fault.ErrInvalid, Detail: "a nested transaction is a savepoint: give isolation and ReadOnly to the outermost Tx"}
	}
	t.mu.Lock()
	if t.over(s) || s.level != len(t.levels) {
		t.mu.Unlock()
		return &fault.Error{Op: "tx", Err: fault.ErrClosed, Detail: "the outer transaction has ended, or another nested one is open"}
	}
	if !hook.Same(t.ctx, ctx) {
		t.mu.Unlock()
		return &fault.Error{Op: "tx", Err: fault.ErrActorSwitch, Detail: "use the context the transaction began with"}
	}
	t.nests++
	nest := t.nests
	t.levels = append(t.levels, nesting{nest: nest})
	level, effects := len(t.levels), len(t.effects)
	t.mu.Unlock()
	done := false
	defer func() {
		if !done {
			_ = t.leave(ctx, s.Engine, level, effects, false, nil)
		}
	}()
	err := fn(&Session{Engine: s.Engine, tx: t, level: level, nest: nest, Only: s.Only})
	done = true
	if err != nil {
		return also(err, t.leave(ctx, s.Engine, level, effects, false, err))
	}
	return t.leave(ctx, s.Engine, level, effects, true, nil)
}

func (t *transaction) leave(ctx context.Context, e *Engine, level, effects int, keep bool, cause error) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !keep { // what is undone has no effects
		t.effects = t.effects[:effects]
	}
	set, settings := t.levels[level-1].set, t.levels[level-1].settings
	t.levels = t.levels[:level-1]
	if !set || t.ended {
		return nil
	}
	release := func(ctx context.Context) error { return t.tx.Release(ctx, savepoint(level)) }
	if keep {
		return t.step(ctx, e, "release", level, nil, release)
	}
	t.settings = nil                 // unknown until it is undone
	ctx = context.WithoutCancel(ctx) // the savepoint must be undone even if the caller gave up
	undo := func(ctx context.Context) error { return t.tx.RollbackTo(ctx, savepoint(level)) }
	if err := t.step(ctx, e, "rollback to", level, cause, undo); err != nil {
		return err
	}
	t.settings = settings
	return t.step(ctx, e, "release", level, nil, release)
}

// Atomically runs fn so that it writes everything or nothing: in a transaction of its own on the source
// of m, or under a savepoint of the transaction there is.
func (s *Session) Atomically(ctx context.Context, m *model.Model, fn func(*Session) error) error {
	src, err := s.SourceOf(m)
	if err != nil {
		return err
	}
	if !src.Capabilities().Transactions {
		return fn(s)
	}
	return s.Tx(ctx, TxOptions{}, fn)
}

// Resume sets the transaction for a statement that goes on after others of it.
func (s *Session) Resume(ctx context.Context) error { return s.tx.resume(ctx, s) }

// ForgetSettings is to be called when SQL text ran on src: it may have changed the variables of the transaction.
func (s *Session) ForgetSettings(src source.Source) {
	if s.tx != nil && !s.elsewhere(src) {
		s.tx.forgetSettings()
	}
}

// ReadsAs gives the handle of a transaction what was said of the read that it was begun for.
func (s *Session) ReadsAs(outer *Session) {
	s.effort, s.analysis, s.Only = outer.effort, outer.analysis, outer.Only
}

// Leniently gives the handle of a transaction what was said of best effort before.
func (s *Session) Leniently(outer *Session) { s.effort = outer.effort }

// InTransaction reports whether the handle belongs to a transaction.
func (s *Session) InTransaction() bool { return s.tx != nil }
