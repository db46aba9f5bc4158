// Package source says what a data source is: something that executes statements and decodes their
// rows in place. The sources themselves are packages of their own, so that a driver is linked only
// where it is imported: source/postgres, source/sqlite, source/sqlserver and source/httpapi.
//
// A source receives plain data (package builder) that has passed the hooks and the scopes. It refuses
// a statement whose Scoped mark is missing, so a path that forgets the scopes fails instead of leaking.
package source

import (
	"context"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// Capabilities say what a source can do; nothing is inferred from names or versions.
type Capabilities struct {
	Transactions         bool
	Savepoints           bool
	TransactionalDDL     bool
	Returning            bool // writes give rows back
	Upsert               bool
	RowLocks             bool
	SkipLocked           bool
	Copy                 bool
	RowPolicies          bool // row-level security in the database
	Raw                  bool // understands SQL text
	ConcurrentStatements bool // one transaction can read two results at once
	NumericTimes         bool // columns of times may keep numbers, as type=integer and type=real say
	// Relations says that a source without SQL follows the relations between its own models: it filters by them, counts
	// their rows, and gives their rows inside those of their parents (Select.Inside).
	Relations bool
}

// Executor runs statements: a source outside any transaction, or a transaction.
// Each method fails with *fault.Error; a cancelled context is found by errors.Is.
type Executor interface {
	// Select reads into rows. A count or an existence test gives one row of one int64;
	// an existence test gives no row when there is none.
	Select(ctx context.Context, st *builder.Select, rows *Rows) error
	// Insert adds rows and gives the number added; st.Returning is read into rows, which may be nil
	// when nothing is returned.
	Insert(ctx context.Context, st *builder.Insert, rows *Rows) (int64, error)
	// Update changes rows and gives their number.
	Update(ctx context.Context, st *builder.Update, rows *Rows) (int64, error)
	// Delete removes rows and gives their number.
	Delete(ctx context.Context, st *builder.Delete, rows *Rows) (int64, error)
}

// Source is a data source given to Open.
type Source interface {
	Executor
	// Name is the name that datasource= uses.
	Name() string
	Capabilities() Capabilities
	// Open connects and checks what can be checked of the models bound to the source.
	Open(ctx context.Context, models []*model.Model) error
	// Close gives everything back that Open took; what the caller made stays open. It may be called twice.
	Close() error
}

// RawExecutor runs SQL text as it stands.
type RawExecutor interface {
	// Query reads the result into rows through rows.Resolve. The placeholders are the source's own.
	Query(ctx context.Context, text string, args []model.Value, rows *Rows) error
	// Exec runs text and gives the number of rows it touched.
	Exec(ctx context.Context, text string, args []model.Value) (int64, error)
}

// SQL is a source that understands SQL.
type SQL interface {
	Source
	RawExecutor
	Dialect() dialect.Dialect
	// Compile gives the text and arguments of st without running it.
	Compile(st builder.Statement) (string, []model.Value, error)
	// Begin starts a transaction.
	Begin(ctx context.Context, o TxOptions) (Tx, error)
}

// Isolation is a transaction's isolation level.
type Isolation uint8

// The isolation levels; DefaultIsolation is the database's own.
const (
	DefaultIsolation Isolation = iota
	ReadCommitted
	RepeatableRead
	Serializable
)

// TxOptions say what kind of transaction Begin starts.
type TxOptions struct {
	Isolation Isolation
	ReadOnly  bool
}

// Tx is a transaction. Its methods are for one goroutine at a time. After Commit or Rollback the
// connection is back in its pool, whatever they return.
type Tx interface {
	Executor
	RawExecutor
	// Commit fails with ErrCommitUnknown when the connection was lost before the answer came.
	Commit(ctx context.Context) error
	// Rollback runs even when ctx is done; after Commit it does nothing.
	Rollback(ctx context.Context) error
	// Savepoint, RollbackTo and Release nest; names are the library's own identifiers.
	Savepoint(ctx context.Context, name string) error
	RollbackTo(ctx context.Context, name string) error
	Release(ctx context.Context, name string) error
}

// Guard refuses a statement that the scoping step has not seen.
func Guard(st builder.Statement) error {
	if st.IsScoped() {
		return nil
	}
	return &fault.Error{Op: st.Verb(), Model: st.Root().Name, Err: fault.ErrDenied, Detail: "the statement reached its source without passing the scopes"}
}
