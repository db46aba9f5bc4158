package engine

import (
	"context"
	"log/slog"
	"time"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/source"
)

// observed reports whether anyone looks at statements, so that nothing is measured for nobody.
func (e *Engine) observed(ctx context.Context) bool {
	return len(e.observers) > 0 || e.logger != nil && e.logger.Enabled(ctx, slog.LevelDebug)
}

func (e *Engine) observe(ctx context.Context, src source.Source, st builder.Statement, start time.Time, rows int64, err error) {
	s := Statement{Source: src.Name(), Model: st.Root().Name, Verb: st.Verb(), Rows: rows, Duration: time.Since(start), Err: err}
	if q, ok := src.(source.SQL); ok {
		s.Text, _, _ = q.Compile(st)
	}
	e.report(ctx, s)
}

func (e *Engine) report(ctx context.Context, s Statement) {
	for _, fn := range e.observers {
		fn(ctx, s)
	}
	if e.logger == nil {
		return
	}
	attrs := []slog.Attr{slog.String("source", s.Source), slog.String("model", s.Model), slog.String("verb", s.Verb),
		slog.String("sql", s.Text), slog.Int64("rows", s.Rows), slog.Duration("took", s.Duration)}
	if s.Err != nil {
		attrs = append(attrs, slog.String("error", s.Err.Error()))
	}
	e.logger.LogAttrs(ctx, slog.LevelDebug, "orm statement", attrs...)
}
