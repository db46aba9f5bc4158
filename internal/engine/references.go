package engine

import (
	"context"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// reference says that columns of a model hold the key of another.
type reference struct {
	fields []*model.Field
	target *model.Model
	remote []*model.Field
}

// isTenant reports that the reference is the tenant column, which the tenant scope has checked already.
func (r *reference) isTenant(m *model.Model) bool {
	return len(r.fields) == 1 && r.fields[0] == m.Tenant && r.remote[0] == r.target.Tenant
}

// references finds, for every model, whose keys its columns hold: by its own to-one relations, by the
// to-many relations of others, and by the many-to-many relations whose link table it is.
func (e *Engine) references() map[*model.Model][]reference {
	out := map[*model.Model][]reference{}
	add := func(m *model.Model, fields []*model.Field, target *model.Model, remote []*model.Field) {
		if sameFields(fields, m.Key) && sameFields(remote, target.Key) && m == target {
			return
		}
		for _, r := range out[m] {
			if r.target == target && sameFields(r.fields, fields) && sameFields(r.remote, remote) {
				return
			}
		}
		out[m] = append(out[m], reference{fields, target, remote})
	}
	for _, m := range e.models {
		for _, r := range m.Relations {
			switch {
			case r.Through != nil:
				link := e.linkModel(r)
				if link == nil {
					continue
				}
				if fs := byColumn(link, r.Through.Local); fs != nil {
					add(link, fs, m, r.Local)
				}
				if fs := byColumn(link, r.Through.Remote); fs != nil {
					add(link, fs, r.Target, r.Remote)
				}
			case r.Many || m.IsKey(r.Local) && !r.Target.IsKey(r.Remote):
				add(r.Target, r.Remote, m, r.Local)
			case !m.IsKey(r.Local):
				add(m, r.Local, r.Target, r.Remote)
			}
		}
	}
	return out
}

func sameFields(a, b []*model.Field) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func byColumn(m *model.Model, columns []string) []*model.Field {
	out := make([]*model.Field, len(columns))
	for i, c := range columns {
		f, err := m.Field(c)
		if err != nil || f.IsComputed {
			return nil
		}
		out[i] = f
	}
	return out
}

// guards reports whether what a reference leads to is checked: a secured parent must be one that the actor can see, and
// any must not be deleted softly.
func (w *writing) guards(ref *reference) bool {
	if ref.isTenant(w.m) && w.reg.Tenanted() {
		return false
	}
	return w.reg.Secured(ref.target) || w.reg.SoftDeletes(ref.target)
}

// referTo checks that every key written leads to a row that the actor can see: without it, a row of one
// tenant could be hung below a row of another. A hidden parent fails like an absent one. What a row holds already
// may stay, whatever became of the parent; held is nil where every row is a new one.
func (w *writing) referTo(ctx context.Context, rows int, skips bool, get valueOf, held keeps) error {
	for i := range w.s.refs[w.m] {
		ref := &w.s.refs[w.m][i]
		if !w.guards(ref) {
			continue
		}
		g, err := w.foreignKeys(ref, rows, skips, get)
		if err != nil {
			return err
		}
		if len(g.rows) == 0 {
			continue
		}
		var lost []int
		if n := len(g.keys[0]); n > 0 {
			if lost, err = w.unseen(ctx, ref, &g, 0, n, held == nil); err != nil {
				return err
			}
		}
		for at := len(g.keys[0]); at < len(g.rows) && w.reg.Secured(ref.target); at++ {
			lost = append(lost, at)
		}
		if len(lost) > 0 && held != nil {
			ok, err := held(ctx, &reference{g.fields, ref.target, g.columns}, g.sharing(lost, rows, get))
			if err != nil {
				return err
			}
			if ok {
				continue
			}
		}
		if len(lost) > 0 {
			return fault.New(fault.ErrReference, w.m.Name, ref.fields[0].Name, "")
		}
	}
	return nil
}

// unseen finds the keys from g[from:to] that lead to no row that may be referred to; the first is enough if any will do.
// Keys are counted, not compared, since the database alone knows which of them are the same; two that are count as one,
// so a count that is too low is told of single keys only.
func (w *writing) unseen(ctx context.Context, ref *reference, g *givenKeys, from, to int, any bool) ([]int, error) {
	n, err := w.countUnseen(ctx, ref, g, from, to)
	switch {
	case err != nil || n == 0:
		return nil, err
	case to-from == 1:
		return []int{from}, nil
	}
	half := from + (to-from)/2
	left, err := w.unseen(ctx, ref, g, from, half, any)
	if err != nil || any && len(left) > 0 {
		return left, err
	}
	right, err := w.unseen(ctx, ref, g, half, to, any)
	return append(left, right...), err
}

func (w *writing) countUnseen(ctx context.Context, ref *reference, g *givenKeys, from, to int) (int64, error) {
	ex, src, err := w.s.included(ctx, ref.target)
	if err != nil {
		return 0, err
	}
	keys := make([]model.List, len(g.keys))
	for c := range keys {
		keys[c] = g.keys[c][from:to]
	}
	living, err := w.s.countKeys(ctx, hook.Referring, w.reg, ex, src, ref.target, g.columns, keys, builder.LivingRows)
	if err != nil || living >= int64(to-from) {
		return 0, err
	}
	if w.reg.Secured(ref.target) {
		return int64(to-from) - living, nil
	}
	// with soft delete alone, a key that leads nowhere is the business of the database's own constraints
	all, err := w.s.countKeys(ctx, hook.Referring, w.reg, ex, src, ref.target, g.columns, keys, builder.AllRows)
	return max(0, all-living), err
}

// counted refuses to add to a column that holds another model's key: where it would lead cannot be checked.
func (w *writing) counted(sets []builder.Set) error {
	for _, ref := range w.s.refs[w.m] {
		if !w.guards(&ref) {
			continue
		}
		for i := range sets {
			if sets[i].Op != builder.SetValue && contains(ref.fields, sets[i].Field) {
				return fault.New(fault.ErrInvalid, w.m.Name, sets[i].Field.Name, "the column holds the key of a "+ref.target.Name+": assign a value")
			}
		}
	}
	return nil
}

// valueOf gives what row writes into a column; ok is false for one that it leaves alone.
type valueOf func(row int, f *model.Field) (v model.Value, ok bool)

// givenKeys are the distinct keys of one reference that a write gives.
type givenKeys struct {
	fields  []*model.Field // the columns given
	columns []*model.Field // what they hold of the target
	keys    []model.List   // one list per column, read in step
	rows    []int          // the first row of each key; those at the end have keys that no row can have
}

// sharing gives the rows that have one of the keys at the places given.
func (g *givenKeys) sharing(places []int, rows int, get valueOf) []int {
	wanted := map[string]bool{}
	for _, p := range places {
		b, _ := keyBytes(nil, g.fields, g.rows[p], get)
		wanted[string(b)] = true
	}
	var out []int
	for i := range rows {
		if b, null := keyBytes(nil, g.fields, i, get); !null && wanted[string(b)] {
			out = append(out, i)
		}
	}
	return out
}

// foreignKeys gathers the distinct keys that rows hold of ref; a row of the same write may be a parent itself,
// unless it may be skipped: then the row that has its key is another one.
func (w *writing) foreignKeys(ref *reference, rows int, skips bool, get valueOf) (g givenKeys, err error) {
	for c, f := range ref.fields {
		if _, ok := get(0, f); ok {
			g.fields = append(g.fields, f)
			g.columns = append(g.columns, ref.remote[c])
		}
	}
	if len(g.fields) == 0 {
		return g, nil
	}
	seen := map[string]bool{}
	if ref.target == w.m && !skips {
		for i := range rows {
			if b, null := keyBytes(nil, g.columns, i, get); !null {
				seen[string(b)] = true
			}
		}
	}
	g.keys = make([]model.List, len(g.fields))
	var nowhere []int
	key := make([]model.Value, len(g.fields))
next:
	for i := range rows {
		b, null := keyBytes(nil, g.fields, i, get)
		if null || seen[string(b)] {
			continue
		}
		seen[string(b)] = true
		for c, f := range g.fields {
			v, _ := get(i, f)
			var ok bool
			if key[c], ok = g.columns[c].Key(v); !ok {
				nowhere = append(nowhere, i)
				continue next
			}
		}
		g.rows = append(g.rows, i)
		for c := range key {
			g.keys[c] = append(g.keys[c], key[c])
		}
	}
	g.rows = append(g.rows, nowhere...)
	return g, nil
}

func keyBytes(b []byte, fields []*model.Field, row int, get valueOf) (key []byte, null bool) {
	for _, f := range fields {
		v, ok := get(row, f)
		if !ok || v.IsNull() {
			return nil, true
		}
		b = model.AppendKey(b, v)
	}
	return b, false
}
