package engine

import (
	"context"
	"fmt"
	"time"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// Read runs st, which is the caller's own copy, and decodes into rows, includes and all. name is the
// method the user called.
func (s *Session) Read(ctx context.Context, name string, st *builder.Select, rows *source.Rows) error {
	s = s.joined(ctx)
	ex, src, err := s.executor(ctx, st.Model)
	if err != nil {
		return fault.Fill(err, name, st.Model.Name, "")
	}
	r := reader{s: s, reg: s.Registry(), name: name, deleted: st.Deleted}
	if len(st.Includes) > 0 {
		if st.Includes, err = s.merged(st.Includes); err != nil {
			return fault.Fill(err, name, st.Model.Name, src.Name())
		}
	}
	r.reads = 1 + countIncludes(st.Includes)
	return fault.Fill(r.read(ctx, ex, src, st, rows, "", 0), name, st.Model.Name, src.Name())
}

// reader carries what one call needs through the levels of its includes.
type reader struct {
	s       *Session
	reg     *hook.Registry
	name    string
	deleted builder.Deleted
	reads   int // statements that the includes make likely
	sights  []sight
}

func (r *reader) read(ctx context.Context, ex source.Executor, src source.Source, st *builder.Select, rows *source.Rows, path string, depth int) error {
	hooks := r.reg.Events(st.Model)
	if len(hooks) == 0 {
		return r.run(ctx, ex, src, st, rows, path, depth, nil)
	}
	v := r.sight()
	v.begin(ctx, hook.Read, r.name, src, st.Model)
	op := &v.op
	op.Select, op.Path = st, path
	if st.Want != builder.WantRows {
		op.Kind = hook.Count
	}
	defer func() { r.s.effects(ctx, op) }()
	return hook.Run(ctx, hooks, op, func() error {
		if op.Select == nil || op.Select.Model != st.Model || op.Select.Group != st.Group {
			return fault.New(fault.ErrDenied, st.Model.Name, "", "a hook replaced the statement by one of another kind")
		}
		if err := r.run(ctx, ex, src, op.Select, rows, path, depth, v.scopes[:0]); err != nil {
			return err
		}
		op.Affected = int64(rows.Len())
		if st.Want == builder.WantRows {
			op.Rows = v.see(&rows.Slab)
		}
		return nil
	})
}

func (r *reader) run(ctx context.Context, ex source.Executor, src source.Source, st *builder.Select, rows *source.Rows, path string, depth int, buf []builder.Scope) error {
	hidden := columnsForIncludes(st)
	if st.Distinct && len(hidden) > 0 && st.Want == builder.WantRows {
		return fault.New(fault.ErrInvalid, st.Model.Name, hidden[0].Name, "an include needs the column: with Distinct it must be selected")
	}
	st.Scoped = false
	d := r.deleted
	if path != "" {
		d = st.Deleted
	}
	sc := r.s.scoper(ctx, r.reg, d)
	sc.buf = buf
	if err := sc.selects(st, path == "" || d != builder.LivingRows); err != nil {
		return err
	}
	if err := r.s.execute(ctx, ex, src, st, rows); err != nil {
		return err
	}
	if len(st.Includes) > 0 && rows.Each == nil {
		if err := r.includes(ctx, &rows.Slab, st.Includes, path, depth); err != nil {
			return err
		}
		hide(&rows.Slab, hidden)
	}
	return nil
}

func (s *Session) execute(ctx context.Context, ex source.Executor, src source.Source, st *builder.Select, rows *source.Rows) error {
	if !s.observed(ctx) {
		return ex.Select(ctx, st, rows)
	}
	start := time.Now()
	err := ex.Select(ctx, st, rows)
	s.observe(ctx, src, st, start, int64(rows.Len()), err)
	return err
}

// columnsForIncludes adds the columns that includes need to a partial Select, and gives those it added.
func columnsForIncludes(st *builder.Select) (added []*model.Field) {
	if st.Columns == nil {
		return nil
	}
	need := func(fs []*model.Field) {
		for _, f := range fs {
			if !contains(st.Columns, f) && !contains(added, f) {
				added = append(added, f)
			}
		}
	}
	for _, inc := range st.Includes {
		need(inc.Relation.Local)
	}
	if st.Group != nil && st.Group.Link == nil {
		need(st.Group.Columns)
		// the caller hands children out by these columns, so it hides them itself
	}
	if len(added) > 0 {
		st.Columns = append(st.Columns[:len(st.Columns):len(st.Columns)], added...)
	}
	return added
}

func contains(fs []*model.Field, f *model.Field) bool {
	for _, x := range fs {
		if x == f {
			return true
		}
	}
	return false
}

// hide empties the columns that were read for includes only.
func hide(s *source.Slab, fs []*model.Field) {
	for _, f := range fs {
		for i := range s.Len() {
			f.Clear(s.At(i))
		}
	}
}

// merged gives the includes of a statement, each relation once and none too deep: whether a query is allowed must
// not hang on the rows it meets.
func (e *Engine) merged(in []*builder.Include) ([]*builder.Include, error) {
	out, err := mergeIncludes(in)
	if err != nil {
		return nil, err
	}
	return out, e.shallow(out, 1)
}

func (e *Engine) shallow(incs []*builder.Include, depth int) error {
	for _, inc := range incs {
		if depth > e.Limits.MaxIncludeDepth {
			return tooDeep(inc.Relation, e.Limits.MaxIncludeDepth)
		}
		if err := e.shallow(inc.Includes, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func tooDeep(r *model.Relation, limit int) error {
	return fault.New(fault.ErrLimit, r.Model.Name, r.Name, fmt.Sprintf("includes nest deeper than MaxIncludeDepth (%d)", limit))
}

// mergeIncludes joins branches that name the same relation, so that it is loaded once.
func mergeIncludes(in []*builder.Include) ([]*builder.Include, error) {
	var out []*builder.Include
	at := map[*model.Relation]int{}
	for _, inc := range in {
		if inc.Err != nil {
			return nil, inc.Err
		}
		i, seen := at[inc.Relation]
		if !seen {
			at[inc.Relation] = len(out)
			c := *inc
			out = append(out, &c)
			continue
		}
		have := out[i]
		if inc.HasTake && have.HasTake && inc.Take != have.Take || inc.Skip > 0 && have.Skip > 0 && inc.Skip != have.Skip || len(inc.Order) > 0 && len(have.Order) > 0 {
			return nil, fault.New(fault.ErrInvalid, inc.Relation.Model.Name, inc.Relation.Name, "the relation is included twice with different pages or orders")
		}
		have.Where = append(have.Where[:len(have.Where):len(have.Where)], inc.Where...)
		have.Order = append(have.Order[:len(have.Order):len(have.Order)], inc.Order...)
		have.Includes = append(have.Includes[:len(have.Includes):len(have.Includes)], inc.Includes...)
		if inc.HasTake {
			have.Take, have.HasTake = inc.Take, true
		}
		have.Skip = max(have.Skip, inc.Skip)
		if inc.Columns != nil {
			have.Columns = append(have.Columns[:len(have.Columns):len(have.Columns)], inc.Columns...)
		}
		have.Deleted = max(have.Deleted, inc.Deleted)
	}
	for _, inc := range out {
		if len(inc.Includes) > 0 {
			kids, err := mergeIncludes(inc.Includes)
			if err != nil {
				return nil, err
			}
			inc.Includes = kids
		}
	}
	return out, nil
}
