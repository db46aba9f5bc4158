package reading

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"time"
	"unsafe"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/engine"
	"github.com/multi-orm/orm/internal/entity"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/scoping"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// Bounds of a loader; the documentation of orm.WithLoader tells them.
const (
	LoadWindow = time.Millisecond // from the first key of a batch to its statement
	loadKeys   = 500              // of one statement
	loadRows   = 10_000           // remembered
)

// loader gathers the reads by key that are made with one context, and remembers what they gave.
type loader struct {
	outer  *loader // of the context that this one's was made of
	window time.Duration

	mu      sync.Mutex
	shelves map[sharing]*shelf
	taken   int  // keys since it was last emptied
	wrote   bool // a replica may not have what was written
}

// WithLoader gives a context whose loads are gathered for as long as window says.
func WithLoader(ctx context.Context, window time.Duration) context.Context {
	return context.WithValue(ctx, engine.RememberKey{}, &loader{outer: loaderOf(ctx), window: window})
}

func loaderOf(ctx context.Context) *loader {
	l, _ := ctx.Value(engine.RememberKey{}).(*loader)
	return l
}

// sharing is what two loads must have in common to share rows: not only who asks, but also what the scopes made of it.
type sharing struct {
	e       *engine.Engine
	reg     *hook.Registry
	m       *model.Model
	actor   any // the identity of the value in the context
	bypass  *hook.Bypass
	primary bool
	scopes  string
	without string // the hooks that are left out
}

// shelf is the rows that may be shared.
type shelf struct {
	keys map[string]*loading
	open *batchLoad // takes keys still
}

// loading is one key of a batch.
type loading struct {
	batch *batchLoad
	at    int // of its row, -1 for none
}

// batchLoad is one statement for many keys. Until it is sent its keys are under the loader's lock; what it gave is
// written before done is closed, and constant after.
type batchLoad struct {
	l      *loader
	shelf  *shelf
	s      *engine.Session
	m      *model.Model
	ctx    context.Context
	cancel context.CancelFunc
	timer  *time.Timer

	names     []string // of the keys
	keys      []model.List
	entries   []*loading
	waiting   int
	abandoned bool // nobody waited any more

	done  chan struct{}
	rows  source.Slab
	stray bool // a row came back under no key that was asked for
	err   error
}

// Load reads the row of m that where names by its whole key into dst, through the loader of ctx. It gives false where
// the row must be read alone: without a loader, inside a transaction, and for kinds of keys that are not compared here.
func Load(ctx context.Context, s *engine.Session, m *model.Model, where *builder.Conjunction, dst unsafe.Pointer) (bool, error) {
	l := loaderOf(ctx)
	s = s.Begin(ctx)
	defer s.End()
	if l == nil || s.InTransaction() || s.Err != nil {
		return false, nil
	}
	src, err := s.SourceOf(m)
	if err != nil {
		return true, err
	}
	if err := ctx.Err(); err != nil {
		return true, ended(m, err)
	}
	if own, err := s.Collated(ctx, m.Key); err != nil || own { // which keys are the same is not known here
		return err != nil, err
	}
	with, ok, err := shareable(ctx, s, m)
	if err != nil || !ok {
		return err != nil, err
	}
	values := make([]model.Value, len(m.Key))
	var name []byte
	for i, f := range m.Key {
		switch f.Kind {
		case model.Bool, model.Int, model.Uint, model.String, model.Time, model.UUID:
		default:
			return false, nil
		}
		if where.At(i).Op != builder.OpEq {
			return false, nil
		}
		values[i] = where.At(i).Value
		name = model.AppendKey(name, values[i])
	}
	if l.stale() {
		ctx = source.Writing(ctx, src)
		with.primary = source.OnPrimary(ctx)
	}
	e := l.take(ctx, s, src, with, string(name), values)
	select {
	case <-e.batch.done:
	case <-ctx.Done():
		l.leave(e.batch)
		return true, ended(m, ctx.Err())
	}
	switch b := e.batch; {
	case b.err != nil && len(b.names) > 1 && (errors.Is(b.err, fault.ErrLimit) || errors.Is(b.err, fault.ErrUnsupported)):
		return false, nil // what is said of many rows need not hold for one
	case b.err != nil:
		return true, b.err
	case e.at >= 0:
		entity.OwnCopy(reflect.NewAt(m.Type, dst).Elem(), reflect.NewAt(m.Type, b.rows.At(e.at)).Elem())
		return true, nil
	case b.stray: // the database or a hook sees keys as equal that differ here
		return false, nil
	}
	return true, fault.New(fault.ErrNotFound, m.Name, "", "")
}

func ended(m *model.Model, cause error) error {
	return &fault.Error{Model: m.Name, Err: cause, Detail: "the context ended before the row was there"}
}

// shareable asks the scopes, without running anything, what this load may share; false where that cannot be told.
func shareable(ctx context.Context, s *engine.Session, m *model.Model) (with sharing, ok bool, err error) {
	reg := s.Registry()
	with = sharing{e: s.Engine, reg: reg, m: m, actor: hook.ActorIdentity(ctx), bypass: hook.BypassFrom(ctx), primary: source.OnPrimary(ctx)}
	if with.without, err = hook.Omitted(ctx, reg.Events(m)); err != nil {
		return with, false, err
	}
	if !reg.HasScopes() {
		return with, true, nil
	}
	st := &builder.Select{Model: m}
	if err := scoping.For(ctx, s, reg, builder.LivingRows).Dry().Selects(st, true); err != nil {
		return with, false, err
	}
	for _, x := range st.Scopes {
		st.Where.Add(x.Expr)
	}
	text, err := st.Question(nil)
	if err != nil {
		return with, false, nil //nolint:nilerr // the read itself says what is wrong
	}
	with.scopes = string(text)
	return with, true, nil
}

// take gives the row of a key that is there or under way, or puts the key into a batch.
func (l *loader) take(ctx context.Context, s *engine.Session, src source.Source, with sharing, name string, key []model.Value) *loading {
	l.mu.Lock()
	defer l.mu.Unlock()
	sh := l.shelves[with]
	if sh != nil {
		if e := sh.keys[name]; e != nil && !e.batch.abandoned {
			e.batch.waiting++
			return e
		}
	}
	if l.taken++; l.taken > loadRows || l.shelves == nil {
		l.shelves, l.taken, sh = map[sharing]*shelf{}, 1, nil
	}
	if sh == nil {
		sh = &shelf{keys: map[string]*loading{}}
		l.shelves[with] = sh
	}
	b := sh.open
	if b == nil {
		b = &batchLoad{l: l, shelf: sh, s: &engine.Session{Engine: s.Engine}, m: with.m, keys: make([]model.List, len(key)), done: make(chan struct{})}
		// of its own: hooks that load must not wait for the batch they are part of
		b.ctx, b.cancel = context.WithCancel(WithLoader(engine.WithSession(context.WithoutCancel(ctx), b.s), l.window))
		b.timer = time.AfterFunc(l.window, b.run)
		sh.open = b
	}
	e := &loading{batch: b, at: -1}
	sh.keys[name] = e
	b.names, b.entries, b.waiting = append(b.names, name), append(b.entries, e), b.waiting+1
	for i, v := range key {
		b.keys[i] = append(b.keys[i], v)
	}
	if len(b.names) >= batchKeys(src) {
		sh.open = nil
		if b.timer.Stop() {
			go b.run()
		}
	}
	return e
}

func batchKeys(src source.Source) int {
	if sql, ok := src.(source.SQL); ok {
		return min(loadKeys, sql.Dialect().Limits().ListItems)
	}
	return loadKeys
}

// leave takes back one that waited; the last one ends the statement.
func (l *loader) leave(b *batchLoad) {
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case <-b.done: // it came in the same moment
		return
	default:
	}
	if b.waiting--; b.waiting > 0 {
		return
	}
	b.abandoned = true
	if b.shelf.open == b {
		b.shelf.open = nil
	}
	b.cancel()
}

// Forget drops what is remembered, and lets nobody join what is under way.
func (l *loader) Forget() {
	for ; l != nil; l = l.outer {
		l.mu.Lock()
		l.shelves, l.taken, l.wrote = nil, 0, true
		l.mu.Unlock()
	}
}

// stale reports that something was written under the loader's context, so that a replica may be behind.
func (l *loader) stale() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.wrote
}

// run reads the batch and wakes those that wait.
func (b *batchLoad) run() {
	b.l.mu.Lock()
	if b.shelf.open == b {
		b.shelf.open = nil
	}
	idle := b.abandoned
	b.l.mu.Unlock()
	b.err = fault.New(fault.ErrUpstream, b.m.Name, "", "the read did not end") // where a hook ends the goroutine
	var at map[string]int
	defer func() { b.finish(at) }()
	if !idle {
		at, b.err = b.read()
	}
}

// finish wakes those that wait, whatever became of the read.
func (b *batchLoad) finish(at map[string]int) {
	b.cancel()
	b.l.mu.Lock()
	defer b.l.mu.Unlock()
	b.ctx, b.keys = nil, nil // not to be kept with the rows
	for i, e := range b.entries {
		if n, ok := at[b.names[i]]; ok && b.err == nil {
			e.at = n
		} else if b.shelf.keys[b.names[i]] == e { // what failed, and what was not there, is asked for again
			delete(b.shelf.keys, b.names[i])
		}
	}
	close(b.done)
}

// read runs the statement and gives the place of each key's row.
func (b *batchLoad) read() (at map[string]int, err error) {
	defer func() {
		if p := recover(); p != nil { // those who wait must not wait for ever
			at, err = nil, fault.New(fault.ErrInvalid, b.m.Name, "", fmt.Sprintf("the read panicked (%T)", p))
		}
	}()
	_, sql := b.s.BoundTo(b.m).(source.SQL)
	st := &builder.Select{Model: b.m}
	if len(b.names) == 1 {
		for i, f := range b.m.Key {
			st.Where.Add(builder.Compare(builder.OpEq, f, b.keys[i][0]))
		}
	} else {
		st.Where.Add(scoping.Keyed(b.m.Key, b.keys, sql))
	}
	rows := source.Rows{Slab: source.NewSlab(b.m.Type)}
	if err := Read(b.ctx, b.s.Strict(), "Load", st, &rows); err != nil { // a row that could not be had is not an absent one
		return nil, err
	}
	b.rows = rows.Slab
	at = make(map[string]int, rows.Len())
	var name []byte
	for i := range rows.Len() {
		name = name[:0]
		for _, f := range b.m.Key {
			v, err := f.Load(rows.At(i))
			if err != nil {
				return nil, err
			}
			name = model.AppendKey(name, v)
		}
		at[string(name)] = i
	}
	b.stray = astray(b.names, at)
	return at, nil
}

// astray reports whether a row came back under another key than those that were asked for.
func astray(names []string, at map[string]int) bool {
	found := 0
	for _, n := range names {
		if _, ok := at[n]; ok {
			found++
		}
	}
	return found < len(at)
}
