// Package fault holds the sentinels and the typed error that every room returns, so that the
// root package can export them and errors.Is works whichever room an error came from.
package fault

import (
	"errors"
	"strings"
)

// The sentinels. The root package exports each under the same name and documents it.
var (
	ErrNotFound       = errors.New("not found")
	ErrConflict       = errors.New("conflict with an existing row")
	ErrReference      = errors.New("reference to a row that does not exist, or is still in use")
	ErrInvalid        = errors.New("invalid")
	ErrStale          = errors.New("stale: the row changed since it was read")
	ErrDenied         = errors.New("denied")
	ErrNoActor        = errors.New("no actor in the context")
	ErrActorSwitch    = errors.New("the transaction belongs to another actor")
	ErrUnboundedWrite = errors.New("mass write without a condition")
	ErrBadCursor      = errors.New("bad cursor")
	ErrLimit          = errors.New("limit exceeded")
	ErrAuth           = errors.New("authentication with the source failed")
	ErrUnsupported    = errors.New("unsupported by the source")
	ErrUpstream       = errors.New("source failed")
	ErrCommitUnknown  = errors.New("outcome of the write is unknown")
	ErrClosed         = errors.New("closed")
)

// Error says what failed and where. Error() never holds row values or driver text;
// the driver's own error is reachable with errors.As for operators who need it.
type Error struct {
	Op         string   // what was asked: "create", "all", "open", …
	Model      string   // the Go type's name, or ""
	Source     string   // the data source's name, or ""
	Field      string   // the Go field's name, or ""
	Fields     []string // the Go fields' names where the refusal is of several together, as of a composite unique set; else nil
	Constraint string   // the constraint's name as the database knows it, or ""
	Detail     string   // one sentence that says what to do
	Err        error    // a sentinel, or a wrapped cause that is safe to print

	cause   error
	outcome Outcome
	whole   bool // Detail is a whole sentence that names model and field itself
}

// WithCause attaches the driver's error: found by errors.Is and errors.As, never printed.
func (e *Error) WithCause(err error) *Error {
	e.cause = err
	return e
}

// Error renders "orm: op Model.Field (source): sentinel: detail".
func (e *Error) Error() string {
	if e.whole {
		return "orm: " + e.Detail
	}
	var where []string
	if e.Op != "" {
		where = append(where, e.Op)
	}
	switch {
	case e.Model != "" && e.Field != "":
		where = append(where, e.Model+"."+e.Field)
	case e.Model+e.Field != "":
		where = append(where, e.Model+e.Field)
	}
	if e.Source != "" {
		where = append(where, "(source "+e.Source+")")
	}
	parts := make([]string, 0, 3)
	if len(where) > 0 {
		parts = append(parts, strings.Join(where, " "))
	}
	if e.Err != nil {
		what := strings.TrimPrefix(e.Err.Error(), "orm: ")
		if e.Constraint != "" {
			what += " [constraint " + e.Constraint + "]"
		}
		parts = append(parts, what)
	}
	if e.Detail != "" {
		parts = append(parts, e.Detail)
	}
	return "orm: " + strings.Join(parts, ": ")
}

// Unwrap gives the sentinel and the driver's error to errors.Is and errors.As.
func (e *Error) Unwrap() []error {
	switch {
	case e.Err == nil && e.cause == nil:
		return nil
	case e.cause == nil:
		return []error{e.Err}
	case e.Err == nil:
		return []error{e.cause}
	}
	return []error{e.Err, e.cause}
}

// New makes an Error of a sentinel with the model, the field and the advice.
func New(sentinel error, model, field, detail string) *Error {
	return &Error{Model: model, Field: field, Err: sentinel, Detail: detail}
}

// Say makes an Error that prints as "orm: " and the sentence, nothing else.
func Say(sentinel error, model, field, sentence string) *Error {
	return &Error{Model: model, Field: field, Err: sentinel, Detail: sentence, whole: true}
}

// Join joins errors; one alone stays as it is, so that callers can complete it.
func Join(errs []error) error {
	var only error
	n := 0
	for _, err := range errs {
		if err != nil {
			only = err
			n++
		}
	}
	if n < 2 {
		return only
	}
	return errors.Join(errs...)
}

// All gives the errors that Join joined, err itself where it joined none.
func All(err error) []error {
	if _, single := err.(*Error); single || err == nil { //nolint:errorlint // an Error unwraps to its parts, which are no errors beside it
		return []error{err}
	}
	if all, ok := err.(interface{ Unwrap() []error }); ok {
		return all.Unwrap()
	}
	return []error{err}
}

// Fill adds what the caller knows to err: operation, model and source where err does not say them.
// An error of another type is wrapped as it is.
func Fill(err error, op, model, source string) error {
	if err == nil {
		return nil
	}
	if e, ok := err.(*Error); ok { //nolint:errorlint // only the outermost error may be completed in place
		c := *e
		if c.Op == "" {
			c.Op = op
		}
		if c.Model == "" {
			c.Model = model
		}
		if c.Source == "" {
			c.Source = source
		}
		return &c
	}
	var inner *Error
	if errors.As(err, &inner) {
		return err
	}
	return &Error{Op: op, Model: model, Source: source, Err: err}
}
