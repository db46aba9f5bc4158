package reading

import (
	"context"
	"slices"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/engine"
	"github.com/multi-orm/orm/internal/entity"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/source"
)

// includes loads every branch below parents: one statement per branch and chunk of keys, never per row.
func (r *reader) includes(ctx context.Context, parents *source.Slab, incs []*builder.Include, path string, depth int) error {
	if depth >= r.s.Limits.MaxIncludeDepth {
		return tooDeep(incs[0].Relation, r.s.Limits.MaxIncludeDepth)
	}
	for _, inc := range incs {
		at := inc.Relation.Name
		if path != "" {
			at = path + "." + at
		}
		if err := r.include(ctx, parents, inc, at, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) include(ctx context.Context, parents *source.Slab, inc *builder.Include, path string, depth int) error {
	rel := inc.Relation
	if inc.Err != nil {
		return inc.Err
	}
	if parents.Elem() != rel.Model.Type {
		return fault.New(fault.ErrInvalid, rel.Model.Name, rel.Name, "the relation belongs to another model than the rows")
	}
	b := &branch{r: r, inc: inc, parents: parents, path: path, depth: depth, rows: source.Rows{Slab: source.NewSlab(rel.Target.Type)}}
	if err := b.gather(ctx); err != nil {
		return err
	}
	if b.keys.n == 0 || inc.HasTake && inc.Take == 0 {
		return r.handOut(ctx, b)
	}
	src, err := r.s.SourceOf(rel.Target)
	if err == nil {
		err = r.read(ctx, src, b.statement(), &b.rows, b)
	}
	if err != nil && b.degrades(ctx, err) {
		return nil
	}
	return err
}

// branch is one include under way.
type branch struct {
	r       *reader
	inc     *builder.Include
	parents *source.Slab
	keys    *keySet
	path    string
	depth   int
	rows    source.Rows // the children
	failed  bool        // the source could not give them
	gaps    *gaps       // best effort: what the source said it went without
	join    *join       // the statement of the parents that loads the children too; nil for one of their own
	inset   *inset      // where the children come inside the parents; nil where they do not
	spans   []span      // the children of each key, once they are known

	byNumber numbering // of the keys in the statement of the children
}

// gather finds the keys of the parents, and how the rows that belong to them will tell whose they are.
func (b *branch) gather(ctx context.Context) (err error) {
	rel, s := b.inc.Relation, b.r.s
	columns, into := rel.Remote, rel.Remote
	if rel.Through != nil {
		columns, into = s.LinkEnds[rel].Local, nil
		if b.linked() {
			into = columns
		}
	}
	if b.keys, err = keysOf(b.parents, rel.Local, into); err != nil {
		return err
	}
	if b.keys.n > 0 && b.keys.byKey != nil && columns != nil {
		if b.byNumber, err = numbersOf(ctx, s, columns, rel.Local); err != nil {
			return fault.Fill(err, "include "+b.path, rel.Target.Name, "")
		}
	}
	if !b.tells() && rel.Through == nil {
		return nil
	}
	links := source.SlabOf[int64](0)
	if !b.tells() {
		links = source.NewSlab(s.LinkRow(rel).Type)
	}
	b.rows.Links = &links
	return nil
}

// tells reports that the number of its key comes beside each child.
func (b *branch) tells() bool { return b.byNumber.on || b.linked() }

// statement loads the children of every parent.
func (b *branch) statement() *builder.Select {
	st := related(b.inc)
	if *st.Group = b.group(0, b.keys.n); b.inset != nil {
		st.Group.Keys = nil
	}
	return st
}

// related reads the rows of an include, whoever their parents are.
func related(inc *builder.Include) *builder.Select {
	rel := inc.Relation
	st := &builder.Select{Model: rel.Target, Includes: inc.Includes, Columns: inc.Columns, Deleted: inc.Deleted, Extra: inc.Extra,
		Group: &builder.Group{Columns: rel.Remote, Skip: inc.Skip, Take: inc.Take, HasTake: inc.HasTake}}
	if rel.Through != nil {
		st.Group.Link = rel
	}
	for _, w := range inc.Where {
		st.Where.Add(w)
	}
	for _, k := range inc.Order {
		st.Order.Add(k)
	}
	if rel.Many || st.Group.Paged() { // a single row needs no order
		st.Order.Default(rel.Target, nil)
	}
	st.Order.Stabilise(rel.Target)
	return st
}

// group ties the children to the parents that have keys from to to.
func (b *branch) group(from, to int) builder.Group {
	inc, rel := b.inc, b.inc.Relation
	g := builder.Group{Columns: rel.Remote, Keys: b.keys.lists(from, to), Skip: inc.Skip, Take: inc.Take, HasTake: inc.HasTake}
	if rel.Through != nil {
		g.Link = rel
	}
	b.byNumber.number(&g, from)
	if most := int64(b.r.s.Limits.MaxFanOut) + 1; b.r.lenient && (!g.HasTake || g.Take > most) {
		g.Take, g.HasTake = most, true // of each parent, so that one with too many takes nothing from others
	}
	return g
}

func (b *branch) run(ctx context.Context, src source.Source, st *builder.Select, buf []builder.Scope) error {
	g := st.Group
	g.Columns, g.Link, g.LinkScope = b.inc.Relation.Remote, nil, nil // whatever hooks did to them
	if b.inc.Relation.Through != nil {
		g.Link = b.inc.Relation
	}
	g.Numbers, g.As, g.Loose = b.byNumber.on && b.join == nil, b.byNumber.as, false
	if b.inset != nil {
		g.Columns = nil
	}
	asked := st.Columns
	var within []*builder.Include
	if !b.linked() {
		within = b.r.within(src, st, &b.rows)
	}
	hidden := ColumnsForIncludes(st, within...)
	if (b.linked() || b.join != nil) && st.Columns != nil {
		for _, f := range b.inc.Relation.Remote {
			if !slices.Contains(st.Columns, f) {
				st.Columns, hidden = append(st.Columns[:len(st.Columns):len(st.Columns)], f), append(hidden, f)
			}
		}
	}
	if err := b.r.scope(ctx, st, st.Deleted, st.Deleted != builder.LivingRows, buf); err != nil {
		return fault.Fill(err, "include "+b.path, st.Model.Name, "")
	}
	incs := st.Includes // they wait until every chunk is there
	st.Includes = nil
	switch {
	case b.inset != nil:
		if err := b.inset.all.add(ctx, b, st, within); err != nil {
			return err
		}
	case b.join != nil:
		if err := b.join.add(ctx, b, st); err != nil {
			return err
		}
	case len(within) > 0:
		if err := b.inside(b.partly(ctx), src, st, within); err != nil {
			return fault.Fill(err, "include "+b.path, st.Model.Name, src.Name())
		}
	default:
		if err := b.read(b.partly(ctx), src, st); err != nil {
			return fault.Fill(err, "include "+b.path, st.Model.Name, src.Name())
		}
	}
	if len(within) > 0 {
		incs = without(incs, within)
	}
	if len(incs) > 0 {
		if err := b.r.includes(ctx, &b.rows.Slab, incs, b.path, b.depth); err != nil {
			return err
		}
	}
	// hooks see the children once their parents have them: what hooks empty may be the key
	if err := b.r.handOut(ctx, b); err != nil {
		return err
	}
	entity.Hide(&b.rows.Slab, asked, hidden)
	entity.TellLoaded(&b.rows.Slab, b.inc.Relation.Target, asked, nil)
	return nil
}

// read reads the children in chunks of as many keys as one list holds.
func (b *branch) read(ctx context.Context, src source.Source, st *builder.Select) error {
	ex, _, err := b.r.s.Included(ctx, b.inc.Relation.Target)
	if err != nil {
		return err
	}
	ctx = b.r.s.Step(ctx, "", b.path)
	if b.linked() {
		return b.readLinked(ctx, src, st)
	}
	n := b.keys.n
	chunk := b.chunk(src)
	for from := 0; from < n; from += chunk {
		to := min(from+chunk, n)
		part := st
		if chunk < n {
			c, g := *st, *st.Group
			g.Keys, g.First = b.keys.lists(from, to), int64(from)
			c.Group, part = &g, &c
		}
		b.bound(part, to-from)
		if err := b.execute(ctx, ex, src, part, &b.rows); err != nil {
			return err
		}
	}
	return nil
}

// chunk gives the number of keys that one statement on src takes.
func (b *branch) chunk(src source.Source) int { return min(b.keys.n, engine.ListItems(src, b.keys.n)) }

// bound asks for one row more than may be, so that going over is seen and not cut off in silence.
func (b *branch) bound(st *builder.Select, parents int) {
	fanOut := int64(b.r.s.Limits.MaxFanOut)
	most := int64(parents)*fanOut + 1
	if b.r.lenient {
		most += int64(parents)
	}
	if (!b.inc.HasTake || b.inc.Take > fanOut) && !(st.HasTake && st.Take < most) {
		st.Take, st.HasTake = most, true
	}
}
