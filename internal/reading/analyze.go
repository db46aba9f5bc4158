package reading

import (
	"context"
	"reflect"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/engine"
	"github.com/multi-orm/orm/source"
)

// Analyze plans st and runs it, and tells of each step what was sent and what it cost. The rows are dropped.
func Analyze(ctx context.Context, s *engine.Session, st *builder.Select, elem reflect.Type) (*engine.Plan, error) {
	planned := *st
	p, err := Explain(ctx, s, &planned)
	if err != nil {
		return nil, err
	}
	in := s.Analyzing(p)
	for i := range p.Steps {
		p.Steps[i].Ran = new(engine.Ran)
	}
	if err := Read(ctx, in, "Explain", st, &source.Rows{Slab: source.NewSlab(elem)}); err != nil {
		return nil, err
	}
	return p, nil
}
