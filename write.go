package orm

import (
	"context"
	"unsafe"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/entity"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/related"
	"github.com/multi-orm/orm/internal/scoping"
	"github.com/multi-orm/orm/internal/writing"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// Create inserts row and fills what was left to make: the auto column, defaults, what scopes own.
// A unique set that has the row already is ErrConflict, a reference to an absent row ErrReference.
//
// Assignments of relations write related rows in the same transaction, as in Create(ctx, &u, Users.Orders.Create(&o)).
// An assignment of a column says its value in place of the struct's, and means it where it is zero: no default fills the
// column then, as in Create(ctx, &u, Users.Quota.Set(0)).
func (r Repo[T]) Create(ctx context.Context, row *T, sets ...Assign[T]) error {
	m, err := r.writable("Create", row == nil)
	if err != nil {
		return err
	}
	return creating(row, m, sets, func(nested []builder.Set, said []*model.Field) error {
		o := writing.CreateOptions{Said: said}
		if len(nested) > 0 {
			return related.CreateNested(ctx, r.s, "Create", m, unsafe.Pointer(row), nested, o)
		}
		_, err := writing.Create(ctx, r.s, "Create", m, slabOver(m, unsafe.Pointer(row), 1), o)
		return err
	})
}

// creating puts the values of assigned columns into row and hands the assignments of relations to write. A write that
// fails leaves the struct as it was.
func creating[T any](row *T, m *model.Model, sets []Assign[T], write func(nested []builder.Set, said []*model.Field) error) error {
	if len(sets) == 0 {
		return write(nil, nil)
	}
	before := entity.SnapshotOf(m, slabOver(m, unsafe.Pointer(row), 1))
	nested, said, err := say(m, unsafe.Pointer(row), assignments(sets))
	if err == nil {
		err = write(nested, said)
	}
	if err != nil {
		before.Restore()
	}
	return fault.Fill(err, "Create", m.Name, "")
}

// say puts the values of assigned columns into the row at p and gives the assignments of relations and the columns.
func say(m *model.Model, p unsafe.Pointer, sets []builder.Set) (nested []builder.Set, said []*model.Field, err error) {
	for _, s := range sets {
		f := s.Field
		switch {
		case s.Err != nil:
			return nil, nil, s.Err
		case s.Op == builder.SetNested:
			nested = append(nested, s)
			continue
		case f == nil || f.Model != m || f.IsComputed:
			return nil, nil, fault.New(ErrInvalid, m.Name, "", "an assignment is of no column of the new row")
		case s.Op != builder.SetValue:
			return nil, nil, fault.New(ErrInvalid, m.Name, f.Name, "a new row has no value yet that an assignment could be made of: say Set")
		}
		if err := f.Store(p, s.Value); err != nil {
			return nil, nil, err
		}
		if f.Auto && f.IsZero(p) {
			return nil, nil, fault.New(ErrInvalid, m.Name, f.Name, "the source makes the column of a new row: leave it out")
		}
		said = append(said, f)
	}
	return nested, said, nil
}

// BulkOption is an option of CreateMany: SkipDuplicates or Progress.
type BulkOption = builder.BulkOption

// SkipDuplicates leaves out rows that a unique set has already. Only unique sets are meant: other
// failures still fail. Made fields are not filled, since no source says which rows it left out.
func SkipDuplicates() BulkOption {
	return func(o *builder.BulkOptions) { o.SkipDuplicates = true }
}

// Progress calls fn after each batch with the rows done so far. It is called inside the transaction.
func Progress(fn func(done, total int)) BulkOption {
	return func(o *builder.BulkOptions) { o.Progress = fn }
}

// CreateMany inserts rows, all or none, and fills their made fields in place, in input order. It splits
// them by what one statement of the source takes. It gives the number of rows inserted.
func (r Repo[T]) CreateMany(ctx context.Context, rows []T, opts ...BulkOption) (int64, error) {
	m, err := r.writable("CreateMany", false)
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	var o writing.CreateOptions
	for _, opt := range opts {
		if opt == nil {
			return 0, &Error{Op: "CreateMany", Model: m.Name, Err: ErrInvalid, Detail: "an option is nil"}
		}
		opt(&o.BulkOptions)
	}
	return writing.Create(ctx, r.s, "CreateMany", m, slabOver(m, unsafe.Pointer(unsafe.SliceData(rows)), len(rows)), o)
}

// slabOver is a slab of rows that exist already, all of them taken.
func slabOver(m *model.Model, base unsafe.Pointer, n int) source.Slab {
	s := source.SlabAt(m.Type, base, n)
	for range n {
		s.Next()
	}
	return s
}

func (r Repo[T]) writable(op string, isNil bool) (*model.Model, error) {
	q := r.Query()
	if q.st.Err != nil {
		return nil, fault.Fill(q.st.Err, op, modelName(q.st.Model), "")
	}
	if isNil {
		return nil, &Error{Op: op, Model: q.st.Model.Name, Err: ErrInvalid, Detail: "the row is a nil pointer"}
	}
	return q.st.Model, nil
}

// Save writes every column of row by its key, zero values included. No row is ErrNotFound. With a version
// column the row must not have changed since it was read, else ErrStale; the struct's version moves on.
//
// Columns that no update may change, which are createonly or readonly, are not written: in the struct they then are what the row of a
// database holds; an API's are left as they were. Generated columns are read back as well.
//
// Given columns, it writes those only: for a row that was read with Select or Omit, whose other fields are
// empty in the struct but not in the database. A struct does not know what it was read with unless its type has a field
// of type [Loaded]: then Save writes the columns that were read, a field that was not read and is set is ErrInvalid, and
// so is an Upsert of the row without assignments.
func (r Repo[T]) Save(ctx context.Context, row *T, only ...Selectable[T]) error {
	m, err := r.writable("Save", row == nil)
	if err != nil {
		return err
	}
	fields, err := fieldsOf("Save", m, only)
	if err != nil {
		return err
	}
	return writing.Save(ctx, r.s, m, unsafe.Pointer(row), fields)
}

// SaveMany is [Repo.Save] of many rows, all or none, and gives their number: a row that is not there is
// ErrNotFound, one that changed since it was read ErrStale, two rows of the same key ErrInvalid, and then nothing is
// written and the structs stay as they were. Given columns, it writes those only. One statement writes as many rows as
// the source takes, unless hooks are registered for the model: they see each row as an update.
func (r Repo[T]) SaveMany(ctx context.Context, rows []T, only ...Selectable[T]) (int64, error) {
	m, err := r.writable("SaveMany", false)
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	fields, err := fieldsOf("SaveMany", m, only)
	if err != nil {
		return 0, err
	}
	if err := writing.SaveMany(ctx, r.s, m, slabOver(m, unsafe.Pointer(unsafe.SliceData(rows)), len(rows)), fields); err != nil {
		return 0, err
	}
	return int64(len(rows)), nil
}

// Upsert inserts row, or changes the row that has the same columns on, in one atomic statement; row then
// holds what the database holds. Without assignments the existing row gets every column given but the key,
// auto, createonly and tenant ones. A row that the actor may not change is ErrConflict.
func (r Repo[T]) Upsert(ctx context.Context, on Conflict[T], row *T, sets ...Assign[T]) error {
	m, err := r.writable("Upsert", row == nil)
	if err == nil {
		err = on.err
	}
	if err != nil {
		return fault.Fill(err, "Upsert", modelName(m), "")
	}
	if on.inserted != nil {
		return writing.UpsertTelling(ctx, r.s, m, on.fields, unsafe.Pointer(row), assignments(sets), on.inserted)
	}
	return writing.Upsert(ctx, r.s, m, on.fields, unsafe.Pointer(row), assignments(sets))
}

func assignments[T any](in []Assign[T]) []builder.Set {
	out := make([]builder.Set, len(in))
	for i := range in {
		out[i] = in[i].Set()
	}
	return out
}

// Update changes the one row that ByID names, or that a unique column's Eq names (within the caller's tenant, where the set is unique
// together with it), and gives it as it then is, with the relations that With names. No row is ErrNotFound. Assignments of relations, as in Users.Orders.Link(orm.Key[Order](7)), write
// related rows in the same transaction.
//
// Without assignments, as a patch in which everything is absent gives none, nothing is written: the row is read, and update= columns
// and the version stay as they are.
func (q Query[T]) Update(ctx context.Context, sets ...Assign[T]) (T, error) {
	var none T
	st := &builder.Update{Model: q.st.Model, Where: q.st.Where, Set: assignments(sets), Returning: q.returning(), Expect: builder.SomeRow, Deleted: q.st.Deleted}
	if err := q.one(ctx, "Update"); err != nil {
		return none, q.refuseUpdate(ctx, "Update", st, err)
	}
	if len(sets) == 0 {
		return q.single(Primary(ctx), "Update", 1)
	}
	rows := source.Rows{Slab: source.SlabOf[T](1)}
	if len(q.st.Includes) > 0 {
		err := q.together(ctx, "Update", &rows.Slab, func(tx *session, returning []*model.Field) (err error) {
			st.Returning = returning
			if builder.HasNested(st.Set) {
				return related.UpdateNested(ctx, tx, "Update", st, &rows)
			}
			_, err = writing.Update(ctx, tx, "Update", st, &rows)
			return err
		})
		if err != nil {
			return none, err
		}
		return only[T](&rows, "Update", q.st.Model)
	}
	if builder.HasNested(st.Set) {
		if err := related.UpdateNested(ctx, q.s, "Update", st, &rows); err != nil {
			return none, err
		}
		return only[T](&rows, "Update", q.st.Model)
	}
	if _, err := writing.Update(ctx, q.s, "Update", st, &rows); err != nil {
		return none, err
	}
	return only[T](&rows, "Update", q.st.Model)
}

func only[T any](rows *source.Rows, op string, m *model.Model) (none T, err error) {
	if rows.Len() == 0 {
		return none, &Error{Op: op, Model: m.Name, Err: ErrNotFound}
	}
	return source.Take[T](&rows.Slab)[0], nil
}

func (q *Query[T]) returning() []*model.Field {
	if q.st.Columns != nil || q.st.Model == nil {
		return q.st.Columns
	}
	return q.st.Model.Fields
}

// UpdateMany changes every row that passes the conditions and gives their number. Without a condition it
// is ErrUnboundedWrite unless EveryRow is said.
func (q Query[T]) UpdateMany(ctx context.Context, sets ...Assign[T]) (int64, error) {
	st := &builder.Update{Model: q.st.Model, Where: q.st.Where, Set: assignments(sets), Deleted: q.st.Deleted}
	if err := q.mass("UpdateMany"); err != nil {
		return 0, q.refuseUpdate(ctx, "UpdateMany", st, err)
	}
	return writing.Update(ctx, q.s, "UpdateMany", st, nil)
}

// UpdateReturning is UpdateMany that gives the rows as they then are, also those that no longer pass, with the
// relations that With names.
func (q Query[T]) UpdateReturning(ctx context.Context, sets ...Assign[T]) ([]T, error) {
	st := &builder.Update{Model: q.st.Model, Where: q.st.Where, Set: assignments(sets), Returning: q.returning(), Deleted: q.st.Deleted}
	if err := q.mass("UpdateReturning"); err != nil {
		return nil, q.refuseUpdate(ctx, "UpdateReturning", st, err)
	}
	rows := source.Rows{Slab: source.SlabOf[T](0)}
	if len(q.st.Includes) > 0 {
		err := q.together(ctx, "UpdateReturning", &rows.Slab, func(tx *session, returning []*model.Field) error {
			st.Returning = returning
			_, err := writing.Update(ctx, tx, "UpdateReturning", st, &rows)
			return err
		})
		if err != nil {
			return nil, err
		}
		return source.Take[T](&rows.Slab), nil
	}
	if _, err := writing.Update(ctx, q.s, "UpdateReturning", st, &rows); err != nil {
		return nil, err
	}
	return source.Take[T](&rows.Slab), nil
}

// Delete removes the one row that ByID names, or that a unique column's Eq names, as Update does, and gives it as it was.
// Relations that With names are loaded before. No row is ErrNotFound.
func (q Query[T]) Delete(ctx context.Context) (T, error) {
	var none T
	st := &builder.Delete{Model: q.st.Model, Where: q.st.Where, Returning: q.returning(), Expect: builder.SomeRow, Deleted: q.st.Deleted}
	if err := q.one(ctx, "Delete"); err != nil {
		return none, q.refuseDelete(ctx, "Delete", st, err)
	}
	rows := source.Rows{Slab: source.SlabOf[T](1)}
	if len(q.st.Includes) > 0 {
		if err := writing.DeleteLoaded(ctx, q.s, q.returned("Delete"), st, &rows); err != nil {
			return none, err
		}
		return only[T](&rows, "Delete", q.st.Model)
	}
	if _, err := writing.Delete(ctx, q.s, "Delete", st, &rows); err != nil {
		return none, err
	}
	return only[T](&rows, "Delete", q.st.Model)
}

// DeleteMany removes every row that passes the conditions and gives their number. Without a condition it
// is ErrUnboundedWrite unless EveryRow is said.
func (q Query[T]) DeleteMany(ctx context.Context) (int64, error) {
	st := &builder.Delete{Model: q.st.Model, Where: q.st.Where, Deleted: q.st.Deleted}
	if err := q.mass("DeleteMany"); err != nil {
		return 0, q.refuseDelete(ctx, "DeleteMany", st, err)
	}
	return writing.Delete(ctx, q.s, "DeleteMany", st, nil)
}

// DeleteReturning is DeleteMany that gives the rows as they were, in no particular order, with the relations that With names,
// loaded before.
func (q Query[T]) DeleteReturning(ctx context.Context) ([]T, error) {
	st := &builder.Delete{Model: q.st.Model, Where: q.st.Where, Returning: q.returning(), Deleted: q.st.Deleted}
	if err := q.mass("DeleteReturning"); err != nil {
		return nil, q.refuseDelete(ctx, "DeleteReturning", st, err)
	}
	rows := source.Rows{Slab: source.SlabOf[T](0)}
	var err error
	if len(q.st.Includes) > 0 {
		err = writing.DeleteLoaded(ctx, q.s, q.returned("DeleteReturning"), st, &rows)
	} else {
		_, err = writing.Delete(ctx, q.s, "DeleteReturning", st, &rows)
	}
	if err != nil {
		return nil, err
	}
	return source.Take[T](&rows.Slab), nil
}

// refuseUpdate tells the hooks of the model, where there is one, why nothing runs.
func (q *Query[T]) refuseUpdate(ctx context.Context, op string, st *builder.Update, err error) error {
	if q.s == nil || q.st.Model == nil || q.st.Err != nil {
		return err
	}
	return writing.RefuseUpdate(ctx, q.s, op, st, err)
}

func (q *Query[T]) refuseDelete(ctx context.Context, op string, st *builder.Delete, err error) error {
	if q.s == nil || q.st.Model == nil || q.st.Err != nil {
		return err
	}
	return writing.RefuseDelete(ctx, q.s, op, st, err)
}

// mass checks a write of many rows.
func (q *Query[T]) mass(op string) error {
	if err := q.plain(op); err != nil {
		return err
	}
	if !q.everyRow && !q.st.Where.Bounded() {
		return &Error{Op: op, Model: q.st.Model.Name, Err: ErrUnboundedWrite, Detail: "add Where, or say EveryRow"}
	}
	return nil
}

// one checks a write of one row: the condition must name it by the key or a unique set, of which a scope may hold a part.
func (q *Query[T]) one(ctx context.Context, op string) error {
	if err := q.plain(op); err != nil {
		return err
	}
	if q.keyed {
		return nil
	}
	named, err := q.namesOne(ctx)
	if err != nil {
		return fault.Fill(err, op, q.st.Model.Name, "")
	}
	if !named {
		return &Error{Op: op, Model: q.st.Model.Name, Err: ErrInvalid, Detail: "it changes one row: name it with ByID or by Eq on unique columns, or use " + op + "Many"}
	}
	return nil
}

// plain refuses what a write would have to ignore.
func (q *Query[T]) plain(op string) error {
	detail := ""
	switch {
	case q.st.Err != nil:
		return fault.Fill(q.st.Err, op, modelName(q.st.Model), "")
	case q.st.HasTake || q.st.Skip > 0 || q.st.Order.Len() > 0:
		detail = "a write has no order and no page: select the keys first"
	case len(q.st.Includes) > 0 && (op == "UpdateMany" || op == "DeleteMany" || op == "Restore" || op == "ForceDelete"):
		detail = "a write that gives a number has no includes"
	case q.st.Extra != nil:
		detail = "a write reads no computed values: read the rows afterwards"
	case q.st.Distinct:
		detail = "a write is not distinct"
	case q.st.Lock != builder.NoLock:
		detail = "a write locks its rows anyway"
	default:
		return nil
	}
	return &Error{Op: op, Model: q.st.Model.Name, Err: ErrInvalid, Detail: detail}
}

// namesOne reports whether the conditions fix the key or a unique set by equality, but for columns that a scope keeps to one value of the
// caller's, as the tenant is.
func (q *Query[T]) namesOne(ctx context.Context) (bool, error) {
	m, fixed := q.st.Model, map[*model.Field]bool{}
	for i := range q.st.Where.Len() {
		if e := q.st.Where.At(i); e.Op == builder.OpEq && !e.Fold {
			fixed[e.Field] = true
		}
	}
	sets := [][]*model.Field{m.Key}
	for _, u := range m.Uniques {
		sets = append(sets, u.Fields)
	}
	for _, set := range sets {
		named := len(set) > 0
		for _, f := range set {
			if named = fixed[f]; !named && scoping.Immovable(f) {
				_, held, err := scoping.HeldTo(ctx, q.s, f)
				if err != nil {
					return false, err
				}
				named = held
			}
			if !named {
				break
			}
		}
		if named {
			return true, nil
		}
	}
	return false, nil
}
