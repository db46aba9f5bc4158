package engine

import (
	"context"
	"sync"
	"time"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/source"
)

// analysis gathers what the steps of a plan cost.
type analysis struct {
	mu   sync.Mutex
	plan *Plan
}

type pathKey struct{}

// Analyzing gives a handle that notes in p what the steps of a plan cost.
func (s *Session) Analyzing(p *Plan) *Session {
	in := *s
	in.analysis = &analysis{plan: p}
	return &in
}

// Step tells the statements that run under ctx which step of a plan they belong to, where one is analyzed.
func (s *Session) Step(ctx context.Context, kind, path string) context.Context {
	if s.analysis == nil {
		return ctx
	}
	return s.analysis.at(ctx, kind+path)
}

// at tells the statements that run under ctx which step they belong to.
func (a *analysis) at(ctx context.Context, path string) context.Context {
	return context.WithValue(ctx, pathKey{}, path)
}

// run runs st and notes its cost, and its text as hooks have left it.
func (a *analysis) run(ctx context.Context, src source.Source, st *builder.Select, rows *source.Rows, run func() error) error {
	path, _ := ctx.Value(pathKey{}).(string)
	before, start := rows.Len(), time.Now()
	if err := run(); err != nil {
		return err
	}
	took := time.Since(start)
	a.mu.Lock()
	defer a.mu.Unlock()
	step := a.step(path, src, st)
	if step.Ran.Statements == 0 {
		if err := Describe(step, src, st); err != nil {
			return err
		}
	}
	step.Ran.Statements++
	step.Ran.Rows += int64(rows.Len() - before)
	step.Ran.Duration += took
	return nil
}

// step finds the step of an include path. One that was not planned is there because a hook added the include.
func (a *analysis) step(path string, src source.Source, st *builder.Select) *Step {
	for i := range a.plan.Steps {
		if a.plan.Steps[i].Path == path {
			return &a.plan.Steps[i]
		}
	}
	a.plan.Steps = append(a.plan.Steps, Step{Path: path, Source: src.Name(), Model: st.Model.Name, Ran: new(Ran)})
	return &a.plan.Steps[len(a.plan.Steps)-1]
}
