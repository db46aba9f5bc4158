package engine

import (
	"context"
	"time"
	"unsafe"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// Update runs an Update over the caller's own copy of the statement. rows receives st.Returning, nil for none.
func (s *Session) Update(ctx context.Context, name string, st *builder.Update, rows *source.Rows) (int64, error) {
	m := st.Model
	reg := s.Registry()
	ex, src, err := s.executor(ctx, m)
	if err != nil {
		return 0, fault.Fill(err, name, m.Name, "")
	}
	if err := prepareSets(m, st); err != nil {
		return 0, fault.Fill(err, name, m.Name, src.Name())
	}
	n, err := s.update(ctx, reg, name, hook.Update, ex, src, st, rows)
	return n, fault.Fill(err, name, m.Name, src.Name())
}

// prepareSets checks assignments and adds what every update carries: update= fills and the version.
func prepareSets(m *model.Model, st *builder.Update) error {
	seen := make(map[*model.Field]bool, len(st.Set))
	for i := range st.Set {
		x := &st.Set[i]
		if err := checkSet(m, x); err != nil {
			return err
		}
		if seen[x.Field] {
			return fault.New(fault.ErrInvalid, m.Name, x.Field.Name, "the column is assigned twice")
		}
		seen[x.Field] = true
	}
	if len(st.Set) == 0 {
		return fault.New(fault.ErrInvalid, m.Name, "", "an update needs an assignment")
	}
	sets := st.Set[:len(st.Set):len(st.Set)]
	for _, f := range m.Fields {
		if f.Update != model.NoFill && !seen[f] {
			v, err := made(f, f.Update)
			if err != nil {
				return err
			}
			sets = append(sets, builder.Set{Field: f, Value: v})
		}
	}
	if v := m.Version; v != nil && !seen[v] {
		sets = append(sets, builder.Set{Field: v, Op: builder.SetInc, Value: model.IntOf(1)})
	}
	st.Set = sets
	return nil
}

func checkSet(m *model.Model, s *builder.Set) error {
	switch {
	case s.Err != nil:
		return s.Err
	case s.Field == nil:
		return fault.New(fault.ErrInvalid, m.Name, "", "an assignment names no column")
	case s.Field.Model != m:
		return fault.New(fault.ErrInvalid, m.Name, "", "the column "+s.Field.Model.Name+"."+s.Field.Name+" belongs to another model")
	case s.Field.Primary:
		return fault.New(fault.ErrInvalid, m.Name, s.Field.Name, "the primary key cannot be assigned")
	case s.Field.IsComputed, s.Field.ReadOnly, s.Field.CreateOnly:
		return fault.New(fault.ErrInvalid, m.Name, s.Field.Name, "the field is read-only in updates")
	case s.Value.IsNull() && s.Op == builder.SetValue && !s.Field.Nullable:
		return fault.New(fault.ErrInvalid, m.Name, s.Field.Name, "the column is not nullable")
	}
	if len(s.Field.Enum) > 0 {
		return s.Field.CheckEnum(s.Value)
	}
	if s.Field.Size > 0 && s.Value.Kind() == model.StringValue && tooLong(s.Value.Str(), s.Field.Size) {
		return fault.New(fault.ErrInvalid, m.Name, s.Field.Name, "the text is longer than size= allows")
	}
	return nil
}

func (s *Session) update(ctx context.Context, reg *hook.Registry, name string, kind hook.Kind, ex source.Executor, src source.Source, st *builder.Update, rows *source.Rows) (n int64, err error) {
	run := func(st *builder.Update) error {
		st.Scoped = false
		if err := s.scoper(ctx, reg, st.Deleted).updates(st); err != nil {
			return err
		}
		n, err = s.timed(ctx, src, st, func() (int64, error) { return ex.Update(ctx, st, rows) })
		return err
	}
	hooks := reg.Events(st.Model)
	if len(hooks) == 0 {
		err = run(st)
		return n, err
	}
	op := s.op(ctx, kind, name, src, st.Model)
	op.Update = st
	err = around(ctx, hooks, op, func() error {
		if op.Update == nil || op.Update.Model != st.Model {
			return fault.New(fault.ErrDenied, st.Model.Name, "", "a hook replaced the statement by one of another kind")
		}
		err := run(op.Update)
		op.Affected = n
		if rows != nil {
			op.Rows = rows.Slice()
		}
		return err
	})
	return n, err
}

// Delete runs a Delete over the caller's own copy of the statement. rows receives st.Returning, nil for none.
func (s *Session) Delete(ctx context.Context, name string, st *builder.Delete, rows *source.Rows) (int64, error) {
	m := st.Model
	reg := s.Registry()
	ex, src, err := s.executor(ctx, m)
	if err != nil {
		return 0, fault.Fill(err, name, m.Name, "")
	}
	sets, err := reg.Delete(ctx, m)
	if err == nil && len(sets) > 0 {
		up := &builder.Update{Model: m, Where: st.Where, Set: sets, Returning: st.Returning, Deleted: st.Deleted}
		n, err := s.update(ctx, reg, name, hook.Delete, ex, src, up, rows)
		return n, fault.Fill(err, name, m.Name, src.Name())
	}
	var n int64
	if err == nil {
		n, err = s.remove(ctx, reg, name, ex, src, st, rows)
	}
	return n, fault.Fill(err, name, m.Name, src.Name())
}

func (s *Session) remove(ctx context.Context, reg *hook.Registry, name string, ex source.Executor, src source.Source, st *builder.Delete, rows *source.Rows) (n int64, err error) {
	run := func(st *builder.Delete) error {
		st.Scoped = false
		if err := s.scoper(ctx, reg, st.Deleted).deletes(st); err != nil {
			return err
		}
		n, err = s.timed(ctx, src, st, func() (int64, error) { return ex.Delete(ctx, st, rows) })
		return err
	}
	hooks := reg.Events(st.Model)
	if len(hooks) == 0 {
		err = run(st)
		return n, err
	}
	op := s.op(ctx, hook.Delete, name, src, st.Model)
	op.Delete = st
	err = around(ctx, hooks, op, func() error {
		if op.Delete == nil || op.Delete.Model != st.Model {
			return fault.New(fault.ErrDenied, st.Model.Name, "", "a hook replaced the statement by one of another kind")
		}
		err := run(op.Delete)
		op.Affected = n
		if rows != nil {
			op.Rows = rows.Slice()
		}
		return err
	})
	return n, err
}

func (s *Session) op(ctx context.Context, kind hook.Kind, name string, src source.Source, m *model.Model) *hook.Op {
	op := &hook.Op{Kind: kind, Name: name, Model: m, Source: src.Name()}
	if a, ok := hook.ActorFrom(ctx); ok {
		op.Actor = &a
	}
	return op
}

func (s *Session) timed(ctx context.Context, src source.Source, st builder.Statement, run func() (int64, error)) (int64, error) {
	if !s.observed(ctx) {
		return run()
	}
	start := time.Now()
	n, err := run()
	s.observe(ctx, src, st, start, n, err)
	return n, err
}

// Save writes every column of the row at p by its key. No row is ErrNotFound; a row whose version moved
// on since p was read is ErrStale. It moves the struct's version on.
func (s *Session) Save(ctx context.Context, m *model.Model, p unsafe.Pointer) error {
	const name = "Save"
	if err := s.save(ctx, name, m, p); err != nil {
		return fault.Fill(err, name, m.Name, "")
	}
	return nil
}

func (s *Session) save(ctx context.Context, name string, m *model.Model, p unsafe.Pointer) error {
	st := &builder.Update{Model: m}
	for _, f := range m.Key {
		if f.IsZero(p) {
			return fault.New(fault.ErrInvalid, m.Name, f.Name, "the key is zero: Save changes a row that exists, Create makes one")
		}
		v, err := f.Load(p)
		if err != nil {
			return err
		}
		st.Where.Add(builder.Compare(builder.OpEq, f, v))
	}
	bare := st.Where
	var version model.Value
	for _, f := range m.Fields {
		if f.Primary || f.ReadOnly || f.CreateOnly {
			continue
		}
		v, err := f.Load(p)
		if err != nil {
			return err
		}
		switch {
		case f == m.Version:
			version = v
			st.Where.Add(builder.Compare(builder.OpEq, f, v))
			st.Set = append(st.Set, builder.Set{Field: f, Value: model.IntOf(v.Int() + 1)})
			continue
		case f == m.Tenant: // the distribution key: compared, never assigned
			check := []builder.Set{{Field: f, Value: v}}
			if err := s.Registry().Assign(ctx, m, check); err != nil {
				return err
			}
			if !s.Registry().Scoped(m) {
				st.Set = append(st.Set, check...)
			}
			continue
		case f.Update != model.NoFill:
			if v, err = made(f, f.Update); err != nil {
				return err
			}
			if err := f.Store(p, v); err != nil {
				return err
			}
		}
		st.Set = append(st.Set, builder.Set{Field: f, Value: v})
	}
	n, err := s.Update(ctx, name, st, nil)
	if err != nil {
		return err
	}
	if n == 0 {
		return s.missing(ctx, name, m, bare)
	}
	if m.Version != nil {
		return m.Version.Store(p, model.IntOf(version.Int()+1))
	}
	return nil
}

// missing tells a row that changed from one that is not there, as far as the scopes let the caller see.
func (s *Session) missing(ctx context.Context, name string, m *model.Model, where builder.Conjunction) error {
	if m.Version == nil {
		return fault.New(fault.ErrNotFound, m.Name, "", "")
	}
	found, err := s.Exists(ctx, name, &builder.Select{Model: m, Where: where, Want: builder.WantExists})
	if err != nil {
		return err
	}
	if found {
		return fault.New(fault.ErrStale, m.Name, m.Version.Name, "read the row again and repeat the change")
	}
	return fault.New(fault.ErrNotFound, m.Name, "", "")
}

// Exists runs an existence test.
func (s *Session) Exists(ctx context.Context, name string, st *builder.Select) (bool, error) {
	rows := source.Rows{Slab: source.SlabOf[int64](1)}
	st.Want = builder.WantExists
	err := s.Read(ctx, name, st, &rows)
	return rows.Len() > 0, err
}

// Count runs a count.
func (s *Session) Count(ctx context.Context, name string, st *builder.Select) (int64, error) {
	rows := source.Rows{Slab: source.SlabOf[int64](1)}
	st.Want = builder.WantCount
	if err := s.Read(ctx, name, st, &rows); err != nil {
		return 0, err
	}
	if rows.Len() != 1 {
		return 0, fault.New(fault.ErrUpstream, st.Model.Name, "", "the source gave no count")
	}
	return *(*int64)(rows.At(0)), nil
}

// Upsert inserts the row at p, or changes the row that has the same target columns, and reads back what
// the database then holds.
func (s *Session) Upsert(ctx context.Context, m *model.Model, target []*model.Field, p unsafe.Pointer, sets []builder.Set) error {
	const name = "Upsert"
	src, err := s.SourceOf(m)
	if err == nil {
		err = s.upsert(ctx, name, m, target, p, sets)
	}
	if err != nil {
		source := ""
		if src != nil {
			source = src.Name()
		}
		return fault.Fill(err, name, m.Name, source)
	}
	return nil
}

func (s *Session) upsert(ctx context.Context, name string, m *model.Model, target []*model.Field, p unsafe.Pointer, sets []builder.Set) error {
	if !uniqueSet(m, target) {
		return fault.New(fault.ErrInvalid, m.Name, "", "On needs the columns of the key or of one unique set")
	}
	given := make(map[*model.Field]bool, len(m.Fields))
	for _, f := range m.Fields {
		given[f] = f.Default == model.NoFill || !f.IsZero(p)
	}
	if err := fillNew(m, p); err != nil {
		return err
	}
	st := &builder.Insert{Model: m, Rows: 1, Returning: m.Fields}
	k := &builder.Conflict{Target: target}
	for i := range sets {
		if err := checkSet(m, &sets[i]); err != nil {
			return err
		}
	}
	k.Set = append(k.Set, sets...)
	for _, f := range m.Fields {
		if f.Auto && f.IsZero(p) {
			continue
		}
		st.Fields = append(st.Fields, f)
		switch {
		case f == m.Version:
			k.Set = append(k.Set, builder.Set{Field: f, Op: builder.SetInc, Value: model.IntOf(1)})
		case assigned(sets, f):
		case f.Update != model.NoFill:
			k.FromRow = append(k.FromRow, f)
		case len(sets) > 0, f.Primary, f.Auto, f.CreateOnly, f.ReadOnly, f == m.Tenant, !given[f], contains(target, f):
		default:
			k.FromRow = append(k.FromRow, f)
		}
	}
	st.Conflict = k
	n, err := s.insert(ctx, s.Registry(), name, hook.Upsert, st, source.SlabAt(m.Type, p, 1))
	if err == nil && n == 0 {
		return fault.New(fault.ErrConflict, m.Name, "", "a row with the same unique columns exists")
	}
	return err
}

func assigned(sets []builder.Set, f *model.Field) bool {
	for i := range sets {
		if sets[i].Field == f {
			return true
		}
	}
	return false
}

// uniqueSet reports whether target is the key or a unique set of m, in any order.
func uniqueSet(m *model.Model, target []*model.Field) bool {
	same := func(set []*model.Field) bool {
		if len(set) != len(target) || len(set) == 0 {
			return false
		}
		for _, f := range set {
			if !contains(target, f) {
				return false
			}
		}
		return true
	}
	if same(m.Key) {
		return true
	}
	for _, u := range m.Uniques {
		if same(u.Fields) {
			return true
		}
	}
	return false
}
