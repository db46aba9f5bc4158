package engine

import (
	"context"
	"slices"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/source"
)

// WithSettings hands the variables that row policies read to a source that has such policies.
func (e *Engine) WithSettings(ctx context.Context, src source.Source) (context.Context, []source.Setting, error) {
	reg := e.Registry()
	if !reg.HasSettings() || !src.Capabilities().RowPolicies {
		return ctx, nil, nil
	}
	have, err := reg.Settings(ctx)
	if err != nil {
		return ctx, nil, err
	}
	out := make([]source.Setting, len(have))
	for i, s := range have {
		out[i] = source.Setting(s)
	}
	return source.WithSettings(ctx, out), out, nil
}

// settingExecutor sets the variables with every single statement.
type settingExecutor struct {
	source.Executor
	e   *Engine
	src source.Source
}

func (x settingExecutor) Select(ctx context.Context, st *builder.Select, rows *source.Rows) error {
	ctx, _, err := x.e.WithSettings(ctx, x.src)
	if err != nil {
		return err
	}
	return x.Executor.Select(ctx, st, rows)
}

func (x settingExecutor) Insert(ctx context.Context, st *builder.Insert, rows *source.Rows) (int64, error) {
	ctx, _, err := x.e.WithSettings(ctx, x.src)
	if err != nil {
		return 0, err
	}
	return x.Executor.Insert(ctx, st, rows)
}

func (x settingExecutor) Update(ctx context.Context, st *builder.Update, rows *source.Rows) (int64, error) {
	ctx, _, err := x.e.WithSettings(ctx, x.src)
	if err != nil {
		return 0, err
	}
	return x.Executor.Update(ctx, st, rows)
}

func (x settingExecutor) Delete(ctx context.Context, st *builder.Delete, rows *source.Rows) (int64, error) {
	ctx, _, err := x.e.WithSettings(ctx, x.src)
	if err != nil {
		return 0, err
	}
	return x.Executor.Delete(ctx, st, rows)
}

// single gives what runs single statements on src.
func (e *Engine) single(src source.Source) source.Executor {
	if e.Registry().HasSettings() && src.Capabilities().RowPolicies {
		return settingExecutor{src, e, src}
	}
	return src
}

// resume is set for a statement that goes on after others of the transaction, which may have had other contexts.
func (t *transaction) resume(ctx context.Context, s *Session) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.set(ctx, s)
}

// forgetSettings makes the next statement set the variables again: SQL text may have changed them, or undone a savepoint.
func (t *transaction) forgetSettings() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.settings = nil
	for i := range t.levels {
		t.levels[i].settings = nil
	}
}

// set brings the variables of an open transaction in line with the context of its next statement.
func (t *transaction) set(ctx context.Context, s *Session) error {
	_, want, err := s.WithSettings(ctx, t.src)
	if err != nil || slices.Equal(want, t.settings) {
		return err
	}
	if tx, ok := t.tx.(source.Settable); ok {
		if err := tx.Set(ctx, want); err != nil {
			return err
		}
		t.settings = want
	}
	return nil
}
