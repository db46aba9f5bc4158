package orm

import "github.com/multi-orm/orm/internal/fault"

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
