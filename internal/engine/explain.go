package engine

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// Plan is what a query would run: a statement for the root and one for each include.
type Plan struct {
	Steps []Step
}

// Step is one statement of a Plan.
type Step struct {
	Path   string   // the include path, "" for the root
	Source string   // the data source
	Model  string   // the model read
	Text   string   // SQL with placeholders, or the request
	Args   int      // arguments bound; their values are not shown
	Scopes []string // the hooks that added a predicate, in order
	Joined bool     // the statement of the rows that it belongs to loads it; Text and Args are empty
	Ran    *Ran     // what it cost; nil when it was only planned
}

// String prints the plan as a tree.
func (p *Plan) String() string {
	var b strings.Builder
	for _, s := range p.Steps {
		pad := ""
		if s.Path != "" {
			pad = strings.Repeat("  ", strings.Count(s.Path, ".")+1)
		}
		name := s.Model
		if s.Path != "" {
			name = s.Path + " → " + s.Model
		}
		fmt.Fprintf(&b, "%s%s (%s)", pad, name, s.Source)
		if len(s.Scopes) > 0 {
			fmt.Fprintf(&b, " scoped by %s", strings.Join(s.Scopes, ", "))
		}
		if s.Joined {
			b.WriteString(" joined\n")
			continue
		}
		if s.Ran != nil {
			fmt.Fprintf(&b, " ran %d, rows %d, took %s", s.Ran.Statements, s.Ran.Rows, s.Ran.Duration.Round(time.Microsecond))
		}
		fmt.Fprintf(&b, "\n%s  %s\n", pad, s.Text)
	}
	return b.String()
}

// Explain plans st without running it.
func (s *Session) Explain(ctx context.Context, st *builder.Select) (*Plan, error) {
	p := &Plan{}
	incs, err := s.merged(ctx, st.Includes)
	if err == nil {
		err = s.names(st.Named)
	}
	if err == nil {
		st.Includes = incs
		columnsForIncludes(st, s.insetsOf(s.boundTo(st.Model), st)...)
		err = s.explain(ctx, p, st, "", 0)
	}
	if err != nil {
		return nil, fault.Fill(err, "Explain", st.Model.Name, "")
	}
	return p, nil
}

func (s *Session) explain(ctx context.Context, p *Plan, st *builder.Select, path string, depth int) error {
	if depth > s.Limits.MaxIncludeDepth {
		return fault.New(fault.ErrLimit, st.Model.Name, "", fmt.Sprintf("includes nest deeper than MaxIncludeDepth (%d)", s.Limits.MaxIncludeDepth))
	}
	src, err := s.SourceOf(st.Model)
	if err != nil {
		return err
	}
	if err := s.planned(ctx, p, st, path == ""); err != nil {
		return err
	}
	joined, err := s.explainInside(ctx, p, src, st)
	if err != nil {
		return err
	}
	if path == "" && !s.efforts(ctx) {
		for _, inc := range s.joinable(st) {
			kid := related(inc)
			columnsForIncludes(kid)
			if err := s.planned(ctx, p, kid, false); err != nil {
				return err
			}
			joined[inc] = kid
			st.Joins = append(st.Joins, builder.Join{Relation: inc.Relation, Rows: kid})
		}
	}
	step := Step{Path: path, Source: src.Name(), Model: st.Model.Name}
	if err := step.describe(src, st); err != nil {
		return err
	}
	p.Steps = append(p.Steps, step)
	return s.explainIncludes(ctx, p, st.Includes, joined, path, depth)
}

// planned scopes st.
func (s *Session) planned(ctx context.Context, p *Plan, st *builder.Select, root bool) error {
	d := st.Deleted
	return s.scoper(ctx, s.Registry(), d).noting(p).selects(st, root || d != builder.LivingRows)
}

// explainIncludes adds the steps of includes; those that are joined have no statement of their own.
func (s *Session) explainIncludes(ctx context.Context, p *Plan, incs []*builder.Include, joined map[*builder.Include]*builder.Select, path string, depth int) error {
	for _, inc := range incs {
		rel, at := inc.Relation, inc.Relation.Name
		if path != "" {
			at = path + "." + at
		}
		if kid := joined[inc]; kid != nil {
			step := Step{Path: at, Source: s.boundTo(rel.Target).Name(), Model: rel.Target.Name, Joined: true}
			step.scopedBy(kid.Scopes)
			p.Steps = append(p.Steps, step)
			if err := s.explainIncludes(ctx, p, kid.Includes, joined, at, depth+1); err != nil {
				return err
			}
			continue
		}
		kid := related(inc)
		kid.Group.Keys = make([]model.List, len(rel.Local))
		if s.apart(rel) && rel.Through != nil {
			kid.Group.Link = nil
			if err := s.explainLink(ctx, p, rel, path); err != nil {
				return err
			}
		} else {
			s.explainNumbers(ctx, kid.Group, rel)
		}
		columnsForIncludes(kid)
		if err := s.explain(ctx, p, kid, at, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// explainNumbers plans what an include of keys that do not compare byte by byte runs, where the database can be asked.
func (s *Session) explainNumbers(ctx context.Context, g *builder.Group, rel *model.Relation) {
	columns := rel.Remote
	if rel.Through != nil {
		columns = s.linkEnds[rel].local
	}
	if columns == nil {
		return
	}
	if n, err := s.numbering(ctx, columns, rel.Local); err == nil {
		n.number(g, 0)
	}
}

// Text compiles st without scopes, for people to look at; what it gives is never run.
func (s *Session) Text(st *builder.Select) (string, []any, error) {
	src, err := s.SourceOf(st.Model)
	if err != nil {
		return "", nil, err
	}
	q, ok := src.(source.SQL)
	if !ok {
		return "", nil, &fault.Error{Op: "SQL", Model: st.Model.Name, Source: src.Name(), Err: fault.ErrUnsupported, Detail: "the source does not speak SQL; Explain shows its requests"}
	}
	bare := Session{Engine: s.Engine}
	sc := bare.scoper(context.Background(), (*hook.Registry)(nil), st.Deleted)
	if err := sc.noting(nil).selects(st, true); err != nil {
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
