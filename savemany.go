package orm

import (
	"context"
	"unsafe"
)

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
	if err := r.s.SaveMany(ctx, m, slabOver(m, unsafe.Pointer(unsafe.SliceData(rows)), len(rows)), fields); err != nil {
		return 0, err
	}
	return int64(len(rows)), nil
}

// Attempt is the number of times that Tx has begun the function with this handle, 1 for the first, more where Retry
// made it run again: to tell a log or a metric, or to give up early.
func (db DB) Attempt() int {
	if db.s == nil {
		return 1
	}
	return db.s.Attempt()
}
