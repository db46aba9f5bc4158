package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/source"
)

// TxStep is one step of a transaction that the database was asked for.
type TxStep struct {
	Source   string
	System   string // the kind of database, as its dialect is called: "postgres", "sqlite", "sqlserver"
	Location source.Location
	Step     string        // "begin", "commit", "rollback"; of nested ones "savepoint", "release", "rollback to"
	Level    int           // 0 for the transaction itself, 1 and up for those inside it
	Attempt  int           // of the transaction's function, from 1; more where Retry made it run again
	Duration time.Duration // of the step
	Held     time.Duration // by a commit or a rollback: since the transaction began, while it kept its connection
	Cause    error         // of a rollback: what the function failed with; nil where it panicked
	Err      error         // of the step
}

// TxTracer is a Tracer that follows the steps of transactions too. Its methods are called as those of Tracer are.
type TxTracer interface {
	// TxStepStart is called before the database is asked. Duration, Held and Err are not known yet.
	TxStepStart(ctx context.Context, s TxStep) context.Context
	// TxStepEnd is called once for each start, with the context that TxStepStart gave.
	TxStepEnd(ctx context.Context, s TxStep)
}

// step asks the database for one step of the transaction and tells those who look at them.
func (t *transaction) step(ctx context.Context, e *Engine, name string, level int, cause error, ask func(context.Context) error) error {
	if !e.Observed(ctx) && len(e.txObservers) == 0 {
		return ask(ctx)
	}
	src := t.src
	s := TxStep{Source: src.Name(), Step: name, Level: level, Attempt: Attempt(t.ctx), Cause: cause}
	if q, ok := src.(source.SQL); ok {
		s.System = q.Dialect().Name()
	}
	if l, ok := src.(source.Located); ok {
		s.Location = l.Location()
	}
	outer := ctx
	var ends []func()
	for _, tr := range e.tracers {
		if tx, ok := tr.(TxTracer); ok {
			ctx = tx.TxStepStart(ctx, s)
			in := ctx
			ends = append(ends, func() { tx.TxStepEnd(in, s) })
		}
	}
	start := time.Now()
	s.Err = ask(ctx)
	s.Duration = time.Since(start)
	switch {
	case name == "begin":
		t.began = start
	case level == 0:
		s.Held = time.Since(t.began)
	}
	for i := len(ends) - 1; i >= 0; i-- {
		ends[i]()
	}
	e.tellStep(outer, s)
	return s.Err
}

// told gives the text of an error of the library; one of the caller's may hold values that are for no log.
func told(err error) string {
	var ours *fault.Error
	if errors.As(err, &ours) {
		return ours.Error()
	}
	return fmt.Sprintf("%T", err)
}

func (e *Engine) tellStep(ctx context.Context, s TxStep) {
	for _, fn := range e.txObservers {
		fn(ctx, s)
	}
	if e.logger == nil || !e.logger.Enabled(ctx, slog.LevelDebug) {
		return
	}
	attrs := []slog.Attr{slog.String("source", s.Source), slog.String("step", s.Step), slog.Int("level", s.Level), slog.Int("attempt", s.Attempt),
		slog.Duration("took", s.Duration)}
	if s.Held > 0 {
		attrs = append(attrs, slog.Duration("held", s.Held))
	}
	if s.Cause != nil {
		attrs = append(attrs, slog.String("cause", told(s.Cause)))
	}
	if s.Err != nil {
		attrs = append(attrs, slog.String("error", s.Err.Error()))
	}
	e.logger.LogAttrs(ctx, slog.LevelDebug, "orm transaction", attrs...)
}
