package writing

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"unsafe"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/engine"
	"github.com/multi-orm/orm/internal/entity"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/scoping"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// CreateOptions are the options of CreateMany.
type CreateOptions struct {
	builder.BulkOptions
	Returning []*model.Field // columns to read back beside those that the source makes
	Said      []*model.Field // columns whose zero value is meant: no default fills them

	Over *Over // what becomes of a soft-deleted row in the way of a single one; nil for a conflict

	Added *AddedRows // receives the rows that SkipDuplicates did not leave out; nil when nobody asks
	tried *attempt   // receives what the row met; nil when nobody asks
}

// inserting is what an insert does beside its statement.
type inserting struct {
	added   *AddedRows
	tried   *attempt
	deleted builder.Deleted // the rows that an upsert may change
}

// AddedRows are columns of the rows that an insert added, for those that cannot know from the rows they gave.
type AddedRows struct {
	Fields []*model.Field
	Keys   [][]model.Value
}

// defaultBatch is the rows of one statement for sources without a dialect.
const defaultBatch = 100

// Create inserts the rows of slab, all or none, and fills the columns that the source makes.
func Create(ctx context.Context, s *engine.Session, name string, m *model.Model, rows source.Slab, o CreateOptions) (int64, error) {
	s = s.Begin(ctx)
	defer s.End()
	src, err := s.SourceOf(m)
	if err != nil {
		return 0, fault.Fill(err, name, m.Name, "")
	}
	if o.Over != nil {
		return createOver(ctx, s, name, m, rows, o)
	}
	c := creator{s: s, reg: s.Registry(), name: name, m: m, src: src, o: o}
	n, err := c.create(ctx, rows)
	if err != nil {
		return 0, fault.Fill(err, name, m.Name, src.Name())
	}
	return n, nil
}

type creator struct {
	s    *engine.Session
	reg  *hook.Registry
	name string
	m    *model.Model
	src  source.Source
	o    CreateOptions
	made []*model.Field // columns whose values are made up here in every row, for sources that want to know

	first [1]batch // memory for the usual one
}

// batch is a run of rows that leave out the same columns.
type batch struct {
	from, to int
	fields   []*model.Field
	made     []*model.Field // columns the source makes
}

func (c *creator) create(ctx context.Context, rows source.Slab) (total int64, err error) {
	n := rows.Len()
	if n == 0 {
		return 0, nil
	}
	_, sql := c.src.(source.SQL)
	if err := entity.Disjoint(c.m, &rows); err != nil {
		return 0, err
	}
	var before entity.Snapshot
	if whole := !sql || len(c.o.Returning) > 0 || fillsRows(c.reg, c.m); whole {
		before = entity.SnapshotOf(c.m, rows)
	}
	defer func() {
		if err != nil {
			before.Restore()
		}
	}()
	if !sql {
		c.made = madeUp(c.m, &rows, c.o.Said)
	}
	for i := range n {
		c.m.Complete(rows.At(i)) // hooks and rules see a zero struct where there is none
		if err := notGiven(c.m, rows.At(i), false); err != nil {
			return 0, err
		}
		if err := fillNew(c.s.Engine, c.m, rows.At(i), c.o.Said); err != nil {
			return 0, err
		}
	}
	batches := c.batches(&rows)
	total, err = c.insertAll(ctx, &rows, batches)
	if err != nil { // rows that are not there have no made columns; a later try must not take them for given ones
		for _, b := range batches {
			for i := b.from; i < b.to; i++ {
				for _, f := range b.made {
					f.Clear(rows.At(i))
				}
			}
		}
	}
	return total, err
}

func (c *creator) insertAll(ctx context.Context, rows *source.Slab, batches []batch) (total int64, err error) {
	if len(batches) == 1 && !c.parted(batches[0]) {
		total, err = c.insert(ctx, c.s, rows, batches[0])
		if err == nil && c.o.Progress != nil {
			c.o.Progress(rows.Len(), rows.Len())
		}
		return total, err
	}
	err = c.s.Atomically(ctx, c.m, func(tx *engine.Session) error {
		total = 0
		for _, b := range batches {
			k, err := c.insert(ctx, tx, rows, b)
			if err != nil {
				return err
			}
			total += k
			if c.o.Progress != nil {
				c.o.Progress(b.to, rows.Len())
			}
		}
		return nil
	})
	return total, err
}

// batches cuts the rows where the set of given columns changes and where the source's budget ends.
func (c *creator) batches(rows *source.Slab) []batch {
	n := rows.Len()
	out := c.first[:0]
	for from := 0; from < n; {
		absent := c.absent(rows.At(from))
		b := c.columns(absent)
		limit := 1
		if n > 1 {
			limit = c.budget(b)
		}
		to := from + 1
		for to < n && to-from < limit && c.absent(rows.At(to)) == absent {
			to++
		}
		b.from, b.to = from, to
		out = append(out, b)
		from = to
	}
	return out
}

// notGiven refuses a new row that gives what its tags keep from creates.
// An upsert of a row that was read holds the key that the database made of it, which is left out.
func notGiven(m *model.Model, row unsafe.Pointer, upsert bool) error {
	for _, f := range m.Fields {
		if upsert && f.Generated && f.Primary {
			continue
		}
		if (f.ReadOnly || f.UpdateOnly) && !f.IsZero(row) {
			word := "readonly"
			switch {
			case f.Generated:
				word = "generated"
			case f.UpdateOnly:
				word = "updateonly"
			}
			return fault.New(fault.ErrInvalid, m.Name, f.Name, "the field is tagged "+word+": a new row leaves it zero")
		}
	}
	return nil
}

// absent has a bit for each made column that row leaves to the source.
func (c *creator) absent(row unsafe.Pointer) (mask uint64) {
	for b, f := range c.m.Made {
		if f.IsZero(row) && !slices.Contains(c.o.Said, f) {
			mask |= 1 << b
		}
	}
	return mask
}

// columns parts the columns into those that are written and those that the source makes.
func (c *creator) columns(absent uint64) batch {
	m := c.m
	switch absent {
	case 0:
		return batch{fields: m.Fields}
	case 1<<len(m.Made) - 1:
		return batch{fields: m.Given, made: m.Made}
	}
	var b batch
	for i, f := range m.Made {
		if absent&(1<<i) != 0 {
			b.made = append(b.made, f)
		}
	}
	for _, f := range m.Fields {
		if !slices.Contains(b.made, f) {
			b.fields = append(b.fields, f)
		}
	}
	return b
}

// budget is the number of rows that one statement takes.
func (c *creator) budget(b batch) int {
	sql, ok := c.src.(source.SQL)
	if !ok {
		return defaultBatch
	}
	if len(b.fields) == 0 {
		return 1
	}
	if l, ok := sql.Dialect().(dialect.Loads); ok && len(b.made) == 0 && len(c.o.Returning) == 0 && !c.o.SkipDuplicates {
		return l.LoadBudget()
	}
	return max(1, sql.Dialect().InsertBudget(len(b.fields)))
}

// parted reports whether the source may need several statements for b.
func (c *creator) parted(b batch) bool {
	sql, ok := c.src.(source.SQL)
	return ok && b.to-b.from > max(1, sql.Dialect().InsertBudget(max(1, len(b.fields))))
}

func (c *creator) insert(ctx context.Context, s *engine.Session, rows *source.Slab, b batch) (int64, error) {
	st := &builder.Insert{Model: c.m, Fields: b.fields, Rows: b.to - b.from, Made: c.made}
	if c.o.SkipDuplicates {
		st.Conflict = &builder.Conflict{DoNothing: true}
	} else {
		st.Returning = b.made
		for _, f := range c.o.Returning {
			if !slices.Contains(st.Returning, f) {
				st.Returning = append(st.Returning[:len(st.Returning):len(st.Returning)], f)
			}
		}
	}
	part := source.SlabAt(c.m.Type, rows.At(b.from), st.Rows)
	return insert(ctx, s, c.reg, c.name, hook.Create, st, part, inserting{added: c.o.Added, tried: c.o.tried})
}

// insert runs one INSERT over rows that live at part: hooks, scopes, statement, made columns.
func insert(ctx context.Context, s *engine.Session, reg *hook.Registry, name string, kind hook.Kind, st *builder.Insert, part source.Slab, o inserting) (n int64, err error) {
	full := source.SlabAt(st.Model.Type, part.At(0), st.Rows)
	for range st.Rows {
		full.Next()
	}
	m, fields, count := st.Model, st.Fields, st.Rows
	op := seen(ctx, s, reg, kind, name, m, &full)
	if op != nil {
		st.Detach()
		op.Insert = st
	}
	err = write(ctx, s, reg, name, m, op, func(ctx context.Context, w *writing) error {
		if w.op != nil && (w.op.Insert != st || st.Model != m || st.Rows != count || !entity.Subset(st.Fields, fields) || !entity.Subset(st.Returning, m.Fields)) {
			return fault.New(fault.ErrDenied, m.Name, "", engine.OtherKind)
		}
		n, err = w.insert(ctx, st, part, full, o)
		if w.op != nil {
			w.op.Affected = n
		}
		return err
	})
	return n, err
}

func (w *writing) insert(ctx context.Context, st *builder.Insert, part, full source.Slab, o inserting) (int64, error) {
	if err := w.undoable(); err != nil {
		return 0, err
	}
	// hooks may have changed the rows, so values are read after them; scopes check what is really sent
	st.Values = make([]model.Value, len(st.Fields)*st.Rows)
	for i := range st.Rows {
		if err := loadNew(st.Fields, part.At(i), st.Values[i*len(st.Fields):]); err != nil {
			return 0, err
		}
	}
	st.Scoped = false
	rows := &newRows{st: st, slab: &part}
	if err := scoping.For(ctx, w.s, w.reg, o.deleted).Inserts(st, rows); err != nil {
		return 0, err
	}
	if o.tried != nil {
		if err := w.trying(ctx, st, part, o.tried); err != nil {
			return 0, err
		}
	}
	if err := w.referTo(ctx, st.Rows, st.Conflict != nil && st.Conflict.DoNothing, rows.written, w.heldByExisting(st, rows)); err != nil {
		return 0, err
	}
	if st.Conflict != nil {
		if err := w.counted(st.Conflict.Set); err != nil {
			return 0, err
		}
		if err := w.referTo(ctx, 1, false, assignedValue(st.Conflict.Set), w.heldByConflict(st, rows)); err != nil {
			return 0, err
		}
	}
	if st.Conflict != nil && !st.Conflict.DoNothing && w.wantsOld() {
		if err := w.old(ctx, existing(st, rows), st.Scopes); err != nil {
			return 0, err
		}
	}
	if st.Conflict != nil && st.Conflict.DoNothing {
		switch _, sql := w.src.(source.SQL); {
		case w.wantsRows():
			return w.insertAbsent(ctx, st, st.Model.Fields, o.added)
		case o.added != nil:
			return w.insertAbsent(ctx, st, o.added.Fields, o.added)
		case sql && w.src.Capabilities().Returning && len(st.Model.Key) > 0: // the rows that come back are counted
			return w.insertAbsent(ctx, st, st.Model.Key, nil)
		}
	}
	if st.Inserted != nil {
		if err := w.lookAhead(ctx, st, rows); err != nil {
			return 0, err
		}
	}
	ex, err := w.executor(ctx)
	if err != nil {
		return 0, err
	}
	n, err := runInsert(ctx, w.s, ex, w.src, st, part)
	if o.tried != nil {
		o.tried.met = errors.Is(err, fault.ErrConflict)
	}
	if err != nil {
		return n, err
	}
	if _, sql := w.src.(source.SQL); sql && st.Conflict == nil && n < int64(st.Rows) {
		return n, swallowed(st.Model, n, st.Rows)
	}
	if n == 0 {
		return n, nil
	}
	return n, w.verify(ctx, &full)
}

// swallowed is the answer to rows that the database took and did not write.
func swallowed(m *model.Model, n int64, of int) error {
	return fault.New(fault.ErrInvalid, m.Name, "", fmt.Sprintf("the database wrote %d of %d rows and reported no error: a trigger or a rule of the table left out the rest", n, of))
}

// insertAbsent inserts the rows that are not there yet and learns from the source which ones they were. Their number is that
// of the rows that come back: what stands before a distributed database may tell the number that it was given.
func (w *writing) insertAbsent(ctx context.Context, st *builder.Insert, columns []*model.Field, added *AddedRows) (int64, error) {
	st.Returning = columns
	back := source.Rows{Slab: source.NewSlab(st.Model.Type)}
	ex, err := w.executor(ctx)
	if err != nil {
		return 0, err
	}
	n, err := w.s.Timed(ctx, w.src, st, func(ctx context.Context) (int64, error) { return ex.Insert(ctx, st, &back) })
	if err != nil {
		return 0, err
	}
	if _, sql := w.src.(source.SQL); sql {
		n = int64(back.Len())
	}
	for i := 0; added != nil && i < back.Len(); i++ { // before hooks change what comes back
		k, err := entity.Values(added.Fields, back.At(i))
		if err != nil {
			return 0, err
		}
		added.Keys = append(added.Keys, k)
	}
	if len(columns) < len(w.m.Fields) {
		return n, nil
	}
	if w.op != nil {
		w.op.Rows = back.Slice()
	}
	return n, w.verify(ctx, &back.Slab)
}

func runInsert(ctx context.Context, s *engine.Session, ex source.Executor, src source.Source, st *builder.Insert, part source.Slab) (int64, error) {
	if st.Rows > 1 && st.Inserted == nil && (len(st.Returning) > 0 || st.Reply != nil) {
		return insertMany(ctx, s, ex, src, st, part)
	}
	if !s.Observed(ctx) {
		return insertInto(ctx, ex, src, st, part)
	}
	return s.Watch(ctx, src, st, func(ctx context.Context) (int64, error) { return insertInto(ctx, ex, src, st, part) })
}

// insertInto inserts and reads what the source made of one row into part.
func insertInto(ctx context.Context, ex source.Executor, src source.Source, st *builder.Insert, part source.Slab) (int64, error) {
	switch {
	case len(st.Returning) == 0 && st.Reply == nil:
		return ex.Insert(ctx, st, nil)
	case st.Inserted != nil:
		return insertTelling(ctx, ex, src, st, part)
	}
	return ex.Insert(ctx, st, &source.Rows{Slab: part})
}

// newRows lets scopes see and fill the rows of an insert.
type newRows struct {
	st   *builder.Insert
	slab *source.Slab
}

func (r *newRows) Len() int { return r.st.Rows }

func (r *newRows) column(f *model.Field) int {
	for i, x := range r.st.Fields {
		if x == f {
			return i
		}
	}
	return -1
}

func (r *newRows) Get(row int, f *model.Field) model.Value {
	c := r.column(f)
	if c < 0 {
		return model.Null()
	}
	return r.st.Values[row*len(r.st.Fields)+c]
}

// written is Get that tells whether the statement writes the column at all.
func (r *newRows) written(row int, f *model.Field) (model.Value, bool) {
	return r.Get(row, f), r.column(f) >= 0
}

func (r *newRows) Set(row int, f *model.Field, v model.Value) error {
	c := r.column(f)
	if c < 0 {
		return fault.New(fault.ErrInvalid, f.Model.Name, f.Name, "the column is made by the source, so a scope cannot fill it")
	}
	if err := f.Store(r.slab.At(row), v); err != nil {
		return err
	}
	r.st.Values[row*len(r.st.Fields)+c] = v
	return nil
}

// fillsRows reports whether a create may change more of its rows than the columns that the source makes.
func fillsRows(reg *hook.Registry, m *model.Model) bool {
	if m.Indirect() || reg.Scoped(m) || len(reg.Events(m)) > 0 {
		return true
	}
	for _, f := range m.Fields {
		if f.Default != model.NoFill || f.Update != model.NoFill {
			return true
		}
	}
	return false
}
