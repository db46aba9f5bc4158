package reading

import (
	"context"
	"slices"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/engine"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/source"
)

// nests reports that src gives related rows inside those of their parents.
func nests(src source.Source) bool {
	_, sql := src.(source.SQL)
	return !sql && engine.Follows(src)
}

// insetsOf gives the includes whose rows come inside those of st, a Select on src.
func insetsOf(s *engine.Session, src source.Source, st *builder.Select) (out []*builder.Include) {
	if len(st.Includes) == 0 || st.Want != builder.WantRows || st.Distinct || !nests(src) {
		return nil
	}
	for _, inc := range st.Includes {
		if s.BoundTo(inc.Relation.Target) == src && (!inc.HasTake || inc.Take > 0) {
			out = append(out, inc)
		}
	}
	return out
}

// within is insetsOf for rows that are all there when the statement is over. A stream loads the includes of each window.
func (r *reader) within(src source.Source, st *builder.Select, rows *source.Rows) []*builder.Include {
	if rows.Each != nil {
		return nil
	}
	return insetsOf(r.s, src, st)
}

// insets is a statement that brings related rows inside its own, at any depth, under way. The hooks of the includes run
// round the one statement, each inside the one before.
type insets struct {
	r        *reader
	src      source.Source
	run      func(context.Context) error
	turned   bool      // the statement's own rows were turned round
	waiting  []*branch // their hooks and scopes have not been asked
	branches []*branch // parents before what is inside them
}

// inset is where a branch comes inside the rows of a statement.
type inset struct {
	all  *insets
	of   *builder.Select  // whose rows it comes inside of
	into *[]*source.Inset // what they have inside
	rows *source.Inset
	root bool // its parents are the statement's own rows
}

// inside reads the rows of st with the includes given inside them.
func (r *reader) inside(ctx context.Context, src source.Source, st *builder.Select, rows *source.Rows, incs []*builder.Include) error {
	x := &insets{r: r, src: src}
	x.run = func(ctx context.Context) error {
		ex, _, err := r.s.Executor(ctx, st.Model)
		if err == nil {
			err = r.s.Execute(ctx, ex, src, st, rows)
		}
		if err != nil || r.cut == nil {
			return err
		}
		if err := r.cut.page(st, &rows.Slab); err != nil {
			return err
		}
		x.turned = r.cut.back
		for _, in := range rows.Inside {
			in.Cut(rows.Len())
		}
		return nil
	}
	for _, inc := range incs {
		x.wait(inc, &rows.Slab, "", 0, inset{of: st, into: &rows.Inside, root: true})
	}
	return x.next(ctx)
}

// inside reads the children of b with includes of theirs inside them.
func (b *branch) inside(ctx context.Context, src source.Source, st *builder.Select, incs []*builder.Include) error {
	x := &insets{r: b.r, src: src, run: func(ctx context.Context) error { return b.read(ctx, src, st) }}
	for _, inc := range incs {
		x.wait(inc, &b.rows.Slab, b.path, b.depth, inset{of: st, into: &b.rows.Inside, root: true})
	}
	return x.next(ctx)
}

func (x *insets) wait(inc *builder.Include, parents *source.Slab, path string, depth int, at inset) {
	if path != "" {
		path += "."
	}
	at.all = x
	b := &branch{r: x.r, inc: inc, parents: parents, keys: &keySet{}, path: path + inc.Relation.Name, depth: depth + 1, inset: &at}
	b.rows.Slab = source.NewSlab(inc.Relation.Target.Type)
	x.waiting = append(x.waiting, b)
}

// next asks the next include for its statement, or runs what they have come to.
func (x *insets) next(ctx context.Context) error {
	if len(x.waiting) == 0 {
		return x.finish(ctx)
	}
	b := x.waiting[0]
	x.waiting = x.waiting[1:]
	m := b.inc.Relation.Target
	if b.depth > x.r.s.Limits.MaxIncludeDepth {
		return tooDeep(b.inc.Relation, x.r.s.Limits.MaxIncludeDepth)
	}
	return fault.Fill(x.r.read(ctx, x.src, b.statement(), &b.rows, b), "include "+b.path, m.Name, x.src.Name())
}

// add takes what the hooks and scopes of b have made of its statement.
func (x *insets) add(ctx context.Context, b *branch, st *builder.Select, incs []*builder.Include) error {
	at := b.inset
	at.rows = &source.Inset{Slab: source.NewSlab(b.inc.Relation.Target.Type)}
	at.of.Inside = append(at.of.Inside, builder.Inset{Relation: b.inc.Relation, Rows: st})
	*at.into = append(*at.into, at.rows)
	x.branches = append(x.branches, b)
	for _, inc := range incs {
		x.wait(inc, &b.rows.Slab, b.path, b.depth, inset{of: st, into: &at.rows.Inside})
	}
	return x.next(ctx)
}

func (x *insets) finish(ctx context.Context) error {
	if err := x.run(ctx); err != nil {
		return err
	}
	for _, b := range x.branches {
		if err := b.settle(ctx); err != nil {
			return fault.Fill(err, "include "+b.path, b.inc.Relation.Target.Name, x.src.Name())
		}
	}
	return nil
}

// settle finds the children of each parent in what came inside.
func (b *branch) settle(ctx context.Context) error {
	at, n, most := b.inset, b.parents.Len(), b.r.s.Limits.MaxFanOut
	if len(at.rows.Ends) != n {
		return fault.New(fault.ErrUpstream, b.inc.Relation.Model.Name, b.inc.Relation.Name, "the source gave related rows of another number of parents than it gave")
	}
	b.rows.Slab = at.rows.Slab
	b.spans, b.keys = make([]span, n), &keySet{n: n, of: make([]int32, n)}
	var over []int32
	from := int32(0)
	for i, end := range at.rows.Ends {
		to := int32(end)
		b.spans[i], b.keys.of[i] = span{from, to}, int32(i)
		switch has := int(to - from); {
		case !b.inc.Relation.Many && has > 1:
			return severalForOne(b.inc.Relation)
		case has > most && !b.r.lenient:
			return tooManyChildren(b.inc.Relation, most)
		case has > most:
			b.spans[i].to = from + int32(most)
			over = append(over, int32(i))
		}
		from = to
	}
	if at.root && at.all.turned {
		slices.Reverse(b.spans)
	}
	return b.truncated(ctx, over)
}

// explainInside plans the includes that come inside st, and gives how each is read.
func explainInside(ctx context.Context, s *engine.Session, p *engine.Plan, src source.Source, st *builder.Select) (map[*builder.Include]*builder.Select, error) {
	out := map[*builder.Include]*builder.Select{}
	for _, inc := range insetsOf(s, src, st) {
		kid := related(inc)
		kid.Group.Columns = nil
		ColumnsForIncludes(kid, insetsOf(s, src, kid)...)
		if err := planned(ctx, s, p, kid, false); err != nil {
			return nil, err
		}
		deeper, err := explainInside(ctx, s, p, src, kid)
		if err != nil {
			return nil, err
		}
		for k, v := range deeper {
			out[k] = v
		}
		out[inc] = kid
		st.Inside = append(st.Inside, builder.Inset{Relation: inc.Relation, Rows: kid})
	}
	return out, nil
}
