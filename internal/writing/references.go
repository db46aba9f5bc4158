package writing

import (
	"context"
	"slices"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/engine"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// isTenant reports that the reference is the tenant column, which the tenant scope has checked already.
func isTenant(r *engine.Reference, m *model.Model) bool {
	return len(r.Fields) == 1 && r.Fields[0] == m.Tenant && r.Remote[0] == r.Target.Tenant
}

// guards reports whether what a reference leads to is checked: a secured parent must be one that the actor can see, and
// any must not be deleted softly.
func (w *writing) guards(ref *engine.Reference) bool {
	if isTenant(ref, w.m) && w.reg.Tenanted() {
		return false
	}
	return w.reg.Secured(ref.Target) || w.reg.SoftDeletes(ref.Target)
}

// referTo checks that every key written leads to a row that the actor can see: without it, a row of one
// tenant could be hung below a row of another. A hidden parent fails like an absent one. What a row holds already
// may stay, whatever became of the parent; held is nil where every row is a new one.
func (w *writing) referTo(ctx context.Context, rows int, skips bool, get valueOf, held keeps) error {
	for i := range w.s.Refs[w.m] {
		ref := &w.s.Refs[w.m][i]
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
		for at := len(g.keys[0]); at < len(g.rows) && w.reg.Secured(ref.Target); at++ {
			lost = append(lost, at)
		}
		if len(lost) > 0 && held != nil {
			ok, err := held(ctx, &engine.Reference{Fields: g.fields, Target: ref.Target, Remote: g.columns}, g.sharing(lost, rows, get))
			if err != nil {
				return err
			}
			if ok {
				continue
			}
		}
		if len(lost) > 0 {
			return fault.New(fault.ErrReference, w.m.Name, ref.Fields[0].Name, "")
		}
	}
	return nil
}

// unseen finds the keys from g[from:to] that lead to no row that may be referred to; the first is enough if any will do.
// Keys are counted, not compared, since the database alone knows which of them are the same; two that are count as one,
// so a count that is too low is told of single keys only.
func (w *writing) unseen(ctx context.Context, ref *engine.Reference, g *givenKeys, from, to int, any bool) ([]int, error) {
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

func (w *writing) countUnseen(ctx context.Context, ref *engine.Reference, g *givenKeys, from, to int) (int64, error) {
	ex, src, err := w.s.Included(ctx, ref.Target)
	if err != nil {
		return 0, err
	}
	keys := make([]model.List, len(g.keys))
	for c := range keys {
		keys[c] = g.keys[c][from:to]
	}
	living, err := countKeys(ctx, w.s, hook.Referring, w.reg, ex, src, ref.Target, g.columns, keys, builder.LivingRows)
	if err != nil || living >= int64(to-from) {
		return 0, err
	}
	if w.reg.Secured(ref.Target) {
		return int64(to-from) - living, nil
	}
	// with soft delete alone, a key that leads nowhere is the business of the database's own constraints
	all, err := countKeys(ctx, w.s, hook.Referring, w.reg, ex, src, ref.Target, g.columns, keys, builder.AllRows)
	return max(0, all-living), err
}

// counted refuses to add to a column that holds another model's key: where it would lead cannot be checked.
func (w *writing) counted(sets []builder.Set) error {
	for _, ref := range w.s.Refs[w.m] {
		if !w.guards(&ref) {
			continue
		}
		for i := range sets {
			if sets[i].Op != builder.SetValue && slices.Contains(ref.Fields, sets[i].Field) {
				return fault.New(fault.ErrInvalid, w.m.Name, sets[i].Field.Name, "the column holds the key of a "+ref.Target.Name+": assign a value")
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
func (w *writing) foreignKeys(ref *engine.Reference, rows int, skips bool, get valueOf) (g givenKeys, err error) {
	for c, f := range ref.Fields {
		if _, ok := get(0, f); ok {
			g.fields = append(g.fields, f)
			g.columns = append(g.columns, ref.Remote[c])
		}
	}
	if len(g.fields) == 0 {
		return g, nil
	}
	seen := map[string]bool{}
	if ref.Target == w.m && !skips {
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
