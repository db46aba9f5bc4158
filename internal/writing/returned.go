package writing

import (
	"context"
	"slices"
	"unsafe"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/engine"
	"github.com/multi-orm/orm/internal/entity"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/reading"
	"github.com/multi-orm/orm/internal/scoping"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// unasked empties the columns that were read back for hooks and scopes only.
func unasked(m *model.Model, asked []*model.Field, rows *source.Rows) {
	if rows == nil || len(asked) == len(m.Fields) {
		return
	}
	var hidden []*model.Field
	for _, f := range m.Fields {
		if !slices.Contains(asked, f) {
			hidden = append(hidden, f)
		}
	}
	entity.Hide(&rows.Slab, asked, hidden)
	entity.TellLoaded(&rows.Slab, m, asked, nil)
}

// Returned is a write whose result comes back with relations, loaded in its transaction.
type Returned struct {
	Name     string
	Model    *model.Model
	Columns  []*model.Field // asked for; nil = every column
	Includes []*builder.Include
}

// Together runs write in a transaction and loads the relations of the rows that it gave. write gets the columns to read
// back, those that the relations start at included.
func Together(ctx context.Context, s *engine.Session, q Returned, rows *source.Slab, write func(tx *engine.Session, returning []*model.Field) error) error {
	s = s.Begin(ctx)
	defer s.End()
	st := &builder.Select{Model: q.Model, Columns: q.Columns, Includes: q.Includes}
	err := canLoad(s, q)
	if err == nil {
		st.Includes, err = reading.Merged(ctx, s.Engine, q.Includes)
	}
	if err != nil {
		return s.Located(err, q.Name, q.Model)
	}
	hidden := reading.ColumnsForIncludes(st)
	returning := st.Columns
	if returning == nil {
		returning = q.Model.Fields
	}
	err = s.Tx(ctx, engine.TxOptions{}, func(tx *engine.Session) error {
		if err := write(tx, returning); err != nil {
			return err
		}
		return reading.Relations(ctx, tx, q.Name, q.Model, rows, st.Includes)
	})
	if err == nil {
		entity.Hide(rows, q.Columns, hidden)
		entity.TellLoaded(rows, q.Model, q.Columns, nil)
	}
	return s.Located(err, q.Name, q.Model)
}

func canLoad(s *engine.Session, q Returned) error {
	src, err := s.SourceOf(q.Model)
	if err == nil && !src.Capabilities().Transactions {
		err = fault.New(fault.ErrUnsupported, q.Model.Name, "", "the source has no transactions: write first, then read with the includes")
	}
	if err == nil {
		err = scoping.Names(s, (&builder.Select{Includes: q.Includes}).Named)
	}
	return err
}

// DeleteLoaded deletes rows and gives them as they were, with the relations that they then had.
func DeleteLoaded(ctx context.Context, s *engine.Session, q Returned, st *builder.Delete, rows *source.Rows) error {
	s = s.Begin(ctx)
	defer s.End()
	if err := canLoad(s, q); err != nil {
		return s.Located(err, q.Name, q.Model)
	}
	asked := st.Returning
	st.Returning = withKey(q.Model, asked)
	before := source.Rows{Slab: source.NewSlab(q.Model.Type)}
	err := s.Tx(ctx, engine.TxOptions{}, func(tx *engine.Session) error {
		read := &builder.Select{Model: q.Model, Where: st.Where, Deleted: st.Deleted, Columns: q.Model.Key, Includes: q.Includes}
		if src, err := tx.SourceOf(q.Model); err == nil && src.Capabilities().RowLocks {
			read.Lock = builder.ForUpdate
		}
		if err := reading.Read(ctx, tx, q.Name, read, &before); err != nil {
			return err
		}
		if _, err := Delete(ctx, tx, q.Name, st, rows); err != nil {
			return err
		}
		return handOver(q, &rows.Slab, &before.Slab)
	})
	if err != nil {
		return s.Located(err, q.Name, q.Model)
	}
	unasked(q.Model, asked, rows)
	return nil
}

func withKey(m *model.Model, columns []*model.Field) []*model.Field {
	columns = columns[:len(columns):len(columns)]
	for _, f := range m.Key {
		if !slices.Contains(columns, f) {
			columns = append(columns, f)
		}
	}
	return columns
}

// handOver copies the relations that the rows of before were read with to the rows of the same keys.
func handOver(q Returned, rows, before *source.Slab) error {
	at := make(map[string]unsafe.Pointer, before.Len())
	for i := range before.Len() {
		key, err := entity.RowKey(q.Model.Key, before.At(i))
		if err != nil {
			return err
		}
		at[key] = before.At(i)
	}
	for i := range rows.Len() {
		key, err := entity.RowKey(q.Model.Key, rows.At(i))
		if err != nil {
			return err
		}
		from := at[key]
		if from == nil {
			return fault.New(fault.ErrStale, q.Model.Name, "", "another transaction added a row to those deleted after their relations were read: do it again")
		}
		for _, inc := range q.Includes {
			entity.CopyRelation(inc.Relation, rows.At(i), from)
		}
	}
	return nil
}
