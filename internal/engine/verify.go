package engine

import (
	"context"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// verify reads written rows again through the scopes, in the write's transaction: a row that does not pass
// has left the actor's reach, and the write is undone.
func (w *writing) verify(ctx context.Context, rows *source.Slab) error {
	if !w.reg.Verified(w.m) || rows.Len() == 0 {
		return nil
	}
	keys := make([]model.List, len(w.m.Key))
	for i := range rows.Len() {
		for c, f := range w.m.Key {
			v, err := f.Load(rows.At(i))
			if err != nil {
				return err
			}
			keys[c] = append(keys[c], v)
		}
	}
	ex, err := w.executor(ctx)
	if err != nil {
		return err
	}
	n, err := w.s.countKeys(ctx, w.reg, ex, w.src, w.m, w.m.Key, keys, builder.AllRows)
	if err != nil {
		return err
	}
	if n < int64(rows.Len()) {
		return fault.New(fault.ErrDenied, w.m.Name, "", "a row that is written must stay within the policies")
	}
	return nil
}

// countKeys counts the distinct keys among those given that the actor can see.
func (s *Session) countKeys(ctx context.Context, reg *hook.Registry, ex source.Executor, src source.Source, m *model.Model, columns []*model.Field, keys []model.List, d builder.Deleted) (int64, error) {
	ctx = source.Writing(ctx, src)
	var total int64
	chunk := len(keys[0])
	if sql, ok := src.(source.SQL); ok {
		chunk = min(chunk, sql.Dialect().Limits().ListItems)
	}
	for from := 0; from < len(keys[0]); from += chunk {
		to := min(from+chunk, len(keys[0]))
		part := make([]model.List, len(keys))
		for c := range keys {
			part[c] = keys[c][from:to]
		}
		st := &builder.Select{Model: m, Want: builder.WantCount, Distinct: true, Columns: columns, Group: &builder.Group{Columns: columns, Keys: part}, Deleted: d}
		sc := s.scoper(ctx, reg, d)
		sc.access = hook.Referring
		if err := sc.selects(st, true); err != nil {
			return 0, err
		}
		rows := source.Rows{Slab: source.SlabOf[int64](1)}
		if err := s.execute(ctx, ex, src, st, &rows); err != nil {
			return 0, err
		}
		if rows.Len() == 1 {
			total += *(*int64)(rows.At(0))
		}
	}
	return total, nil
}

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
			case r.Many || sameFields(r.Local, m.Key) && !sameFields(r.Remote, r.Target.Key):
				add(r.Target, r.Remote, m, r.Local)
			case !sameFields(r.Local, m.Key):
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

// referTo checks that every key written leads to a row that the actor can see: without it, a row of one
// tenant could be hung below a row of another. A hidden parent fails like an absent one.
func (w *writing) referTo(ctx context.Context, rows int, skips bool, get func(row int, f *model.Field) (model.Value, bool)) error {
	for _, ref := range w.s.refs[w.m] {
		if !w.reg.Secured(ref.target) || ref.isTenant(w.m) && w.reg.Tenanted() {
			continue
		}
		keys, columns, err := w.foreignKeys(ref, rows, skips, get)
		if err != nil {
			return err
		}
		if len(columns) == 0 || len(keys[0]) == 0 {
			continue
		}
		ex, src, err := w.s.included(ctx, ref.target)
		if err != nil {
			return err
		}
		n, err := w.s.countKeys(ctx, w.reg, ex, src, ref.target, columns, keys, builder.LivingRows)
		if err != nil {
			return err
		}
		if n < int64(len(keys[0])) {
			return fault.New(fault.ErrReference, w.m.Name, ref.fields[0].Name, "")
		}
	}
	return nil
}

// counted refuses to add to a column that holds another model's key: where it would lead cannot be checked.
func (w *writing) counted(sets []builder.Set) error {
	for _, ref := range w.s.refs[w.m] {
		if !w.reg.Secured(ref.target) {
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

// foreignKeys gathers the distinct keys that rows hold of ref; a row of the same write may be a parent itself,
// unless it may be skipped: then the row that has its key is another one.
func (w *writing) foreignKeys(ref reference, rows int, skips bool, get func(int, *model.Field) (model.Value, bool)) (keys []model.List, columns []*model.Field, err error) {
	var given []int
	for c, f := range ref.fields {
		if _, ok := get(0, f); ok {
			given = append(given, c)
			columns = append(columns, ref.remote[c])
		}
	}
	if len(given) == 0 {
		return nil, nil, nil
	}
	seen := map[string]bool{}
	if ref.target == w.m && !skips {
		for i := range rows {
			if b, null := keyBytes(nil, columns, i, get); !null {
				seen[string(b)] = true
			}
		}
	}
	keys = make([]model.List, len(given))
	fields := make([]*model.Field, len(given))
	for i, c := range given {
		fields[i] = ref.fields[c]
	}
	for i := range rows {
		b, null := keyBytes(nil, fields, i, get)
		if null || seen[string(b)] {
			continue
		}
		seen[string(b)] = true
		for c, f := range fields {
			v, _ := get(i, f)
			keys[c] = append(keys[c], v)
		}
	}
	return keys, columns, nil
}

func keyBytes(b []byte, fields []*model.Field, row int, get func(int, *model.Field) (model.Value, bool)) (key []byte, null bool) {
	for _, f := range fields {
		v, ok := get(row, f)
		if !ok || v.IsNull() {
			return nil, true
		}
		b = model.AppendKey(b, v)
	}
	return b, false
}
