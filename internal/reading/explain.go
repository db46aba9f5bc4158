package reading

import (
	"context"
	"fmt"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/engine"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/scoping"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// Explain plans st without running it.
func Explain(ctx context.Context, s *engine.Session, st *builder.Select) (*engine.Plan, error) {
	p := &engine.Plan{}
	incs, err := Merged(ctx, s.Engine, st.Includes)
	if err == nil {
		err = scoping.Names(s, st.Named)
	}
	if err == nil {
		st.Includes = incs
		ColumnsForIncludes(st, insetsOf(s, s.BoundTo(st.Model), st)...)
		err = explain(ctx, s, p, st, "", 0)
	}
	if err != nil {
		return nil, fault.Fill(err, "Explain", st.Model.Name, "")
	}
	return p, nil
}

func explain(ctx context.Context, s *engine.Session, p *engine.Plan, st *builder.Select, path string, depth int) error {
	if depth > s.Limits.MaxIncludeDepth {
		return fault.New(fault.ErrLimit, st.Model.Name, "", fmt.Sprintf("includes nest deeper than MaxIncludeDepth (%d)", s.Limits.MaxIncludeDepth))
	}
	src, err := s.SourceOf(st.Model)
	if err != nil {
		return err
	}
	if err := planned(ctx, s, p, st, path == ""); err != nil {
		return err
	}
	joined, err := explainInside(ctx, s, p, src, st)
	if err != nil {
		return err
	}
	if path == "" && !s.Efforts(ctx) {
		for _, inc := range joinable(s, st) {
			kid := related(inc)
			ColumnsForIncludes(kid)
			if err := planned(ctx, s, p, kid, false); err != nil {
				return err
			}
			joined[inc] = kid
			st.Joins = append(st.Joins, builder.Join{Relation: inc.Relation, Rows: kid})
		}
	}
	step := engine.Step{Path: path, Source: src.Name(), Model: st.Model.Name}
	if err := engine.Describe(&step, src, st); err != nil {
		return err
	}
	p.Steps = append(p.Steps, step)
	return explainIncludes(ctx, s, p, st.Includes, joined, path, depth)
}

// planned scopes st.
func planned(ctx context.Context, s *engine.Session, p *engine.Plan, st *builder.Select, root bool) error {
	d := st.Deleted
	return scoping.For(ctx, s, s.Registry(), d).Noting(p).Selects(st, root || d != builder.LivingRows)
}

// explainIncludes adds the steps of includes; those that are joined have no statement of their own.
func explainIncludes(ctx context.Context, s *engine.Session, p *engine.Plan, incs []*builder.Include, joined map[*builder.Include]*builder.Select, path string, depth int) error {
	for _, inc := range incs {
		rel, at := inc.Relation, inc.Relation.Name
		if path != "" {
			at = path + "." + at
		}
		if kid := joined[inc]; kid != nil {
			step := engine.Step{Path: at, Source: s.BoundTo(rel.Target).Name(), Model: rel.Target.Name, Joined: true}
			engine.ScopedBy(&step, kid.Scopes)
			p.Steps = append(p.Steps, step)
			if err := explainIncludes(ctx, s, p, kid.Includes, joined, at, depth+1); err != nil {
				return err
			}
			continue
		}
		kid := related(inc)
		kid.Group.Keys = make([]model.List, len(rel.Local))
		if s.Apart(rel) && rel.Through != nil {
			kid.Group.Link = nil
			if err := explainLink(ctx, s, p, rel, path); err != nil {
				return err
			}
		} else {
			explainNumbers(ctx, s, kid.Group, rel)
		}
		ColumnsForIncludes(kid)
		if err := explain(ctx, s, p, kid, at, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// explainNumbers plans what an include of keys that do not compare byte by byte runs, where the database can be asked.
func explainNumbers(ctx context.Context, s *engine.Session, g *builder.Group, rel *model.Relation) {
	columns := rel.Remote
	if rel.Through != nil {
		columns = s.LinkEnds[rel].Local
	}
	if columns == nil {
		return
	}
	if n, err := numbersOf(ctx, s, columns, rel.Local); err == nil {
		n.number(g, 0)
	}
}

// Text compiles st without scopes, for people to look at; what it gives is never run.
func Text(s *engine.Session, st *builder.Select) (string, []any, error) {
	src, err := s.SourceOf(st.Model)
	if err != nil {
		return "", nil, err
	}
	q, ok := src.(source.SQL)
	if !ok {
		return "", nil, &fault.Error{Op: "SQL", Model: st.Model.Name, Source: src.Name(), Err: fault.ErrUnsupported, Detail: "the source does not speak SQL; Explain shows its requests"}
	}
	bare := engine.Session{Engine: s.Engine}
	sc := scoping.For(context.Background(), &bare, (*hook.Registry)(nil), st.Deleted)
	if err := sc.Noting(nil).Selects(st, true); err != nil {
		return "", nil, err
	}
	text, args, err := q.Compile(st)
	if err != nil {
		return "", nil, fault.Fill(err, "SQL", st.Model.Name, src.Name())
	}
	out := make([]any, len(args))
	for i := range args {
		out[i] = args[i].Any()
	}
	return text, out, nil
}
