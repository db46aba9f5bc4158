package writing

import (
	"context"
	"unsafe"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/engine"
	"github.com/multi-orm/orm/internal/entity"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// saver saves many rows by few statements: rows that match and set the same columns share one.
type saver struct {
	ctx     context.Context
	s       *engine.Session
	name    string
	m       *model.Model
	rows    *source.Slab
	only    []*model.Field
	dialect dialect.Dialect

	set     *builder.RowSet  // of the rows gathered so far; nil for none
	pending []unsafe.Pointer // those rows
	most    int              // as many rows as fit into a statement
}

// scopeArgs is what is kept free in a statement for the arguments of the scopes.
const scopeArgs = 200

// together gives what saves rows of m together; ok is false where each is an operation of its own.
func together(ctx context.Context, s *engine.Session, name string, m *model.Model, rows *source.Slab, only []*model.Field) (*saver, bool) {
	src, ok := s.BoundTo(m).(source.SQL)
	if !ok || len(s.Registry().Events(m)) > 0 {
		return nil, false
	}
	return &saver{ctx: ctx, s: s, name: name, m: m, rows: rows, only: only, dialect: src.Dialect()}, true
}

func (b *saver) saveAll(order []int) error {
	for _, i := range order {
		if err := b.add(b.rows.At(i)); err != nil {
			return err
		}
	}
	return b.flush()
}

func (b *saver) add(p unsafe.Pointer) error {
	st, err := saving(b.ctx, b.s, b.m, p, b.only)
	if err == nil {
		err = prepareSets(b.s.Engine, b.m, st)
	}
	for i := 0; err == nil && i < st.Where.Len(); i++ {
		if e := st.Where.At(i); e.Op != builder.OpEq {
			err = fault.New(fault.ErrInvalid, b.m.Name, "", "a row to save is named by values, not by NULL")
		}
	}
	if err != nil {
		return err
	}
	if b.set != nil && (b.set.Rows == b.most || !alike(b.set, st)) {
		if err := b.flush(); err != nil {
			return err
		}
	}
	if b.set == nil {
		b.begin(st)
	}
	for i := range st.Where.Len() {
		b.set.Values = append(b.set.Values, st.Where.At(i).Value)
	}
	for i := range st.Set {
		x := &st.Set[i]
		b.set.Values = append(b.set.Values, x.Value)
		if x.Field.Update != model.NoFill { // SaveMany takes it back where it fails
			if err := x.Field.Store(p, x.Value); err != nil {
				return err
			}
		}
	}
	b.set.Rows++
	b.pending = append(b.pending, p)
	return nil
}

// begin starts a statement of rows like st.
func (b *saver) begin(st *builder.Update) {
	b.set = new(builder.RowSet)
	for i := range st.Where.Len() {
		b.set.Match = append(b.set.Match, st.Where.At(i).Field)
	}
	for i := range st.Set {
		b.set.Set = append(b.set.Set, st.Set[i].Field)
	}
	width := len(b.set.Match) + len(b.set.Set)
	b.most = b.dialect.InsertBudget(width)
	if b.dialect.Bulk() != dialect.Unnest {
		b.most = min(b.most, (b.dialect.Limits().Params-scopeArgs)/width)
	}
	b.most = max(1, b.most)
}

// alike reports whether the update of one row matches and sets the columns of s.
func alike(s *builder.RowSet, st *builder.Update) bool {
	if st.Where.Len() != len(s.Match) || len(st.Set) != len(s.Set) {
		return false
	}
	for i, f := range s.Match {
		if st.Where.At(i).Field != f {
			return false
		}
	}
	for i, f := range s.Set {
		if st.Set[i].Field != f {
			return false
		}
	}
	return true
}

// flush writes the rows gathered so far.
func (b *saver) flush() error {
	set, pending := b.set, b.pending
	b.set, b.pending = nil, nil
	if set == nil {
		return nil
	}
	st := &builder.Update{Model: b.m, From: set}
	var back *source.Rows
	generated := readBack(b.s, b.m, pending[0], b.only)
	apart := b.m.Loaded(pending[0]) != nil // rows that know what they were read with
	for i := 1; apart && i < len(pending); i++ {
		generated = entity.Union(generated, readBack(b.s, b.m, pending[i], b.only))
	}
	if b.m.Version != nil || len(generated) > 0 { // the one that is missing is asked for what became of it
		st.Returning = append(b.m.Key[:len(b.m.Key):len(b.m.Key)], generated...)
		back = &source.Rows{Slab: source.NewSlab(b.m.Type)}
	}
	n, err := update(b.ctx, b.s, b.s.Registry(), b.name, hook.Update, hook.Changing, st, back, nil)
	if err != nil {
		return err
	}
	switch {
	case n > int64(len(pending)):
		return fault.New(fault.ErrUpstream, b.m.Name, b.m.Key[0].Name, "the database holds more than one row of the same key")
	case n < int64(len(pending)):
		return b.lost(pending, back)
	}
	if len(generated) > 0 {
		if err := b.regenerated(pending, back, generated, apart); err != nil {
			return err
		}
	}
	for _, p := range pending {
		if err := moveOn(b.m, p); err != nil {
			return err
		}
	}
	return nil
}

// regenerated gives the structs what the source made of their rows.
func (b *saver) regenerated(pending []unsafe.Pointer, back *source.Rows, fields []*model.Field, apart bool) error {
	rows := make(map[string]unsafe.Pointer, len(pending))
	for _, p := range pending {
		k, err := entity.RowKey(b.m.Key, p)
		if err != nil {
			return err
		}
		rows[k] = p
	}
	for i := range back.Len() {
		k, err := entity.RowKey(b.m.Key, back.At(i))
		if err != nil {
			return err
		}
		if p := rows[k]; p != nil {
			if apart {
				fields = readBack(b.s, b.m, p, b.only)
			}
			for _, f := range fields {
				f.Copy(p, back.At(i))
			}
		}
	}
	return nil
}

// lost says what became of the first row that was not written.
func (b *saver) lost(pending []unsafe.Pointer, back *source.Rows) error {
	written := map[string]bool{}
	if back != nil {
		for i := range back.Len() {
			k, err := entity.RowKey(b.m.Key, back.At(i))
			if err != nil {
				return err
			}
			written[k] = true
		}
	}
	for _, p := range pending {
		k, err := entity.RowKey(b.m.Key, p)
		if err != nil {
			return err
		}
		if written[k] {
			continue
		}
		where, err := byKey(b.m, p)
		if err != nil {
			return err
		}
		return missing(b.ctx, b.s, b.name, b.m, where)
	}
	return fault.New(fault.ErrUpstream, b.m.Name, "", "the source gave back another number of rows than it wrote")
}
