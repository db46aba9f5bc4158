package client

import (
	"context"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// readLinked reads the rows of a many-to-many relation for many parents: from the resource of the parents, which knows the link
// table, inside which the rows come.
func (d *DataSource) readLinked(ctx context.Context, st *builder.Select, rows *source.Rows) error {
	g := st.Group
	rel := g.Link
	if len(g.LinkScope) > 0 {
		return fault.New(fault.ErrUnsupported, rel.Model.Name, rel.Name, "the rows of the link table are the service's own: no scope of this side can hold for them")
	}
	if rows.Links == nil || len(g.Keys) != len(rel.Local) || rel.Target != st.Model {
		return fault.New(fault.ErrInvalid, st.Model.Name, "", "the load of an include is malformed")
	}
	kid := *st
	kid.Group = &builder.Group{Skip: g.Skip, Take: g.Take, HasTake: g.HasTake}
	kid.Take, kid.HasTake = 0, false
	parents := builder.Select{Model: rel.Model, Columns: rel.Local, Scoped: true, Inside: []builder.Inset{{Relation: rel, Rows: &kid}}}
	if len(rel.Local) == 1 {
		parents.Where.Add(builder.Within(rel.Local[0], false, g.Keys[0]))
	} else {
		parents.Where.Add(builder.WithinTuples(rel.Local, g.Keys))
	}
	into := formOf(&parents.Inside[0])
	found := source.Rows{Slab: source.NewSlab(rel.Model.Type), Inside: []*source.Inset{into}}
	if err := d.read(ctx, &parents, &found); err != nil {
		return err
	}
	_, fields := builder.LinkRow(rel)
	from, seen := 0, map[string]bool{}
	for p, end := range into.Ends {
		start := from
		from = end
		values := make([]model.Value, len(rel.Local))
		for c, f := range rel.Local {
			var err error
			if values[c], err = f.Load(found.At(p)); err != nil {
				return err
			}
		}
		var key []byte
		for _, v := range values {
			key = model.AppendKey(key, v)
		}
		if seen[string(key)] { // two parents of one key have the same rows
			continue
		}
		seen[string(key)] = true
		for i := start; i < end; i++ {
			row, link := rows.NextRow()
			copyRow(st.Model, row, into.At(i))
			for c := range fields {
				if err := fields[c].Store(link, values[c]); err != nil {
					return err
				}
			}
			if err := rows.Done(); err != nil {
				return err
			}
		}
		for k, deeper := range into.Inside {
			if k < len(rows.Inside) {
				appendInset(rows.Inside[k], deeper, start, end)
			}
		}
	}
	return nil
}

// appendInset copies what src has for the parents from from to to behind dst.
func appendInset(dst, src *source.Inset, from, to int) {
	start := 0
	if from > 0 {
		start = src.Ends[from-1]
	}
	for _, end := range src.Ends[from:to] {
		appendRows(dst, src, start, end)
		dst.Ends = append(dst.Ends, dst.Len())
		start = end
	}
}
