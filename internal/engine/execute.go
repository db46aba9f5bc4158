package engine

import (
	"context"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// Located says where err happened.
func (s *Session) Located(err error, name string, m *model.Model) error {
	if err == nil {
		return nil
	}
	src := ""
	if x, e := s.SourceOf(m); e == nil {
		src = x.Name()
	}
	return fault.Fill(err, name, m.Name, src)
}

// Timed runs a statement and tells observers what it took, if there are any.
func (s *Session) Timed(ctx context.Context, src source.Source, st builder.Statement, run func(context.Context) (int64, error)) (int64, error) {
	if !s.Observed(ctx) {
		return run(ctx)
	}
	return s.Watch(ctx, src, st, run)
}

// UsableFor tells why the handle cannot be used for m, if it cannot.
func (s *Session) UsableFor(ctx context.Context, m *model.Model) error {
	src, err := s.SourceOf(m)
	if err != nil {
		return err
	}
	return s.Usable(ctx, src, m.Name)
}

// Execute runs a Select that is scoped, seen by observers and by the plan that is analyzed.
func (s *Session) Execute(ctx context.Context, ex source.Executor, src source.Source, st *builder.Select, rows *source.Rows) error {
	if s.analysis != nil {
		in := *s
		in.analysis = nil
		return s.analysis.run(ctx, src, st, rows, func() error { return in.Execute(ctx, ex, src, st, rows) })
	}
	if !s.Observed(ctx) {
		return ex.Select(ctx, st, rows)
	}
	before := rows.Len()
	_, err := s.Watch(ctx, src, st, func(ctx context.Context) (int64, error) {
		err := ex.Select(ctx, st, rows)
		return int64(rows.Len() - before), err
	})
	return err
}
