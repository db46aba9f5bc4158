package reading

import (
	"context"
	"fmt"
	"reflect"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/engine"
	"github.com/multi-orm/orm/internal/entity"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/scoping"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// linked reports that the children are found by a statement of their own about the link table.
func (b *branch) linked() bool {
	return b.inc.Relation.Through != nil && b.r.s.Apart(b.inc.Relation)
}

// tied is one row of a link table: the number of the parents' key that it holds, and that of the child's key.
type tied struct{ parent, child int }

// readLinked reads the rows of the link table, then the children they lead to in one order, and deals these out to
// the parents as one statement would: in the order of the include, its page taken for each parent.
func (b *branch) readLinked(ctx context.Context, src source.Source, st *builder.Select) error {
	links, keys, err := b.links(ctx, st.Group.LinkScope)
	if err != nil || keys.n == 0 {
		return err
	}
	rel, q := b.inc.Relation, *st
	q.Group = nil
	most := int64(len(links)) * int64(b.r.s.Limits.MaxFanOut)
	if !q.HasTake || q.Take > most {
		q.Take, q.HasTake = most+1, true
	}
	ex, _, err := b.r.s.Included(ctx, rel.Target)
	if err != nil {
		return err
	}
	m := b.r.s.LinkModel(rel)
	byNumber, err := numbersOf(ctx, b.r.s, rel.Remote, entity.ByColumn(m, rel.Through.Remote))
	if err != nil {
		return err
	}
	found := source.Rows{Slab: source.NewSlab(rel.Target.Type)}
	if byNumber.on {
		if limit := engine.ListItems(src, keys.n); keys.n > limit {
			return fault.New(fault.ErrLimit, rel.Model.Name, rel.Name, fmt.Sprintf("the parents are linked to more than %d rows of %s, whose key does not compare byte by byte: narrow the query", limit, rel.Target.Name))
		}
		numbers := source.SlabOf[int64](0)
		found.Links = &numbers
		q.Group = &builder.Group{Columns: rel.Remote, Keys: keys.lists(0, keys.n), Loose: true}
		byNumber.number(q.Group, 0)
	} else {
		q.Where.Add(scoping.Within(b.r.s.Engine, rel.Remote, keys.lists(0, keys.n)))
	}
	if err := b.execute(ctx, ex, src, &q, &found); err != nil {
		return err
	}
	if int64(found.Len()) > most {
		b.failed = true
		return fault.New(fault.ErrLimit, rel.Model.Name, rel.Name, "the parents have more children than MaxFanOut allows: say Take, or raise the limit")
	}
	return b.deal(links, keys, &found)
}

// links reads the link rows of the parents, and gives the distinct keys of the children they name.
func (b *branch) links(ctx context.Context, scopes []builder.Scope) (out []tied, keys *keySet, err error) {
	rel, s := b.inc.Relation, b.r.s
	m := s.LinkModel(rel)
	local, remote := entity.ByColumn(m, rel.Through.Local), entity.ByColumn(m, rel.Through.Remote)
	ex, src, err := s.Included(ctx, m)
	if err != nil {
		return nil, nil, err
	}
	st := &builder.Select{Model: m, Scopes: scopes, Scoped: true, HasTake: true}
	st.Columns = append(append(st.Columns, local...), remote...)
	chunk := b.chunk(src)
	rows, numbers := source.Rows{Slab: source.NewSlab(m.Type)}, source.SlabOf[int64](0)
	if b.byNumber.on {
		rows.Links = &numbers
	}
	limit := max(s.Limits.PostFilterRows, b.keys.n*s.Limits.MaxFanOut)
	for from := 0; from < b.keys.n; from += chunk {
		st.Group = &builder.Group{Columns: local, Keys: b.keys.lists(from, min(from+chunk, b.keys.n))}
		b.byNumber.number(st.Group, from)
		st.Take = int64(limit-rows.Len()) + 1
		if err := b.execute(ctx, ex, src, st, &rows); err != nil {
			return nil, nil, err
		}
		if rows.Len() > limit {
			b.failed = true
			return nil, nil, fault.New(fault.ErrLimit, rel.Model.Name, rel.Name, fmt.Sprintf("the parents have more than %d rows of %s: narrow the query, or raise PostFilterRows", limit, m.Name))
		}
	}
	if keys, err = keysOf(&rows.Slab, remote, rel.Remote); err != nil {
		return nil, nil, err
	}
	f := finder{k: b.keys}
	for i := range rows.Len() {
		var at int
		if b.byNumber.on {
			at = int(*(*int64)(numbers.At(i)))
		} else if at, err = f.find(local, rows.At(i)); err != nil {
			return nil, nil, err
		}
		if at < 0 || at >= b.keys.n {
			return nil, nil, foreignRow(local)
		}
		if child := keys.of[i]; child >= 0 {
			out = append(out, tied{at, int(child)})
		}
	}
	return out, keys, nil
}

// deal copies the children found, which are in the order of the include, below each parent that is tied to them.
func (b *branch) deal(links []tied, keys *keySet, found *source.Rows) error {
	rel := b.inc.Relation
	tiedTo := make([][]int, keys.n) // the parents tied to a child's key, one that is tied twice twice
	for _, l := range links {
		tiedTo[l.child] = append(tiedTo[l.child], l.parent)
	}
	of := make([][]int32, b.keys.n) // the children of each parent's key
	keys.shuffle()
	f := finder{k: keys}
	for i := range found.Len() {
		var at int
		if found.Links != nil {
			at = int(*(*int64)(found.Links.At(i)))
		} else {
			var err error
			if at, err = f.find(rel.Remote, found.At(i)); err != nil {
				return err
			}
		}
		if at < 0 || at >= keys.n {
			return foreignRow(rel.Remote)
		}
		for _, parent := range tiedTo[at] {
			of[parent] = append(of[parent], int32(i))
		}
	}
	taken, rows := make([]bool, found.Len()), entity.NewRowCopier(rel.Target.Type)
	for at, children := range of {
		from := min(b.inc.Skip, int64(len(children)))
		children = children[from:]
		if b.inc.HasTake && int64(len(children)) > b.inc.Take {
			children = children[:b.inc.Take]
		}
		for _, i := range children {
			row, link := b.rows.NextRow()
			if src := found.At(int(i)); taken[i] {
				rows.Copy(row, src)
			} else {
				reflect.NewAt(rel.Target.Type, row).Elem().Set(reflect.NewAt(rel.Target.Type, src).Elem())
				taken[i] = true
			}
			*(*int64)(link) = int64(at)
		}
	}
	return nil
}

// explainLink notes the statement that reads the link table of r.
func explainLink(ctx context.Context, s *engine.Session, p *engine.Plan, r *model.Relation, path string) error {
	m := s.LinkModel(r)
	src, err := s.SourceOf(m)
	if err != nil {
		return err
	}
	local := entity.ByColumn(m, r.Through.Local)
	st := &builder.Select{Model: m, Scoped: true, Columns: append(local[:len(local):len(local)], entity.ByColumn(m, r.Through.Remote)...),
		Group: &builder.Group{Columns: local, Keys: make([]model.List, len(local))}}
	if st.Scopes, err = scoping.For(ctx, s, s.Registry(), builder.LivingRows).Noting(p).Link(r); err != nil {
		return err
	}
	at := r.Name
	if path != "" {
		at = path + "." + at
	}
	step := engine.Step{Path: at + " link", Source: src.Name(), Model: m.Name}
	if err := engine.Describe(&step, src, st); err != nil {
		return err
	}
	p.Steps = append(p.Steps, step)
	return nil
}
