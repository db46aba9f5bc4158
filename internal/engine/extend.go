package engine

import (
	"context"
	"slices"

	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// hasUnasked reports whether a model has columns that are tagged noquery, so that statements are looked through.
func hasUnasked(models []*model.Model) bool {
	for _, m := range models {
		for _, f := range m.Fields {
			if f.NoQuery {
				return true
			}
		}
	}
	return false
}

// Friend opens the handle of a DB to other packages of this module; nobody else can make one.
type Friend struct{ _ byte }

// Extension is models made at run time, beside those that Open was told of.
type Extension struct {
	Source     source.Source // where their tables are
	Models     []*model.Model
	Global     []*model.Model // those of Models whose rows belong to no tenant
	References []ForeignKey
}

// ForeignKey says that the columns From hold the key To.
type ForeignKey struct{ From, To []*model.Field }

// Extended gives an engine that knows further models. It shares the sources, and what is registered on e holds for all of
// its models: see Follow. Models that a scope refuses are refused here, as by Open.
func (e *Engine) Extended(x Extension) (*Engine, error) {
	out := &Engine{Limits: e.Limits, sources: e.sources, logger: e.logger, logging: e.logging, observers: e.observers, tracers: e.tracers, txObservers: e.txObservers, bestEffort: e.bestEffort,
		Cursors: e.Cursors, IDs: e.IDs, life: e.life, watches: e.watches, parent: e, global: x.Global, Bound: map[*model.Model]source.Source{}, links: map[linkTable]*model.Model{}}
	out.models = slices.Concat(e.models, x.Models)
	for _, m := range e.models {
		out.Bound[m] = e.Bound[m]
		out.links[linkTable{e.Bound[m].Name(), m.Schema, m.Table}] = m
	}
	for _, m := range x.Models {
		key := linkTable{x.Source.Name(), m.Schema, m.Table}
		if out.links[key] != nil {
			return nil, fault.New(fault.ErrInvalid, m.Name, "", "the table is already the table of "+out.links[key].Name)
		}
		out.Bound[m], out.links[key] = x.Source, m
	}
	out.bindLinkTables()
	out.Refs = out.references()
	for _, k := range x.References {
		out.refer(k)
	}
	out.secret = out.secrets()
	out.Crossing = out.leaves()
	out.Unasked = hasUnasked(out.models)
	return out, out.Follow()
}

// SourceFor gives the source that raw SQL of the session is for.
func (s *Session) SourceFor() source.Source {
	if s.Only != nil {
		return s.Only
	}
	return s.sources[0]
}

// ModelAt gives the model that is registered for a table, nil for none.
func (e *Engine) ModelAt(src source.Source, schema, table string) *model.Model {
	return e.links[linkTable{src.Name(), schema, table}]
}

// Fills reports whether a scope fills f in a new row of the caller that leaves it out.
func (s *Session) Fills(ctx context.Context, f *model.Field) bool {
	if hook.BypassFrom(ctx) != nil {
		return false
	}
	return s.Registry().Holds(f) || f == f.Model.Owner && s.Owned()
}

// Owned reports whether rls.Owner is registered.
func (s *Session) Owned() bool { return slices.Contains(s.Registry().ScopeNames(), hook.OwnerScope) }

// globals declares models global.
type globals []*model.Model

// DeclaresGlobal makes the declaration come first.
func (globals) DeclaresGlobal() {}

// Extend declares the models.
func (g globals) Extend(r *hook.Registrar) error {
	for _, m := range g {
		r.Global(m)
	}
	return nil
}

// Follow brings the hooks and scopes of an extended engine in step with those of its parent. Calls begin with it: what the
// parent registered since, and what does not fit the models made at run time, holds or refuses every one of them.
func (e *Engine) Follow() error {
	if e.parent == nil {
		return nil
	}
	if err := e.parent.Follow(); err != nil {
		return err
	}
	current := func() (now *hook.Registry, follows bool) {
		now = e.parent.Registry()
		f := e.follows.Load()
		return now, f != nil && f == now
	}
	if _, follows := current(); follows {
		return nil
	}
	e.using.Lock()
	defer e.using.Unlock()
	now, follows := current() // asked again: what another call has brought by now must not be taken back
	if follows {
		return nil
	}
	reg, err := now.Extended(e.models, globals(e.global))
	if err != nil {
		return err
	}
	e.registry.Store(reg)
	e.follows.Store(now)
	return nil
}

func (e *Engine) origin() *Engine {
	for e.parent != nil {
		e = e.parent
	}
	return e
}

// On gives the session on an engine that was extended from its own: its transaction goes on there.
func (s *Session) On(e *Engine) (*Session, error) {
	if s.origin() != e.origin() {
		return nil, fault.New(fault.ErrInvalid, "", "", "the handle is of another DB than the tables were opened on")
	}
	if s.Err != nil {
		return nil, s.Err
	}
	out := *s
	out.Engine = e
	return &out, e.Follow()
}

// Pinned gives a context under which the reads of one call go to one place, where a source has several.
func (s *Session) Pinned(ctx context.Context, m *model.Model) context.Context {
	s = s.Joined(ctx)
	src, err := s.SourceOf(m)
	if p, ok := src.(source.Pinned); ok && err == nil && s.tx == nil {
		return p.Pin(ctx)
	}
	return ctx
}

// Bind lets a model that holds keys only be the parent of includes.
func (e *Engine) Bind(m *model.Model, src source.Source) { e.Bound[m] = src }
