package reading

import (
	"context"
	"fmt"
	"slices"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/engine"
	"github.com/multi-orm/orm/internal/entity"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/scoping"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// Read runs st, which is the caller's own copy, and decodes into rows, includes and all. name is the
// method the user called.
func Read(ctx context.Context, s *engine.Session, name string, st *builder.Select, rows *source.Rows) error {
	return readIn(ctx, s, name, st, rows, nil, nil)
}

// ReadCall is Read in the memory of c.
func ReadCall(ctx context.Context, s *engine.Session, name string, c *Call) error {
	return readIn(ctx, s, name, &c.Select, &c.Rows, c.sights, c.cut)
}

func readIn(ctx context.Context, s *engine.Session, name string, st *builder.Select, rows *source.Rows, sights []engine.Sight, page *cut) error {
	s, m, asked := s.Begin(ctx), st.Model, st.Columns // hooks may take them away
	defer s.End()
	src, err := s.SourceOf(st.Model)
	if err == nil {
		err = s.Usable(ctx, src, st.Model.Name)
	}
	if err == nil {
		err = scoping.Names(s, st.Named)
	}
	if err != nil {
		return fault.Fill(err, name, st.Model.Name, "")
	}
	lenient := s.Efforts(ctx)
	if lenient {
		ctx = s.Lenient(ctx, st)
		lenient = source.BestEffort(ctx)
	}
	if len(st.Includes) > 0 {
		if st.Includes, err = Merged(ctx, s.Engine, st.Includes); err != nil {
			return fault.Fill(err, name, st.Model.Name, src.Name())
		}
	}
	if p, ok := src.(source.Pinned); ok && len(st.Includes) > 0 && !s.InTransaction() {
		ctx = p.Pin(ctx)
	}
	r, ok := s.Readers.Get().(*reader)
	if !ok {
		r = new(reader)
	}
	r.s, r.reg, r.name, r.deleted = s, s.Registry(), name, st.Deleted
	r.sights, r.cut = sights, page
	r.reads = countIncludes(st.Includes)
	r.lenient = lenient
	if len(sights) == 0 {
		r.reads++
	}
	was := st.Want
	err = r.read(ctx, src, st, rows, nil)
	var hidden []*model.Field
	if page != nil && err == nil {
		hidden = page.hidden
		entity.Hide(&rows.Slab, asked, hidden)
	}
	if err == nil && was == builder.WantRows {
		entity.TellLoaded(&rows.Slab, m, asked, hidden)
	}
	*r = reader{}
	s.Readers.Put(r)
	return fault.Fill(err, name, m.Name, src.Name())
}

// reader carries what one call needs through the levels of its includes.
type reader struct {
	s       *engine.Session
	reg     *hook.Registry
	name    string
	deleted builder.Deleted
	reads   int // statements that the includes make likely
	sights  []engine.Sight
	cut     *cut             // of the root; see page.go
	lenient bool             // best effort: see degrades
	ahead   [2]builder.Scope // of the includes, asked for before the first statement and not kept
}

// read runs one operation with its hooks: the root when b is nil, or an include with all its chunks.
func (r *reader) read(ctx context.Context, src source.Source, st *builder.Select, rows *source.Rows, b *branch) error {
	hooks := r.reg.Events(st.Model)
	if len(hooks) == 0 {
		return r.run(ctx, src, st, rows, b, nil)
	}
	st.Detach()
	v := r.sight()
	ctx = v.Carried(ctx, r.s)
	v.Begin(ctx, hooks, hook.Read, r.name, src, st.Model)
	op := &v.Op
	op.Select = st
	if b != nil {
		op.Path = b.path
	}
	if st.Want != builder.WantRows {
		op.Kind = hook.Count
	}
	was := kindOf(st)
	err := hook.Run(ctx, hooks, op, func() error {
		if err := was.same(op.Select); err != nil {
			return err
		}
		err := engine.Contained(st.Model, func() error { return r.run(ctx, src, op.Select, rows, b, v.Scopes[:0]) })
		if err != nil {
			return err
		}
		if err := Expected(was.model, was.expect, rows.Len()); err != nil {
			return err
		}
		op.Affected = int64(rows.Len())
		if was.want == builder.WantRows {
			op.Rows = v.See(&rows.Slab, was.model)
		}
		return nil
	})
	if err == nil {
		r.s.Effects(ctx, op)
	}
	return err
}

func (r *reader) run(ctx context.Context, src source.Source, st *builder.Select, rows *source.Rows, b *branch, buf []builder.Scope) error {
	if b != nil {
		return b.run(ctx, src, st, buf)
	}
	return r.root(ctx, src, st, rows, buf)
}

// selectKind is what hooks must leave as it is: else the rows would not fit where they are awaited.
type selectKind struct {
	model *model.Model
	group *builder.Group
	want  builder.Want
	agg   *builder.Aggregation

	expect builder.Expect
}

func kindOf(st *builder.Select) selectKind {
	return selectKind{st.Model, st.Group, st.Want, st.Aggregate, st.Expect}
}

func (k selectKind) same(st *builder.Select) error {
	if st == nil || kindOf(st) != k || len(st.Joins)+len(st.Inside) > 0 { // they are the engine's own, made after the scopes
		return fault.New(fault.ErrDenied, k.model.Name, "", engine.OtherKind)
	}
	return nil
}

// root reads the rows of the statement's own model.
func (r *reader) root(ctx context.Context, src source.Source, st *builder.Select, rows *source.Rows, buf []builder.Scope) error {
	within := r.within(src, st, rows)
	hidden := ColumnsForIncludes(st, within...)
	if st.Distinct && len(hidden) > 0 && st.Want == builder.WantRows {
		return fault.New(fault.ErrInvalid, st.Model.Name, hidden[0].Name, "an include needs the column: with Distinct it must be selected")
	}
	if err := r.scope(ctx, st, r.deleted, true, buf); err != nil {
		return err
	}
	incs := st.Includes
	if len(within) > 0 {
		if err := r.inside(ctx, src, st, rows, within); err != nil {
			return err
		}
		incs = without(incs, within)
	} else if joined := r.pushed(st, rows); len(joined) > 0 {
		if err := r.join(ctx, src, st, rows, joined); err != nil {
			return err
		}
		incs = without(incs, joined)
	} else {
		ex, _, err := r.s.Executor(ctx, st.Model)
		if err != nil {
			return err
		}
		if err := r.s.Execute(ctx, ex, src, st, rows); err != nil {
			return err
		}
	}
	if r.cut != nil && len(within) == 0 {
		if err := r.cut.page(st, &rows.Slab); err != nil {
			return err
		}
	}
	if len(st.Includes) > 0 && rows.Each == nil {
		if len(incs) > 0 {
			if err := r.includes(ctx, &rows.Slab, incs, "", 0); err != nil {
				return err
			}
		}
		entity.Hide(&rows.Slab, st.Columns, hidden)
	}
	return nil
}

// scope asks the scopes for the statement and, at the root, for everything that it includes.
func (r *reader) scope(ctx context.Context, st *builder.Select, d builder.Deleted, root bool, buf []builder.Scope) error {
	return scoping.For(ctx, r.s, r.reg, d).Reads(st, root, buf, r.ahead[:0])
}

// ColumnsForIncludes adds the columns that includes need to a partial Select, and gives those it added. Those within
// come inside the rows and need none.
func ColumnsForIncludes(st *builder.Select, within ...*builder.Include) (added []*model.Field) {
	if st.Columns == nil {
		return nil
	}
	need := func(fs []*model.Field) {
		for _, f := range fs {
			if !slices.Contains(st.Columns, f) && !slices.Contains(added, f) {
				added = append(added, f)
			}
		}
	}
	for _, inc := range st.Includes {
		if !slices.Contains(within, inc) {
			need(inc.Relation.Local)
		}
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

// Merged gives the includes of a statement, each relation once and none too deep: whether a query is allowed must
// not hang on the rows it meets. Best effort goes without those that are too deep.
func Merged(ctx context.Context, e *engine.Engine, in []*builder.Include) ([]*builder.Include, error) {
	out, err := mergeIncludes(in)
	if err != nil {
		return nil, err
	}
	if source.BestEffort(ctx) {
		out = prune(ctx, e, out, "", 1)
	}
	return out, shallow(e, out, 1)
}

// prune drops includes below MaxIncludeDepth, and tells of each. The includes are the statement's own copies.
func prune(ctx context.Context, e *engine.Engine, incs []*builder.Include, path string, depth int) []*builder.Include {
	var out []*builder.Include
	for _, inc := range incs {
		at := inc.Relation.Name
		if path != "" {
			at = path + "." + at
		}
		if depth > e.Limits.MaxIncludeDepth {
			i := source.Issue{Model: inc.Relation.Target.Name, Path: at, Cause: tooDeep(inc.Relation, e.Limits.MaxIncludeDepth)}
			if src, err := e.SourceOf(inc.Relation.Target); err == nil {
				i.Source = src.Name()
			}
			source.Degrade(ctx, i)
			continue
		}
		inc.Includes = prune(ctx, e, inc.Includes, at, depth+1)
		out = append(out, inc)
	}
	return out
}

func shallow(e *engine.Engine, incs []*builder.Include, depth int) error {
	for _, inc := range incs {
		if depth > e.Limits.MaxIncludeDepth {
			return tooDeep(inc.Relation, e.Limits.MaxIncludeDepth)
		}
		if inc.Strategy != nil && *inc.Strategy == model.Join && e.Apart(inc.Relation) {
			return fault.New(fault.ErrInvalid, inc.Relation.Model.Name, inc.Relation.Name, engine.CannotJoin)
		}
		if err := shallow(e, inc.Includes, depth+1); err != nil {
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
		if inc.Strategy != nil {
			if have.Strategy != nil && *have.Strategy != *inc.Strategy {
				return nil, fault.New(fault.ErrInvalid, inc.Relation.Model.Name, inc.Relation.Name, "the relation is included twice with different strategies")
			}
			have.Strategy = inc.Strategy
		}
		have.Extra = have.Extra.And(inc.Extra)
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
