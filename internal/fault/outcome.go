package fault

import (
	"context"
	"errors"
)

// Outcome is what became of a call that failed. The larger one of two is the less certain.
type Outcome uint8

// The outcomes. Untold is that of an error which does not say.
const (
	Untold Outcome = iota
	Unsent
	Undone
	Unknown
)

// Ended gives err with the outcome o, which replaces what it said of it.
func Ended(err error, o Outcome) error {
	if err == nil {
		return nil
	}
	if e, ok := err.(*Error); ok { //nolint:errorlint // only the outermost error may be completed in place
		c := *e
		c.outcome = o
		return &c
	}
	return &Error{Err: err, outcome: o}
}

// WithOutcome says what became of the call.
func (e *Error) WithOutcome(o Outcome) *Error {
	e.outcome = o
	return e
}

// Doubtful says of a write that nobody knows whether it was done. cause is what happened.
func Doubtful(model, source, detail string, cause error) *Error {
	return (&Error{Model: model, Source: source, Err: ErrCommitUnknown, Detail: detail, outcome: Unknown}).WithCause(cause)
}

// OutcomeOf gives the outcome that err tells, the least certain where it is several errors.
func OutcomeOf(err error) Outcome {
	if err == nil {
		return Untold
	}
	if all, ok := err.(interface{ Unwrap() []error }); ok && told(err) != Untold {
		if _, single := err.(*Error); !single { //nolint:errorlint // the tree is walked here
			out := Untold
			for _, part := range all.Unwrap() {
				out = max(out, OutcomeOf(part))
			}
			return out
		}
	}
	if o := told(err); o != Untold {
		return o
	}
	for _, vague := range []error{ErrCommitUnknown, ErrUpstream, context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, vague) {
			return Unknown
		}
	}
	var ours *Error
	if errors.As(err, &ours) {
		return Undone
	}
	return Unknown // it is none of ours
}

// told is what an error or one that it wraps says outright.
func told(err error) Outcome {
	if e, ok := err.(*Error); ok && e.outcome != Untold { //nolint:errorlint // the tree is walked here
		return e.outcome
	}
	switch e := err.(type) { //nolint:errorlint // the tree is walked here
	case interface{ Unwrap() []error }:
		out := Untold
		for _, part := range e.Unwrap() {
			out = max(out, told(part))
		}
		return out
	case interface{ Unwrap() error }:
		return told(e.Unwrap())
	}
	return Untold
}
