package engine

import (
	"context"
	"reflect"
	"unsafe"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// Returned is a write whose result comes back with relations, loaded in its transaction.
type Returned struct {
	Name     string
	Model    *model.Model
	Columns  []*model.Field // asked for; nil = every column
	Includes []*builder.Include
}

// Together runs write in a transaction and loads the relations of the rows that it gave. write gets the columns to read
// back, those that the relations start at included.
func (s *Session) Together(ctx context.Context, q Returned, rows *source.Slab, write func(tx *Session, returning []*model.Field) error) error {
	s = s.joined(ctx)
	st := &builder.Select{Model: q.Model, Columns: q.Columns, Includes: q.Includes}
	err := s.canLoad(q)
	if err == nil {
		st.Includes, err = s.merged(ctx, q.Includes)
	}
	if err != nil {
		return s.located(err, q.Name, q.Model)
	}
	hidden := columnsForIncludes(st)
	returning := st.Columns
	if returning == nil {
		returning = q.Model.Fields
	}
	err = s.Tx(ctx, TxOptions{}, func(tx *Session) error {
		if err := write(tx, returning); err != nil {
			return err
		}
		return tx.load(ctx, q.Name, q.Model, rows, st.Includes)
	})
	if err == nil {
		hide(rows, q.Columns, hidden)
		tellLoaded(rows, q.Model, q.Columns, nil)
	}
	return s.located(err, q.Name, q.Model)
}

func (s *Session) canLoad(q Returned) error {
	src, err := s.SourceOf(q.Model)
	if err == nil && !src.Capabilities().Transactions {
		err = fault.New(fault.ErrUnsupported, q.Model.Name, "", "the source has no transactions: write first, then read with the includes")
	}
	if err == nil {
		err = s.names((&builder.Select{Includes: q.Includes}).Named)
	}
	return err
}

// load loads relations of rows that a write gave back.
func (s *Session) load(ctx context.Context, name string, m *model.Model, rows *source.Slab, incs []*builder.Include) error {
	r := &reader{s: s, reg: s.Registry(), name: name, reads: countIncludes(incs)}
	if err := s.scoper(ctx, r.reg, builder.LivingRows).includes(incs); err != nil {
		return err
	}
	if f := m.Key[0]; len(m.Key) == 1 && startsAt(incs, f) {
		for i := range rows.Len() {
			if f.IsZero(rows.At(i)) {
				return fault.New(fault.ErrInvalid, m.Name, f.Name, "a hook emptied the key of the written row, so its relations cannot be loaded")
			}
		}
	}
	return r.includes(ctx, rows, incs, "", 0)
}

func startsAt(incs []*builder.Include, f *model.Field) bool {
	for _, inc := range incs {
		if contains(inc.Relation.Local, f) {
			return true
		}
	}
	return false
}

// DeleteLoaded deletes rows and gives them as they were, with the relations that they then had.
func (s *Session) DeleteLoaded(ctx context.Context, q Returned, st *builder.Delete, rows *source.Rows) error {
	s = s.joined(ctx)
	if err := s.canLoad(q); err != nil {
		return s.located(err, q.Name, q.Model)
	}
	asked := st.Returning
	st.Returning = withKey(q.Model, asked)
	before := source.Rows{Slab: source.NewSlab(q.Model.Type)}
	err := s.Tx(ctx, TxOptions{}, func(tx *Session) error {
		read := &builder.Select{Model: q.Model, Where: st.Where, Deleted: st.Deleted, Columns: q.Model.Key, Includes: q.Includes}
		if src, err := tx.SourceOf(q.Model); err == nil && src.Capabilities().RowLocks {
			read.Lock = builder.ForUpdate
		}
		if err := tx.Read(ctx, q.Name, read, &before); err != nil {
			return err
		}
		if _, err := tx.Delete(ctx, q.Name, st, rows); err != nil {
			return err
		}
		return handOver(q, &rows.Slab, &before.Slab)
	})
	if err != nil {
		return s.located(err, q.Name, q.Model)
	}
	unasked(q.Model, asked, rows)
	return nil
}

func withKey(m *model.Model, columns []*model.Field) []*model.Field {
	columns = columns[:len(columns):len(columns)]
	for _, f := range m.Key {
		if !contains(columns, f) {
			columns = append(columns, f)
		}
	}
	return columns
}

// handOver copies the relations that the rows of before were read with to the rows of the same keys.
func handOver(q Returned, rows, before *source.Slab) error {
	at := make(map[string]unsafe.Pointer, before.Len())
	for i := range before.Len() {
		key, err := rowKey(q.Model.Key, before.At(i))
		if err != nil {
			return err
		}
		at[key] = before.At(i)
	}
	for i := range rows.Len() {
		key, err := rowKey(q.Model.Key, rows.At(i))
		if err != nil {
			return err
		}
		from := at[key]
		if from == nil {
			return fault.New(fault.ErrStale, q.Model.Name, "", "another transaction added a row to those deleted after their relations were read: do it again")
		}
		for _, inc := range q.Includes {
			copyRelation(inc.Relation, rows.At(i), from)
		}
	}
	return nil
}

func copyRelation(r *model.Relation, dst, src unsafe.Pointer) {
	reflect.NewAt(r.Type, unsafe.Add(dst, r.Offset)).Elem().Set(reflect.NewAt(r.Type, unsafe.Add(src, r.Offset)).Elem())
}
