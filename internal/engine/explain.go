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
	incs, err := s.merged(st.Includes)
	if err == nil {
		st.Includes = incs
		columnsForIncludes(st)
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
	d := st.Deleted
	sc := s.scoper(ctx, s.Registry(), d)
	sc.across, sc.planned = planning, p
	if err := sc.selects(st, path == "" || d != builder.LivingRows); err != nil {
		return err
	}
	step := Step{Path: path, Source: src.Name(), Model: st.Model.Name}
	if err := step.describe(src, st); err != nil {
		return err
	}
	p.Steps = append(p.Steps, step)
	for _, inc := range st.Includes {
		rel := inc.Relation
		kid := &builder.Select{Model: rel.Target, Includes: inc.Includes, Columns: inc.Columns, Deleted: inc.Deleted, Extra: inc.Extra}
		for _, w := range inc.Where {
			kid.Where.Add(w)
		}
		for _, k := range inc.Order {
			kid.Order.Add(k)
		}
		kid.Order.Stabilise(rel.Target)
		kid.Group = &builder.Group{Columns: rel.Remote, Keys: make([]model.List, len(rel.Local)), Skip: inc.Skip, Take: inc.Take, HasTake: inc.HasTake}
		if rel.Through != nil {
			kid.Group.Link = rel
			if s.apart(rel) {
				kid.Group.Link = nil
				if err := s.explainLink(ctx, p, rel, path); err != nil {
					return err
				}
			}
		}
		columnsForIncludes(kid)
		at := rel.Name
		if path != "" {
			at = path + "." + at
		}
		if err := s.explain(ctx, p, kid, at, depth+1); err != nil {
			return err
		}
	}
	return nil
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
	sc.across = planning
	if err := sc.selects(st, true); err != nil {
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
