package engine

import (
	"context"
	"unsafe"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// UpsertTelling is Upsert that says whether the row was inserted.
func (s *Session) UpsertTelling(ctx context.Context, m *model.Model, target []*model.Field, p unsafe.Pointer, sets []builder.Set, inserted *bool) error {
	const name = "Upsert"
	s = s.joined(ctx)
	src, err := s.SourceOf(m)
	if err != nil {
		return s.located(err, name, m)
	}
	told := false
	if tells(src) {
		err = s.upsert(ctx, name, m, target, p, sets, &told)
	} else { // one look and one statement: the transaction keeps other writers out between them
		err = s.atomically(ctx, m, func(tx *Session) error { return tx.upsert(ctx, name, m, target, p, sets, &told) })
	}
	if err == nil {
		*inserted = told
	}
	return s.located(err, name, m)
}

func tells(src source.Source) bool {
	sql, ok := src.(source.SQL)
	return ok && builder.TellsOutcome(sql.Dialect())
}

// lookAhead finds out before the statement what it will do, on sources that do not tell afterwards. They have one
// writer at a time.
func (w *writing) lookAhead(ctx context.Context, st *builder.Insert, rows *newRows) error {
	if tells(w.src) {
		return nil
	}
	found, err := w.exists(ctx, &builder.Select{Where: existing(st, rows), Scopes: st.Scopes})
	*st.Inserted = !found
	return err
}

// insertTelling runs an upsert that says what it did, if the source can.
func insertTelling(ctx context.Context, ex source.Executor, src source.Source, st *builder.Insert, part source.Slab) (int64, error) {
	if !tells(src) {
		plain := *st
		plain.Inserted = nil
		return ex.Insert(ctx, &plain, &source.Rows{Slab: part})
	}
	told := source.SlabOf[int64](1)
	n, err := ex.Insert(ctx, st, &source.Rows{Slab: part, Links: &told})
	if err == nil && told.Len() == 1 {
		*st.Inserted = *(*int64)(told.At(0)) == 1
	}
	return n, err
}
