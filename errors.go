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

// Outcome is what became of a call that failed, as far as anybody can know. [OutcomeOf] tells it.
type Outcome = fault.Outcome

// The outcomes of a call that failed.
const (
	// Unsent: nothing that the source could have run has reached it. The call may be made again.
	Unsent = fault.Unsent
	// Undone: the source refused it, or undid all of it. Nothing stays, and made again it may fail again.
	Undone = fault.Undone
	// Unknown: it was sent, and no answer came that says whether it was done. Look before making a write again.
	Unknown = fault.Unknown
)

// OutcomeOf tells what became of the call that gave err: [Unsent], [Undone] or [Unknown], the least certain of them where
// a call did several things. It is zero for nil. A write whose outcome is Unknown because its answer was lost is
// [ErrCommitUnknown] too. Errors of other origin are Unknown.
//
// Reads change nothing: for them Unsent and Undone only say how far they came. What is provably unsent has been tried three
// times before the error is told, inside the caller's deadline.
func OutcomeOf(err error) Outcome { return fault.OutcomeOf(err) }
