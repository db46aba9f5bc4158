package related

import (
	"context"
	"slices"
	"unsafe"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/engine"
	"github.com/multi-orm/orm/internal/entity"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/reading"
	"github.com/multi-orm/orm/internal/scoping"
	"github.com/multi-orm/orm/internal/writing"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// family is a write of one row together with writes of related rows: one transaction, parents first. Every row is
// written by the engine's own Create, Update and Delete, so that hooks and scopes meet it as in a write by itself.
type family struct {
	s      *engine.Session // in the transaction
	reg    *hook.Registry
	name   string
	m      *model.Model
	above  []*builder.Nested // of relations whose key this row holds
	under  []*builder.Nested // of relations whose key the other rows hold, or a link table
	parent map[*model.Field]model.Value
	fresh  bool   // the parent is a new row
	gone   []left // rows above to delete once this one has let go of them
	kept   []entity.Snapshot
}

// keep remembers the struct at p, for the case that the transaction fails.
func (f *family) keep(m *model.Model, p unsafe.Pointer) {
	f.kept = append(f.kept, entity.RowSnapshot(m, p))
}

func (f *family) restore() {
	for i := range f.kept {
		f.kept[i].Restore()
	}
}

// UpdateNested is Update of one row whose assignments write related rows too. No row is ErrNotFound.
func UpdateNested(ctx context.Context, s *engine.Session, name string, st *builder.Update, rows *source.Rows) error {
	s = s.Begin(ctx)
	defer s.End()
	m := st.Model
	f := &family{reg: s.Registry(), name: name, m: m, parent: map[*model.Field]model.Value{}}
	plain, err := f.sort(ctx, s, st.Set, nil)
	if err == nil {
		err = scoping.Names(s, st.Where.Named)
	}
	if err == nil {
		st.Set = plain
		err = s.Tx(ctx, engine.TxOptions{}, func(tx *engine.Session) error {
			f.s = tx
			return f.update(ctx, st, rows)
		})
	}
	if err != nil {
		f.restore()
	}
	return s.Located(err, name, m)
}

func (f *family) update(ctx context.Context, st *builder.Update, rows *source.Rows) error {
	if err := f.s.UsableFor(ctx, f.m); err != nil {
		return err
	}
	where := st.Where
	found, err := f.find(ctx, f.m, where, f.m.Fields, hook.Changing, st.Deleted)
	if err != nil {
		return err
	}
	switch found.Len() {
	case 1:
	case 0:
		return writing.RefuseUpdate(ctx, f.s, f.name, st, reading.Expected(f.m, builder.SomeRow, 0))
	default:
		return fault.New(fault.ErrInvalid, f.m.Name, "", "it changes one row: name it with ByID or by Eq on unique columns")
	}
	for _, x := range f.m.Fields {
		if f.parent[x], err = x.Load(found.At(0)); err != nil {
			return err
		}
	}
	for _, n := range f.above {
		values, err := f.target(ctx, n)
		if err != nil {
			return err
		}
		for i := range values { // none where the row refers to what it did
			x := n.Relation.Local[i]
			if scoping.Immovable(x) && !values[i].IsNull() {
				st.Where.Add(builder.Compare(builder.OpEq, x, values[i]))
				continue
			}
			if !scoping.Immovable(x) && (x.Nullable || !values[i].IsNull()) {
				st.Set = append(st.Set, builder.Set{Field: x, Value: values[i]})
			}
		}
	}
	if len(st.Set) == 0 { // the row itself is touched all the same: hooks, scopes and the version hold for it
		touch, err := f.touch()
		if err != nil {
			return err
		}
		st.Set = append(st.Set, touch)
	}
	for i := range st.Set {
		if x := st.Set[i]; x.Op == builder.SetValue && x.Field != nil {
			f.parent[x.Field] = x.Value
		}
	}
	n, err := writing.Change(ctx, f.s, f.name, st, rows)
	if err == nil && n == 0 {
		err = fault.New(fault.ErrNotFound, f.m.Name, "", "")
	}
	if err != nil {
		return err
	}
	for _, g := range f.gone {
		if err := f.remove(ctx, g.n, g.key); err != nil {
			return err
		}
	}
	return f.writeUnder(ctx)
}

// touch is an assignment that changes nothing but what every update moves, so that a write of related rows alone is an
// update of this row to every hook and scope.
func (f *family) touch() (builder.Set, error) {
	bound := map[*model.Field]bool{f.m.Owner: true, f.m.SoftDelete: true, f.m.Version: true}
	for _, r := range f.s.Refs[f.m] {
		for _, x := range r.Fields {
			bound[x] = true
		}
	}
	for _, x := range f.m.Fields {
		if !bound[x] && !scoping.Immovable(x) && !x.Primary && !x.ReadOnly && !x.CreateOnly && x.Update == model.NoFill {
			return writing.Itself(x), nil
		}
	}
	for _, x := range f.m.Fields {
		if x.Update != model.NoFill {
			return builder.Set{Field: x, Value: writing.Made(f.s.Engine, x, x.Update)}, nil
		}
	}
	if x := f.m.Version; x != nil {
		return builder.Set{Field: x, Op: builder.SetInc, Value: model.IntOf(1)}, nil
	}
	for _, x := range f.m.Fields {
		if !scoping.Immovable(x) && x != f.m.Owner && x != f.m.SoftDelete {
			return writing.Itself(x), nil
		}
	}
	x := f.m.Key[0]
	return builder.Set{Field: x, Value: f.parent[x]}, nil
}

// CreateNested is Create of the row at p with writes of related rows.
func CreateNested(ctx context.Context, s *engine.Session, name string, m *model.Model, p unsafe.Pointer, sets []builder.Set, o writing.CreateOptions) error {
	s = s.Begin(ctx)
	defer s.End()
	f := &family{reg: s.Registry(), name: name, m: m, parent: map[*model.Field]model.Value{}, fresh: true}
	plain, err := f.sort(ctx, s, sets, p)
	if err == nil && len(plain) > 0 {
		err = fault.New(fault.ErrInvalid, m.Name, nameOfSet(&plain[0]), "a new row takes its columns from the struct: set the field there")
	}
	if err == nil {
		f.keep(m, p)
		err = s.Tx(ctx, engine.TxOptions{}, func(tx *engine.Session) error {
			f.s = tx
			return f.create(ctx, p, o)
		})
	}
	if err != nil {
		f.restore()
	}
	return s.Located(err, name, m)
}

func nameOfSet(s *builder.Set) string {
	if s.Field == nil {
		return ""
	}
	return s.Field.Name
}

func (f *family) create(ctx context.Context, p unsafe.Pointer, o writing.CreateOptions) error {
	if err := f.s.UsableFor(ctx, f.m); err != nil {
		return err
	}
	for _, n := range f.above {
		values, err := f.target(ctx, n)
		if err != nil {
			return err
		}
		if err := tie(n.Relation.Name, p, n.Relation.Local, values); err != nil {
			return err
		}
	}
	slab := source.SlabAt(f.m.Type, p, 1)
	slab.Next()
	if _, err := writing.Create(ctx, f.s, f.name, f.m, slab, o); err != nil {
		return err
	}
	if o.Over != nil && o.Over.Revived {
		f.fresh = false // rows may hang below it
	}
	for _, x := range f.m.Fields {
		v, err := x.Load(p)
		if err != nil {
			return err
		}
		f.parent[x] = v
	}
	return f.writeUnder(ctx)
}

// tie stores values in the fields of a struct; what the struct says already must be the same.
func tie(relation string, p unsafe.Pointer, fields []*model.Field, values []model.Value) error {
	if err := agrees("relation "+relation, p, fields, values, nil); err != nil {
		return err
	}
	for i, x := range fields {
		if err := x.Store(p, values[i]); err != nil {
			return err
		}
	}
	return nil
}

// agrees refuses a struct whose fields say something else than values, as who says it. A zero field says nothing, unless it
// is among said.
func agrees(who string, p unsafe.Pointer, fields []*model.Field, values []model.Value, said []*model.Field) error {
	for i, x := range fields {
		have, err := x.Load(p)
		if err != nil {
			return err
		}
		if (!x.IsZero(p) || slices.Contains(said, x)) && !entity.EqualKeys(have, values[i]) {
			return fault.New(fault.ErrInvalid, x.Model.Name, x.Name, "the struct names another row than "+who+" does: leave the field empty")
		}
	}
	return nil
}

// find is writing.Find in the write's transaction.
func (f *family) find(ctx context.Context, m *model.Model, where builder.Conjunction, columns []*model.Field, a hook.Access, d builder.Deleted) (*source.Rows, error) {
	return writing.Find(ctx, f.s, f.reg, m, where, columns, a, d)
}

// equalTo is fields = values, as a list of conditions.
func equalTo(fields []*model.Field, vs []model.Value) []builder.Expr {
	out := make([]builder.Expr, len(fields))
	for i, x := range fields {
		out[i] = builder.Compare(builder.OpEq, x, vs[i])
	}
	return out
}

// holding is equalTo of a key, which no row has where a part of it is NULL.
func holding(fields []*model.Field, key []model.Value) []builder.Expr {
	for i := range key {
		if key[i].IsNull() {
			return []builder.Expr{builder.False()}
		}
	}
	return equalTo(fields, key)
}

// among holds for the rows whose columns are one of keys.
func among(fields []*model.Field, keys [][]model.Value) builder.Expr {
	if len(fields) == 1 {
		l := make(model.List, len(keys))
		for i := range keys {
			l[i] = keys[i][0]
		}
		return builder.Within(fields[0], false, l)
	}
	kids := make([]builder.Expr, len(keys))
	for i := range keys {
		kids[i] = builder.AllOf(equalTo(fields, keys[i])...)
	}
	return builder.AnyOf(kids...)
}

func conjunction(es ...builder.Expr) builder.Conjunction {
	var c builder.Conjunction
	c.AddAll(es)
	return c
}
