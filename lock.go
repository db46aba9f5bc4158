package orm

import "github.com/multi-orm/orm/builder"

// RowLock is an option of Lock.
type RowLock uint8

// The row locks, and what to do with rows that others hold.
const (
	ForUpdate  RowLock = iota // against every other lock and write
	ForShare                  // against writes
	SkipLocked                // leave out rows that others hold
	NoWait                    // fail at once when a row is held
)

// Lock locks the rows read until the transaction ends: orm.ForUpdate or orm.ForShare, with orm.SkipLocked or
// orm.NoWait beside it. On SQLite a transaction that writes keeps all others from writing, so either lock is that
// of the whole database, waited for by those with _txlock=deferred when they first lock; SkipLocked and NoWait are
// ErrUnsupported there. In a transaction that is ReadOnly it is refused, as writes are, outside a transaction it is
// ErrInvalid, and on sources without transactions ErrUnsupported.
func (q Query[T]) Lock(options ...RowLock) Query[T] {
	q.st.Lock = builder.ForUpdate
	modes, waits := 0, 0
	for _, o := range options {
		switch o {
		case ForUpdate:
			modes++
		case ForShare:
			q.st.Lock = builder.ForShare
			modes++
		case SkipLocked:
			q.st.LockWait = builder.SkipLocked
			waits++
		case NoWait:
			q.st.LockWait = builder.NoWait
			waits++
		default:
			return q.invalid("", "Lock was given an option that does not exist")
		}
	}
	if modes > 1 || waits > 1 {
		return q.invalid("", "Lock was given options that exclude each other")
	}
	if q.s == nil || q.s.InTransaction() {
		return q
	}
	if src, err := q.s.SourceOf(q.st.Model); err != nil || src.Capabilities().Transactions { // others refuse the lock itself
		return q.invalid("", "a row lock holds until its transaction ends: use the DB that Tx gives")
	}
	return q
}
