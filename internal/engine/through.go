package engine

import (
	"context"
	"fmt"
	"reflect"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// linkable tells why the many-to-many relation r cannot be followed; "" where it can, or is none. Where its ends are
// in two sources, rows of the link table are read for themselves, so the table needs a model: it says in which
// source they are, and whose they are.
func (e *Engine) linkable(r *model.Relation) string {
	if r.Through == nil || e.bound[r.Model] == nil || e.bound[r.Target] == nil || !e.apart(r) {
		return ""
	}
	m := e.linkModel(r)
	if m == nil {
		return "through across sources needs a model of the table \"" + r.Through.Table + "\" in the source of either end: give it to orm.Models"
	}
	for _, end := range []struct {
		columns []string
		fields  []*model.Field
	}{{r.Through.Local, r.Local}, {r.Through.Remote, r.Remote}} {
		fs := byColumn(m, end.columns)
		if fs == nil {
			return "the model " + m.Name + " of the link table lacks a column that through= names"
		}
		for i, f := range fs {
			if !model.Comparable(f, end.fields[i]) {
				return m.Name + "." + f.Name + " cannot be compared with " + end.fields[i].Model.Name + "." + end.fields[i].Name
			}
		}
	}
	return ""
}

// linked reports that the children are found by a statement of their own about the link table.
func (b *branch) linked() bool {
	return b.inc.Relation.Through != nil && b.r.s.apart(b.inc.Relation)
}

// tied is one row of a link table: the number of the parents' key that it holds, and the key of a child.
type tied struct {
	parent int
	child  string
}

// readLinked reads the rows of the link table, then the children they lead to in one order, and deals these out to
// the parents as one statement would: in the order of the include, its page taken for each parent.
func (b *branch) readLinked(ctx context.Context, src source.Source, st *builder.Select) error {
	links, keys, err := b.links(ctx, st.Group.LinkScope)
	if err != nil || len(links) == 0 {
		return err
	}
	rel, q := b.inc.Relation, *st
	sc := scoper{e: b.r.s.Engine}
	q.Group = nil
	q.Where.Add(sc.within(rel.Remote, keys))
	most := int64(len(links)) * int64(b.r.s.Limits.MaxFanOut)
	if !q.HasTake || q.Take > most {
		q.Take, q.HasTake = most+1, true
	}
	ex, _, err := b.r.s.included(ctx, rel.Target)
	if err != nil {
		return err
	}
	found := source.Rows{Slab: source.NewSlab(rel.Target.Type)}
	if err := b.execute(ctx, ex, src, &q, &found); err != nil {
		return err
	}
	if int64(found.Len()) > most {
		b.failed = true
		return fault.New(fault.ErrLimit, rel.Model.Name, rel.Name, "the parents have more children than MaxFanOut allows: say Take, or raise the limit")
	}
	return b.deal(links, &found.Slab)
}

// links reads the link rows of the parents, and gives the distinct keys of the children they name.
func (b *branch) links(ctx context.Context, scopes []builder.Scope) (out []tied, keys []model.List, err error) {
	rel, s := b.inc.Relation, b.r.s
	m := s.linkModel(rel)
	local, remote := byColumn(m, rel.Through.Local), byColumn(m, rel.Through.Remote)
	ex, src, err := s.included(ctx, m)
	if err != nil {
		return nil, nil, err
	}
	st := &builder.Select{Model: m, Scopes: scopes, Scoped: true, HasTake: true}
	st.Columns = append(append(st.Columns, local...), remote...)
	chunk := b.chunk(src)
	rows := source.Rows{Slab: source.NewSlab(m.Type)}
	limit := max(s.Limits.PostFilterRows, b.keys.n*s.Limits.MaxFanOut)
	for from := 0; from < b.keys.n; from += chunk {
		st.Group = &builder.Group{Columns: local, Keys: fitting(local, b.keys.lists(from, min(from+chunk, b.keys.n)))}
		st.Take = int64(limit-rows.Len()) + 1
		if err := b.execute(ctx, ex, src, st, &rows); err != nil {
			return nil, nil, err
		}
		if rows.Len() > limit {
			b.failed = true
			return nil, nil, fault.New(fault.ErrLimit, rel.Model.Name, rel.Name, fmt.Sprintf("the parents have more than %d rows of %s: narrow the query, or raise PostFilterRows", limit, m.Name))
		}
	}
	keys = make([]model.List, len(remote))
	seen := map[string]bool{}
	f := finder{k: b.keys}
	var buf []byte
	row := make([]model.Value, len(remote))
next:
	for i := range rows.Len() {
		at, err := f.find(local, rows.At(i))
		if err != nil {
			return nil, nil, err
		}
		if at < 0 {
			return nil, nil, fault.New(fault.ErrUpstream, m.Name, "", "the source gave rows that belong to no parent: the key compares differently there")
		}
		buf = buf[:0]
		for c, fd := range remote {
			if row[c], err = fd.Load(rows.At(i)); err != nil {
				return nil, nil, err
			}
			if row[c].IsNull() {
				continue next
			}
			buf = model.AppendKey(buf, row[c])
		}
		out = append(out, tied{at, string(buf)})
		if !seen[string(buf)] {
			seen[string(buf)] = true
			for c := range row {
				keys[c] = append(keys[c], row[c])
			}
		}
	}
	return out, keys, nil
}

// deal copies the children found, which are in the order of the include, below each parent that is tied to them.
func (b *branch) deal(links []tied, found *source.Slab) error {
	rel := b.inc.Relation
	byKey := map[string][]int{} // the parents tied to a child, one that is tied twice twice
	for _, l := range links {
		byKey[l.child] = append(byKey[l.child], l.parent)
	}
	of := make([][]int32, b.keys.n) // the children of each parent's key
	var buf []byte
	for i := range found.Len() {
		buf = buf[:0]
		for _, f := range rel.Remote {
			v, err := f.Load(found.At(i))
			if err != nil {
				return err
			}
			buf = model.AppendKey(buf, v)
		}
		for _, parent := range byKey[string(buf)] {
			of[parent] = append(of[parent], int32(i))
		}
	}
	fields := b.r.s.linkRow(rel).fields
	taken, rows := make([]bool, found.Len()), newRowCopier(rel.Target.Type)
	for at, children := range of {
		from := min(b.inc.Skip, int64(len(children)))
		children = children[from:]
		if b.inc.HasTake && int64(len(children)) > b.inc.Take {
			children = children[:b.inc.Take]
		}
		for _, i := range children {
			row, link := b.rows.NextRow()
			if src := found.At(int(i)); taken[i] {
				rows.copy(row, src)
			} else {
				reflect.NewAt(rel.Target.Type, row).Elem().Set(reflect.NewAt(rel.Target.Type, src).Elem())
				taken[i] = true
			}
			for c, f := range fields {
				v, ok := fits(f, b.keys.values[c][at])
				if !ok {
					continue
				}
				if err := f.Store(link, v); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// explainLink notes the statement that reads the link table of r.
func (s *Session) explainLink(ctx context.Context, p *Plan, r *model.Relation, path string) error {
	m := s.linkModel(r)
	src, err := s.SourceOf(m)
	if err != nil {
		return err
	}
	local := byColumn(m, r.Through.Local)
	st := &builder.Select{Model: m, Scoped: true, Columns: append(local[:len(local):len(local)], byColumn(m, r.Through.Remote)...),
		Group: &builder.Group{Columns: local, Keys: make([]model.List, len(local))}}
	sc := s.scoper(ctx, s.Registry(), builder.LivingRows)
	sc.across, sc.planned = planning, p
	if st.Scopes, err = sc.link(r); err != nil {
		return err
	}
	at := r.Name
	if path != "" {
		at = path + "." + at
	}
	step := Step{Path: at + " link", Source: src.Name(), Model: m.Name}
	if err := step.describe(src, st); err != nil {
		return err
	}
	p.Steps = append(p.Steps, step)
	return nil
}
