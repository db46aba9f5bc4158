package engine

import (
	"context"
	"log/slog"
	"time"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/source"
)

// Tracer follows statements from their start to their end. Its methods are called on the goroutine that runs the
// statement, must be quick, and are safe for concurrent use.
type Tracer interface {
	// StatementStart is called before a statement is sent, which then runs under the context that it gives. Rows,
	// Duration and Err are not known yet.
	StatementStart(ctx context.Context, s Statement) context.Context
	// StatementEnd is called once for each start, with the context that StatementStart gave.
	StatementEnd(ctx context.Context, s Statement)
}

// Observed reports whether anyone looks at statements, so that nothing is measured for nobody.
func (e *Engine) Observed(ctx context.Context) bool {
	return len(e.observers) > 0 || len(e.tracers) > 0 || e.logger != nil && e.logger.Enabled(ctx, slog.LevelDebug) || e.watch(ctx) != nil
}

// watch is one look at the statements of one engine that run under a context.
type watch struct {
	of    *Engine // that was opened
	fn    func(Statement)
	outer *watch
}

type watchKey struct{}

// Watching gives a context whose statements fn is told of, on the goroutine that ran them, until stop is called; it is
// called once. Those of other contexts and of other engines are not told.
func (e *Engine) Watching(ctx context.Context, fn func(Statement)) (in context.Context, stop func()) {
	outer, _ := ctx.Value(watchKey{}).(*watch)
	e.watches.Add(1)
	return context.WithValue(ctx, watchKey{}, &watch{e.origin(), fn, outer}), func() { e.watches.Add(-1) }
}

// watch gives the innermost look of ctx. Contexts are searched only while somebody looks: every statement asks.
func (e *Engine) watch(ctx context.Context) *watch {
	if e.watches.Load() == 0 {
		return nil
	}
	w, _ := ctx.Value(watchKey{}).(*watch)
	return w
}

// Watch runs a statement and tells those who look at it.
func (e *Engine) Watch(ctx context.Context, src source.Source, st builder.Statement, run func(context.Context) (int64, error)) (int64, error) {
	s := Statement{Source: src.Name(), Model: st.Root().Name, Table: st.Root().Table, Verb: st.Verb()}
	if q, ok := src.(source.SQL); ok {
		s.Text, _, _ = q.Compile(st)
	}
	return e.Tell(ctx, src, s, e.seenArgs(ctx, src, st), run)
}

// Tell tells tracers and observers of s, which holds no arguments; args are for the log alone.
func (e *Engine) Tell(ctx context.Context, src source.Source, s Statement, args []any, run func(context.Context) (int64, error)) (n int64, err error) {
	if q, ok := src.(source.SQL); ok {
		s.System = q.Dialect().Name()
	}
	if l, ok := src.(source.Located); ok {
		s.Location = l.Location()
	}
	outer, ctxs := ctx, make([]context.Context, len(e.tracers))
	for i, t := range e.tracers {
		ctx = t.StatementStart(ctx, s)
		ctxs[i] = ctx
	}
	start, over := time.Now(), false
	defer func() {
		s.Rows, s.Duration, s.Err = n, time.Since(start), err
		if !over { // what was begun is ended, whatever the reader of the rows does
			s.Err = fault.New(fault.ErrInvalid, s.Model, "", "the reader of the rows panicked")
		}
		for i := len(e.tracers) - 1; i >= 0; i-- {
			e.tracers[i].StatementEnd(ctxs[i], s)
		}
		e.report(outer, s, args)
	}()
	n, err = run(ctx)
	over = true
	return n, err
}

func (e *Engine) report(ctx context.Context, s Statement, args []any) {
	for _, fn := range e.observers {
		fn(ctx, s)
	}
	for w := e.watch(ctx); w != nil; w = w.outer {
		if w.of == e.origin() {
			w.fn(s)
		}
	}
	if e.logger == nil {
		return
	}
	attrs := []slog.Attr{slog.String("source", s.Source), slog.String("model", s.Model), slog.String("verb", s.Verb),
		slog.String("sql", s.Text), slog.Int64("rows", s.Rows), slog.Duration("took", s.Duration)}
	if args != nil {
		attrs = append(attrs, slog.Any("args", args))
	}
	if s.Err != nil {
		attrs = append(attrs, slog.String("error", s.Err.Error()))
	}
	e.logger.LogAttrs(ctx, slog.LevelDebug, "orm statement", attrs...)
}
