package engine

import (
	"context"
	"encoding/json"
	"reflect"
	"sync"
	"time"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/source"
)

// Ran is what one step of a plan cost when it was run.
type Ran struct {
	Statements int           // statements sent: an include takes several when its keys do not fit into one; 0 when no row needed it
	Rows       int64         // rows that came back
	Duration   time.Duration // until the last row was decoded, the wait for a connection included
}

// Analyze plans st and runs it, and tells of each step what was sent and what it cost. The rows are dropped.
func (s *Session) Analyze(ctx context.Context, st *builder.Select, elem reflect.Type) (*Plan, error) {
	planned := *st
	p, err := s.Explain(ctx, &planned)
	if err != nil {
		return nil, err
	}
	in := s.analyzing(p)
	for i := range p.Steps {
		p.Steps[i].Ran = new(Ran)
	}
	if err := in.Read(ctx, "Explain", st, &source.Rows{Slab: source.NewSlab(elem)}); err != nil {
		return nil, err
	}
	return p, nil
}

// analysis gathers what the steps of a plan cost.
type analysis struct {
	mu   sync.Mutex
	plan *Plan
}

type pathKey struct{}

// analyzing gives a handle that notes in p what the steps of a plan cost.
func (s *Session) analyzing(p *Plan) *Session {
	in := *s
	in.analysis = &analysis{plan: p}
	return &in
}

// step tells the statements that run under ctx which step of a plan they belong to, where one is analyzed.
func (s *Session) step(ctx context.Context, kind, path string) context.Context {
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
		if err := step.describe(src, st); err != nil {
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

// describe fills in the text and the scopes of st.
func (p *Step) describe(src source.Source, st *builder.Select) error {
	p.scopedBy(st.Scopes)
	if d, ok := src.(source.Describer); ok {
		var err error
		p.Text, err = d.Describe(st)
		return err
	}
	q, ok := src.(source.SQL)
	if !ok {
		return nil
	}
	text, args, err := q.Compile(st)
	p.Text, p.Args = text, len(args)
	return err
}

func (p *Step) scopedBy(scopes []builder.Scope) {
	p.Scopes = nil
	for _, x := range scopes {
		p.Scopes = append(p.Scopes, x.Name)
	}
}

// MarshalJSON writes the plan as {"steps": […]}. A step has the keys path, source, model, text, args, scopes,
// joined where it has no statement of its own and, when it was run, ran with statements, rows and seconds. The keys stay as they are; new ones may come.
func (p *Plan) MarshalJSON() ([]byte, error) {
	type ran struct {
		Statements int     `json:"statements"`
		Rows       int64   `json:"rows"`
		Seconds    float64 `json:"seconds"`
	}
	type step struct {
		Path   string   `json:"path"`
		Source string   `json:"source"`
		Model  string   `json:"model"`
		Text   string   `json:"text"`
		Args   int      `json:"args"`
		Scopes []string `json:"scopes"`
		Joined bool     `json:"joined,omitempty"`
		Ran    *ran     `json:"ran,omitempty"`
	}
	out := struct {
		Steps []step `json:"steps"`
	}{make([]step, len(p.Steps))}
	for i, s := range p.Steps {
		x := step{s.Path, s.Source, s.Model, s.Text, s.Args, s.Scopes, s.Joined, nil}
		if x.Scopes == nil {
			x.Scopes = []string{}
		}
		if s.Ran != nil {
			x.Ran = &ran{s.Ran.Statements, s.Ran.Rows, s.Ran.Duration.Seconds()}
		}
		out.Steps[i] = x
	}
	return json.Marshal(out)
}
