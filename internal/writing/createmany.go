package writing

import (
	"cmp"
	"context"
	"slices"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/engine"
	"github.com/multi-orm/orm/internal/entity"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/scoping"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// dealing is how the rows that a database gives back are dealt out to the rows that it was given.
type dealing uint8

const (
	byOrder   dealing = iota // in the order of the input, as long as the made numbers ascend
	byContent                // by columns that identify a row, which the statement gives back too
	oneByOne                 // a statement for each row: the database changes what would identify it
)

// dealt gives what was learned of the table of m.
func dealt(e *engine.Engine, m *model.Model) dealing {
	d, _ := e.Dealings.Load(m)
	how, _ := d.(dealing)
	return how
}

// insertMany inserts rows and reads what the source made of each. Sources without SQL answer in the order of the input.
// A database need not: an engine that hands out ascending numbers does so in the order of the input, whatever the order
// of its answer; any other made value says nothing, and then rows are known by their content.
func insertMany(ctx context.Context, s *engine.Session, ex source.Executor, src source.Source, st *builder.Insert, part source.Slab) (int64, error) {
	_, sql := src.(source.SQL)
	asked := st.Returning
	if sql {
		if dealt(s.Engine, st.Model) == oneByOne {
			return insertEach(ctx, s, src, st, part, nil)
		}
		st = identifying(s, st)
	}
	back := source.Rows{Slab: source.NewSlab(st.Model.Type)}
	back.Reserve(st.Rows)
	n, err := insertRows(ctx, s, ex, src, st, &back)
	if err != nil {
		return 0, err
	}
	if sql && back.Len() < st.Rows {
		return 0, swallowed(st.Model, int64(back.Len()), st.Rows)
	}
	if back.Len() != st.Rows {
		return 0, fault.New(fault.ErrUpstream, st.Model.Name, "", "the source gave back another number of rows than it was given")
	}
	if !sql {
		fields := asked
		if st.Reply != nil {
			fields = st.Model.Fields
		}
		deal(fields, &part, &back.Slab, nil)
		return n, nil
	}
	up, err := ascend(st, &back.Slab)
	if err != nil {
		return 0, err
	}
	if up {
		deal(asked, &part, &back.Slab, nil)
		return n, nil
	}
	if d, ok := src.(source.SQL); ok && st.Sorted(d.Dialect()) { // the numbers were made in order, whatever the order of the answer
		order, err := byNumber(st.MadeNumber(), &back.Slab)
		if err != nil {
			return 0, err
		}
		if order != nil {
			deal(asked, &part, &back.Slab, order)
			return n, nil
		}
	}
	return n, dealByContent(ctx, s, ex, src, st, asked, &part, &back.Slab)
}

// insertRows runs the statement.
func insertRows(ctx context.Context, s *engine.Session, ex source.Executor, src source.Source, st *builder.Insert, back *source.Rows) (int64, error) {
	if !s.Observed(ctx) {
		return ex.Insert(ctx, st, back)
	}
	return s.Watch(ctx, src, st, func(ctx context.Context) (int64, error) { return ex.Insert(ctx, st, back) })
}

// deal copies columns of the rows given back into the rows given: row i gets them from row order[i], or from row i.
func deal(fields []*model.Field, part, back *source.Slab, order []int) {
	for i := range back.Len() {
		from := i
		if order != nil {
			from = order[i]
		}
		for _, f := range fields {
			f.Copy(part.At(i), back.At(from))
		}
	}
}

// ascend reports whether the rows came with numbers made for them that ascend, as they do in the order of the input.
func ascend(st *builder.Insert, back *source.Slab) (bool, error) {
	f := st.MadeNumber()
	if f == nil {
		return false, nil
	}
	for i, last := 0, int64(0); i < back.Len(); i++ {
		v, err := f.Load(back.At(i))
		if err != nil || v.IsNull() {
			return false, err
		}
		x := v.Int()
		if i > 0 && x <= last {
			return false, nil
		}
		last = x
	}
	return true, nil
}

// byNumber gives the rows in the order of the number f, nil where one has none or two have the same.
func byNumber(f *model.Field, back *source.Slab) ([]int, error) {
	order, numbers := make([]int, back.Len()), make([]int64, back.Len())
	for i := range order {
		v, err := f.Load(back.At(i))
		if err != nil || v.IsNull() {
			return nil, err
		}
		order[i], numbers[i] = i, v.Int()
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(numbers[a], numbers[b]) })
	for i := 1; i < len(order); i++ {
		if numbers[order[i]] == numbers[order[i-1]] {
			return nil, nil
		}
	}
	return order, nil
}

// dealByContent deals by columns that identify a row. Where the statement did not give them back, the rows are read
// again by their keys. Rows that cannot be told apart are taken back and inserted one by one; no value is dealt by guess.
func dealByContent(ctx context.Context, s *engine.Session, ex source.Executor, src source.Source, st *builder.Insert, asked []*model.Field, part, back *source.Slab) error {
	s.Dealings.Store(st.Model, byContent)
	keys, err := entity.ColumnsOf(st.Model.Key, back)
	if err != nil {
		return err
	}
	by := identifiers(st)
	if !entity.Subset(by, st.Returning) {
		if back, err = readInserted(ctx, s, ex, src, st, entity.Union(st.Returning, by), keys); err != nil {
			return err
		}
	}
	order, err := match(st, by, back)
	if err != nil {
		return err
	}
	if order == nil {
		s.Dealings.Store(st.Model, oneByOne)
		again := *st
		again.Returning = asked
		_, err = insertEach(ctx, s, src, &again, *part, keys)
		return err
	}
	deal(asked, part, back, order)
	return nil
}

// readInserted reads rows that were inserted by their keys.
func readInserted(ctx context.Context, s *engine.Session, ex source.Executor, src source.Source, st *builder.Insert, columns []*model.Field, keys []model.List) (*source.Slab, error) {
	m := st.Model
	read := &builder.Select{Model: m, Columns: columns, Scoped: true, HasTake: true, Take: int64(st.Rows) + 1}
	read.Where.Add(scoping.Within(s.Engine, m.Key, keys))
	found := source.Rows{Slab: source.NewSlab(m.Type)}
	err := s.Execute(source.Writing(ctx, src), ex, src, read, &found)
	return &found.Slab, err
}

// insertEach inserts the rows one by one, all or none, once the rows that have the keys were taken back.
func insertEach(ctx context.Context, s *engine.Session, src source.Source, st *builder.Insert, part source.Slab, takeBack []model.List) (n int64, err error) {
	err = s.Atomically(ctx, st.Model, func(tx *engine.Session) error {
		ex, _, err := tx.Executor(ctx, st.Model)
		if err != nil {
			return err
		}
		if takeBack != nil {
			if err := removeInserted(ctx, tx, ex, src, st, takeBack); err != nil {
				return err
			}
		}
		one := *st
		one.Rows = 1
		for n = 0; n < int64(st.Rows); n++ {
			i, width := int(n), len(st.Fields)
			one.Values = st.Values[i*width : (i+1)*width]
			p := part.At(i)
			written, err := runInsert(ctx, tx, ex, src, &one, source.SlabAt(st.Model.Type, p, 1))
			if err == nil && written < 1 {
				err = swallowed(st.Model, n, st.Rows)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	return n, err
}

// removeInserted deletes rows that the statement before inserted.
func removeInserted(ctx context.Context, s *engine.Session, ex source.Executor, src source.Source, st *builder.Insert, keys []model.List) error {
	del := &builder.Delete{Model: st.Model, Scoped: true}
	del.Where.Add(scoping.Within(s.Engine, st.Model.Key, keys))
	n, err := s.Timed(ctx, src, del, func(ctx context.Context) (int64, error) { return ex.Delete(ctx, del, nil) })
	if err == nil && n == int64(st.Rows) {
		return nil
	}
	e := fault.New(fault.ErrCommitUnknown, st.Model.Name, "", "the database wrote the rows and gave them keys in another order, and changed what would tell them apart: create them one by one")
	if err != nil {
		return e.WithCause(err)
	}
	return e
}
