package orm

import (
	"context"
	"errors"
	"iter"
	"reflect"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/reading"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

func (q *Query[T]) start(name string, room int) (*reading.Call, error) {
	if q.st.Err != nil {
		return nil, fault.Fill(q.st.Err, name, modelName(q.st.Model), "")
	}
	return reading.NewCall(q.s, &q.st, source.SlabOf[T](room)), nil
}

func modelName(m *model.Model) string {
	if m == nil {
		return ""
	}
	return m.Name
}

// All gives every row, an empty slice when there is none. A model's default order (order= of the tag) holds behind the
// query's own.
func (q Query[T]) All(ctx context.Context) ([]T, error) {
	q.stable(q.st.HasTake || q.st.Skip > 0)
	c, err := q.start("All", 0)
	if err != nil {
		return nil, err
	}
	if err := reading.ReadCall(ctx, q.s, "All", c); err != nil {
		return nil, err
	}
	return source.Take[T](&c.Rows.Slab), nil
}

// First gives the first row in the query's order, then in its model's default order (order= of the tag), then by key. No row is ErrNotFound.
func (q Query[T]) First(ctx context.Context) (T, error) {
	q.stable(true)
	if !q.st.HasTake || q.st.Take != 0 { // of no rows there is no first one
		q.st.Take, q.st.HasTake = 1, true
	}
	return q.single(ctx, "First", 1)
}

// One gives the only row: none is ErrNotFound, more than one ErrInvalid.
func (q Query[T]) One(ctx context.Context) (T, error) {
	if q.st.HasTake || q.st.Skip > 0 {
		q.stable(false)
	}
	if !q.keyed && !q.st.HasTake {
		q.st.Take, q.st.HasTake = 2, true
	}
	return q.single(ctx, "One", 1)
}

func (q *Query[T]) single(ctx context.Context, name string, room int) (T, error) {
	var none T
	q.st.Expect = builder.OneRow
	c, err := q.start(name, room)
	if err != nil {
		return none, err
	}
	if err := reading.ReadCall(ctx, q.s, name, c); err != nil {
		return none, err
	}
	if err := reading.Expected(q.st.Model, builder.OneRow, c.Rows.Len()); err != nil { // there may be no hooks, or one that took rows away
		return none, fault.Fill(err, name, "", "")
	}
	return source.Take[T](&c.Rows.Slab)[0], nil
}

// Count gives the number of rows that pass the conditions; order, page and includes do not matter.
// With Distinct it counts the distinct selections.
func (q Query[T]) Count(ctx context.Context) (int64, error) {
	c, err := q.probe("Count")
	if err != nil {
		return 0, err
	}
	n, err := reading.Count(ctx, q.s, "Count", c)
	return n, fault.Fill(err, "Count", c.Model.Name, "")
}

// Exists reports whether a row passes the conditions.
func (q Query[T]) Exists(ctx context.Context) (bool, error) {
	c, err := q.probe("Exists")
	if err != nil {
		return false, err
	}
	ok, err := reading.Exists(ctx, q.s, "Exists", c)
	return ok, fault.Fill(err, "Exists", c.Model.Name, "")
}

// probe is the statement without what a count does not need.
func (q Query[T]) probe(name string) (*builder.Select, error) {
	if q.st.Err != nil {
		return nil, fault.Fill(q.st.Err, name, modelName(q.st.Model), "")
	}
	st := &builder.Select{Model: q.st.Model, Where: q.st.Where, Deleted: q.st.Deleted, Distinct: q.st.Distinct}
	if q.st.Distinct {
		st.Columns = q.st.Columns
	}
	for i := range q.st.Order.Len() { // a wrong order is an error even where it does not matter
		if err := q.st.Order.At(i).Err; err != nil {
			return nil, fault.Fill(err, name, modelName(q.st.Model), "")
		}
	}
	return st, nil
}

// window is the number of rows between two loads of includes in a stream.
const window = 500

var errStop = errors.New("orm: the reader stopped")

// Rows streams the rows in the query's order, holding one window of them in memory. A failure is the last
// pair, with a zero row. Leaving the loop early ends the statement and gives the connection back. Includes
// are loaded for 500 rows at a time, on the same connection: outside a transaction the stream of a source that its
// includes are read from too runs in a read-only one of its own, and sees one moment. On PostgreSQL its rows come through a
// cursor, so that in a transaction the loop may use the connection meanwhile.
func (q Query[T]) Rows(ctx context.Context) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		q.stable(q.st.HasTake || q.st.Skip > 0)
		c, err := q.start("Rows", 0)
		if err != nil {
			yield(none, err)
			return
		}
		stopped := false
		err = reading.Stream(ctx, q.s, &c.Select, reflect.TypeFor[T](), window, func(rows *source.Slab) error {
			for i := range rows.Len() {
				if !yield(*(*T)(rows.At(i)), nil) {
					stopped = true
					return errStop
				}
			}
			return nil
		})
		if err != nil && !stopped {
			yield(none, err)
		}
	}
}

// Primary keeps the reads under ctx on the primary server of a source that has read replicas, so that they see what was
// just written. Writes and transactions are there anyway; a source without replicas takes no notice.
//
//	u, err := orm.Repo[User](db).ByID(id).One(orm.Primary(ctx))
func Primary(ctx context.Context) context.Context { return source.WithPrimary(ctx) }
