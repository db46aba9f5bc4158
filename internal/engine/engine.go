package engine

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"sync"
	"sync/atomic"
	"time"

	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/cursor"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/uuid7"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// Limits bound what one call may cost. A zero field means its default.
type Limits struct {
	MaxIncludeDepth       int           // levels of includes below the root; 5
	MaxFanOut             int           // children of one relation per parent; 1,000
	MaxConcurrentRequests int           // requests of one HTTP source under way; 10
	RequestTimeout        time.Duration // of one HTTP request; 10 s
	PostFilterRows        int           // rows fetched to be filtered here; 10,000
}

// WithDefaults fills the zero fields.
func (l Limits) WithDefaults() Limits {
	or := func(v *int, d int) {
		if *v == 0 {
			*v = d
		}
	}
	or(&l.MaxIncludeDepth, 5)
	or(&l.MaxFanOut, 1000)
	or(&l.MaxConcurrentRequests, 10)
	or(&l.PostFilterRows, 10_000)
	for _, v := range []*int{&l.MaxIncludeDepth, &l.MaxFanOut, &l.PostFilterRows} {
		*v = min(*v, math.MaxInt32-1) // as good as none, and sums of it fit
	}
	if l.RequestTimeout == 0 {
		l.RequestTimeout = 10 * time.Second
	}
	return l
}

// Config is what Open gathered.
type Config struct {
	Sources   []source.Source
	Models    []*model.Model
	Limits    Limits
	Logger    *slog.Logger
	Logging   Logging
	Observers []func(context.Context, Statement)
	Tracers   []Tracer

	TxObservers []func(context.Context, TxStep)

	CursorKeys [][]byte // secrets of page cursors, the one in use first; none = one made up

	CloseWithin *time.Duration // what Close waits for operations under way; nil for the default

	BestEffort bool // reads that do not say go without what sources could not give
	KeysTell   bool // relations whose tags leave the columns out have those of the databases' foreign keys
}

// Option changes what Open gathered; other packages of this module make options of orm.Open with it.
type Option func(*Config) error

// Statement is what an observer sees of one statement that ran.
type Statement struct {
	Source   string
	System   string // the kind of database, as its dialect is called: "postgres", "sqlite", "sqlserver"; "" for none
	Location source.Location
	Model    string // "" for raw SQL
	Table    string // "" for raw SQL
	Verb     string // "select", "insert", "update", "delete", "raw"
	Text     string // SQL text with placeholders, "" for sources without SQL
	Rows     int64
	Duration time.Duration
	Err      error
}

// Engine is one opened set of sources and models, shared by every handle on it.
type Engine struct {
	Limits Limits

	sources   []source.Source
	models    []*model.Model
	Bound     map[*model.Model]source.Source
	links     map[linkTable]*model.Model
	Refs      map[*model.Model][]Reference
	LinkEnds  map[*model.Relation]*LinkEnds
	linkRows  sync.Map  // *model.Relation → *LinkRow
	Dealings  sync.Map  // *model.Model → how numbers of its new rows come: package writing's
	keyTypes  sync.Map  // *model.Field → source.KeyType, of columns whose database was asked
	copies    sync.Map  // projectionKey → *model.Projection
	Proven    sync.Map  // source.Source → *hook.Registry under which its row policies were seen to hold
	Readers   sync.Pool // of package reading's: nothing holds one once its call is over
	registry  atomic.Pointer[hook.Registry]
	using     sync.Mutex
	life      *lifecycle // of the engine that was opened
	logger    *slog.Logger
	logging   Logging
	secret    map[*model.Field]bool // columns that hold what a hidden one does; see secrets
	observers []func(context.Context, Statement)
	tracers   []Tracer
	watches   *atomic.Int32 // how many look at statements by their context; of the engine that was opened

	txObservers []func(context.Context, TxStep)

	closeWithin time.Duration // what Close waits
	closeSaid   bool          // by the caller of Open

	bestEffort bool
	Cursors    *cursor.Keys
	IDs        *uuid7.Maker // of the keys that default=uuid makes
	Crossing   bool         // relations lead out of their source
	Unasked    bool         // a model has columns that are tagged noquery

	parent  *Engine                       // that this one was extended from; nil for the one that was opened
	follows atomic.Pointer[hook.Registry] // the parent's registry that the own one was made of
	global  []*model.Model                // declared global by the extension
}

// Open binds models to sources and connects. On failure everything opened so far is closed.
func Open(ctx context.Context, c Config) (*Engine, error) {
	e := &Engine{Limits: c.Limits.WithDefaults(), sources: c.Sources, logger: c.Logger, logging: c.Logging, observers: c.Observers, tracers: c.Tracers, txObservers: c.TxObservers, bestEffort: c.BestEffort, IDs: uuid7.New(nil), life: newLifecycle(), watches: new(atomic.Int32), closeWithin: CloseWithin,
		Bound: map[*model.Model]source.Source{}, links: map[linkTable]*model.Model{}}
	if err := e.check(c); err != nil {
		return nil, err
	}
	if c.CloseWithin != nil {
		e.closeWithin, e.closeSaid = *c.CloseWithin, true
	}
	var err error
	if e.Cursors, err = cursor.NewKeys(c.CursorKeys...); err != nil {
		return nil, (&fault.Error{Op: "open", Err: fault.ErrInvalid, Detail: "the keys of cursors could not be made"}).WithCause(err)
	}
	if !c.KeysTell {
		if err := e.relate(); err != nil {
			return nil, err
		}
	}
	for i, s := range e.sources {
		if b, ok := s.(source.Limited); ok {
			b.Limit(source.Limits{MaxConcurrentRequests: e.Limits.MaxConcurrentRequests, RequestTimeout: e.Limits.RequestTimeout,
				PostFilterRows: e.Limits.PostFilterRows, MaxFanOut: e.Limits.MaxFanOut})
		}
		if err := s.Open(ctx, e.ModelsOf(s)); err != nil {
			closeAll(e.sources[:i+1])
			return nil, fault.Fill(err, "open", "", s.Name())
		}
	}
	reg, err := (*hook.Registry)(nil).Extended(e.models)
	if err == nil {
		e.registry.Store(reg)
		if c.KeysTell { // the catalogues can be read now
			err = e.askKeys(ctx)
		}
	}
	if err != nil {
		closeAll(e.sources)
		return nil, err
	}
	return e, nil
}

func closeAll(opened []source.Source) {
	for _, s := range opened {
		_ = s.Close()
	}
}

// relate readies what hangs on the columns of relations.
func (e *Engine) relate() error {
	e.bindLinkTables()
	e.Refs = e.references()
	e.secret = e.secrets()
	e.Crossing = e.leaves()
	e.Unasked = hasUnasked(e.models)
	return e.halfReferences()
}

func (e *Engine) check(c Config) error {
	var errs []error
	bad := func(m *model.Model, detail string) {
		name := ""
		if m != nil {
			name = m.Name
		}
		errs = append(errs, &fault.Error{Op: "open", Model: name, Err: fault.ErrInvalid, Detail: detail})
	}
	byName := map[string]source.Source{}
	for _, s := range c.Sources {
		if s.Name() == "" || byName[s.Name()] != nil {
			bad(nil, "source \""+s.Name()+"\" has no name of its own")
		}
		byName[s.Name()] = s
	}
	if len(c.Sources) == 0 {
		bad(nil, "no source was given: pass postgres.Source, sqlite.Source or another")
		return errors.Join(errs...)
	}
	l := c.Limits
	if l.MaxIncludeDepth < 0 || l.MaxFanOut < 0 || l.MaxConcurrentRequests < 0 || l.RequestTimeout < 0 || l.PostFilterRows < 0 {
		bad(nil, "a limit must not be negative")
	}
	e.models = reachable(c.Models)
	for _, m := range e.models {
		if m.Result {
			bad(m, "it has fields tagged agg: it is a result of orm.Aggregate, not a model with a table")
			continue
		}
		src := c.Sources[0]
		if m.Source != "" {
			if src = byName[m.Source]; src == nil {
				bad(m, "datasource \""+m.Source+"\" is not among the sources given"+suggestSource(m.Source, c.Sources))
				continue
			}
		}
		e.Bound[m] = src
		if key := (linkTable{src.Name(), m.Schema, m.Table}); e.links[key] == nil {
			e.links[key] = m
		}
		errs = append(errs, numericTimes(m, src)...)
	}
	e.eachPair(func(first, second *model.Model) {
		if why := second.Disagreement(first); why != "" {
			bad(second, "table \""+second.Table+"\" is the table of "+first.Name+" too, and "+why)
		}
	})
	if !c.KeysTell {
		errs = append(errs, e.checkRelations(nil))
	}
	return errors.Join(errs...)
}

// checkRelations checks the relations, those that their tags leave open by the ends that keys tell.
func (e *Engine) checkRelations(told map[*model.Relation]model.Ends) error {
	var errs []error
	for _, m := range e.models {
		bad := func(m *model.Model, detail string) {
			errs = append(errs, &fault.Error{Op: "open", Model: m.Name, Err: fault.ErrInvalid, Detail: detail})
		}
		for _, r := range m.Relations {
			if err := r.Unsaid(); err != nil {
				ends, ok := told[r]
				if !ok {
					errs = append(errs, fault.Fill(err, "open", "", ""))
					continue
				}
				errs = append(errs, fault.Fill(r.Against(ends), "open", "", ""))
				r = r.With(ends)
			}
			if r.Strategy == model.Join && e.Apart(r) {
				bad(m, "relation "+r.Name+": "+CannotJoin)
			}
			if why := e.unclearLink(r); why != "" {
				bad(m, "relation "+r.Name+": "+why)
			}
			if why := e.linkable(r); why != "" {
				bad(m, "relation "+r.Name+": "+why)
			}
			if why := e.keyable(r); why != "" {
				bad(m, "relation "+r.Name+": "+why)
			}
			if why := e.sameTimes(r); why != "" {
				bad(m, "relation "+r.Name+": "+why)
			}
			if why := e.incomparable(r); why != "" {
				bad(m, "relation "+r.Name+": "+why)
			}
		}
	}
	return errors.Join(errs...)
}

func suggestSource(name string, have []source.Source) string {
	names := make([]string, len(have))
	for i, s := range have {
		names[i] = s.Name()
	}
	if n := model.Nearest(name, names); n != "" {
		return " (did you mean \"" + n + "\"?)"
	}
	return ""
}

// reachable adds the models that relations lead to.
func reachable(models []*model.Model) []*model.Model {
	seen := map[*model.Model]bool{}
	var out []*model.Model
	var visit func(m *model.Model)
	visit = func(m *model.Model) {
		if seen[m] {
			return
		}
		seen[m] = true
		out = append(out, m)
		for _, r := range m.Relations {
			visit(r.Target)
		}
	}
	for _, m := range models {
		visit(m)
	}
	return out
}

// Models gives every model, those reached through relations included.
func (e *Engine) Models() []*model.Model { return e.models }

// Sources gives the sources in the order they were given.
func (e *Engine) Sources() []source.Source { return e.sources }

// ModelsOf gives the models bound to s.
func (e *Engine) ModelsOf(s source.Source) []*model.Model {
	var out []*model.Model
	for _, m := range e.models {
		if e.Bound[m] == s {
			out = append(out, m)
		}
	}
	return out
}

// SourceOf gives the source of m; a model that Open was not told of fails.
func (e *Engine) SourceOf(m *model.Model) (source.Source, error) {
	if e.life.ended.Load() {
		return nil, fault.Fill(errClosed(), "", m.Name, "")
	}
	s := e.Bound[m]
	if s == nil {
		return nil, fault.New(fault.ErrInvalid, m.Name, "", "the model is not registered: give it to orm.Models at Open")
	}
	return s, nil
}

// BoundTo gives the source of m, nil for none.
func (e *Engine) BoundTo(m *model.Model) source.Source { return e.Bound[m] }

// Use registers extensions. They hold for every call that starts after Use returned.
func (e *Engine) Use(exts ...hook.Extension) error {
	e.using.Lock()
	defer e.using.Unlock()
	reg, err := e.registry.Load().Extended(e.models, exts...)
	if err != nil {
		return err
	}
	e.registry.Store(reg)
	return nil
}

// Registry gives the hooks as they are now.
func (e *Engine) Registry() *hook.Registry { return e.registry.Load() }
