package orm

import (
	"context"
	"errors"
	"fmt"
	"unsafe"

	"github.com/multi-orm/orm/internal/engine"
	"github.com/multi-orm/orm/internal/entity"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/once"
)

// ImportResult says what became of one row of an Import.
type ImportResult[T any] struct {
	Index int   // of the row in what was given
	Row   *T    // into the slice that was given; its made fields are filled where Err is nil
	Err   error // why it was not inserted
}

// ImportOption is an option of Import: Check or Batch.
type ImportOption func(*importing)

type importing struct {
	checks []func(ctx context.Context, row any) error
	batch  int
}

// Check makes Import call fn for each row before it is inserted. fn may normalise the row in place; an error leaves the
// row out and becomes its result. T must be the model that is imported.
func Check[T any](fn func(ctx context.Context, row *T) error) ImportOption {
	return func(o *importing) {
		o.checks = append(o.checks, func(ctx context.Context, row any) error {
			t, ok := row.(*T)
			if !ok || fn == nil {
				return &Error{Op: "Import", Err: ErrInvalid, Detail: fmt.Sprintf("Check of %T cannot check a %T", t, row)}
			}
			return fn(ctx, t)
		})
	}
}

// Batch makes Import insert n rows at a time; 500 unless said.
func Batch(n int) ImportOption {
	return func(o *importing) { o.batch = n }
}

// Import inserts those of the rows that can be, in one transaction, and gives a result for each in input order. A
// row that a check refuses, that does not pass validation or that the database refuses (a unique set that has it,
// earlier rows of the import included; a reference to nothing) is left out and does not disturb the others. An error
// is for what concerns the import as a whole, such as a source that failed or a context that ended; then no row
// is inserted. Sources without savepoints are ErrUnsupported.
func (r Repo[T]) Import(ctx context.Context, rows []T, opts ...ImportOption) ([]ImportResult[T], error) {
	m, err := r.writable("Import", false)
	if err != nil {
		return nil, err
	}
	o := importing{batch: 500}
	for _, opt := range opts {
		if opt == nil {
			return nil, &Error{Op: "Import", Model: m.Name, Err: ErrInvalid, Detail: "an option is nil"}
		}
		opt(&o)
	}
	if o.batch < 1 {
		return nil, &Error{Op: "Import", Model: m.Name, Err: ErrInvalid, Detail: "Batch needs a number above 0"}
	}
	src, err := r.s.SourceOf(m)
	if err != nil {
		return nil, err
	}
	if c := src.Capabilities(); !c.Transactions || !c.Savepoints {
		return nil, &Error{Op: "Import", Model: m.Name, Source: src.Name(), Err: ErrUnsupported, Detail: "the source has no savepoints: use CreateMany"}
	}
	slab := slabOver(m, unsafe.Pointer(unsafe.SliceData(rows)), len(rows))
	if err := entity.Disjoint(m, &slab); err != nil {
		return nil, fault.Fill(err, "Import", m.Name, "")
	}
	results := make([]ImportResult[T], len(rows))
	var good []int
	for i := range rows {
		results[i] = ImportResult[T]{Index: i, Row: &rows[i]}
		for _, check := range o.checks {
			if results[i].Err = check(ctx, &rows[i]); results[i].Err != nil {
				break
			}
		}
		if results[i].Err == nil {
			good = append(good, i)
		}
	}
	before := entity.SnapshotOf(m, slab)
	err = r.s.Tx(ctx, engine.TxOptions{}, func(tx *session) error {
		for from := 0; from < len(good); from += o.batch {
			if err := importBatch(ctx, Repo[T]{tx}, rows, good[from:min(from+o.batch, len(good))], results); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		before.Restore() // as the checks left them: none of them is there
		return nil, err
	}
	return results, nil
}

// importBatch inserts rows together, or one by one where that fails.
func importBatch[T any](ctx context.Context, r Repo[T], rows []T, which []int, results []ImportResult[T]) error {
	part := make([]T, len(which))
	for i, at := range which {
		part[i] = rows[at]
	}
	ctx = once.With(ctx)
	create := func(part []T) error {
		return r.s.Tx(ctx, engine.TxOptions{}, func(tx *session) error {
			_, err := Repo[T]{tx}.CreateMany(ctx, part)
			return err
		})
	}
	err := create(part)
	if err == nil {
		for i, at := range which {
			rows[at] = part[i]
		}
		return nil
	}
	if !ofRow(err) {
		return err
	}
	for i, at := range which {
		part[i] = rows[at]
		one := part[i : i+1] // where it was, so that what has been asked about it is not asked again
		if err := create(one); err == nil {
			rows[at] = one[0]
		} else if results[at].Err = err; !ofRow(err) {
			return err
		}
	}
	return nil
}

// ofRow reports whether err speaks of a row, so that others may go on. A hook's own error does.
func ofRow(err error) bool {
	for _, whole := range []error{ErrNoActor, ErrActorSwitch, ErrClosed, ErrUpstream, ErrCommitUnknown, ErrAuth, ErrUnsupported, context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, whole) {
			return false
		}
	}
	return !engine.Retryable(err)
}
