package orm

import "github.com/multi-orm/orm/internal/fault"

// Error is the type of every error of this library: what was asked, of which model, source and field, the
// sentinel that says the kind, and one sentence on what to do. Its text never holds row values, secrets or
// the driver's words; the driver's own error is there for errors.As.
type Error = fault.Error

// The kinds of errors, found with errors.Is.
var (
	ErrNotFound       = fault.ErrNotFound       // a call for one row found none, or none that the actor may see
	ErrConflict       = fault.ErrConflict       // a unique set has the row already
	ErrReference      = fault.ErrReference      // a foreign key leads nowhere, or is still in use
	ErrInvalid        = fault.ErrInvalid        // the call or a value is wrong; nothing was run, or the source refused it
	ErrStale          = fault.ErrStale          // the row's version moved on
	ErrDenied         = fault.ErrDenied         // a policy, a hook or the database forbids it
	ErrNoActor        = fault.ErrNoActor        // a scope needs an actor and the context has none
	ErrActorSwitch    = fault.ErrActorSwitch    // a transaction was used with another actor
	ErrUnboundedWrite = fault.ErrUnboundedWrite // a mass write has no condition and did not say EveryRow
	ErrBadCursor      = fault.ErrBadCursor      // a cursor is forged, or of another query
	ErrLimit          = fault.ErrLimit          // a bound of Limits or of the library was met
	ErrAuth           = fault.ErrAuth           // the source refused the credentials
	ErrUnsupported    = fault.ErrUnsupported    // the source cannot do this
	ErrUpstream       = fault.ErrUpstream       // the source failed or cannot be reached
	ErrCommitUnknown  = fault.ErrCommitUnknown  // the answer to a write or a COMMIT was lost; look before repeating
	ErrClosed         = fault.ErrClosed         // the DB or the transaction has ended
)
