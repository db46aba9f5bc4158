package guard

import (
	"context"
	"errors"
	"strings"

	"github.com/go-playground/validator/v10"

	"github.com/multi-orm/orm"
)

// The codes of Error.
const (
	CodeShape      = "SHAPE_INVALID"     // 400: the request asks what the shape does not allow, or is no request
	CodeValidation = "VALIDATION_FAILED" // 422: a value breaks a rule of its column
	CodeCaller     = "CALLER_UNKNOWN"    // 400: no variant is for the caller
	CodePolicy     = "POLICY_DENIED"     // 403: a scope, a hook, a forced condition or the database forbids it
	CodeLimit      = "LIMIT"             // 413: the request is larger than the shape or the library allows
	CodeNotFound   = "NOT_FOUND"         // 404: there is no such row, or none that the actor may see
	CodeConflict   = "CONFLICT"          // 409: a unique set, a reference or a version stands against the write
	CodeInternal   = "INTERNAL"          // 500: the program is wrong, 503: a source failed; the request may be right
)

// Error is the error of every verb. Its text may be shown to whoever sent the request: it holds no values and no names
// that the shape does not show. What lies below is for logs, and errors.Is and errors.As find it: the sentinels of
// package orm, *orm.Error, validator.ValidationErrors.
type Error struct {
	Status int    // of HTTP, 400 to 599
	Code   string // one of the codes above
	// Path leads to the part of the request that was refused, as in where.tasks.some.done or data.tags.create[0].name;
	// "" is the request as a whole.
	Path string
	Err  error // the cause; never nil
	// Fields tells each value that breaks a rule, where the code is VALIDATION_FAILED.
	Fields []FieldFault

	detail string
}

// FieldFault is a value of a request that breaks a rule.
type FieldFault struct {
	Path   string // as in Error
	Detail string // what is wrong, without the value
}

// Error gives the path and what is wrong there.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("guard: ")
	if e.Path != "" {
		b.WriteString(e.Path)
		b.WriteString(": ")
	}
	b.WriteString(e.Detail())
	return b.String()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// HTTPStatus gives Status, for [orm.HTTPStatus].
func (e *Error) HTTPStatus() int { return e.Status }

// Detail is Error without the path: what is wrong, in words that may be shown.
func (e *Error) Detail() string {
	if e.detail != "" {
		return e.detail
	}
	return told(e.Code)
}

func told(code string) string {
	switch code {
	case CodePolicy:
		return "it is not allowed"
	case CodeNotFound:
		return "there is no such row"
	case CodeConflict:
		return "it stands in conflict with what is there"
	case CodeLimit:
		return "it is too large"
	case CodeInternal:
		return "it could not be done"
	}
	return "the request is invalid"
}

func refusal(path, detail string) *Error {
	return &Error{Status: 400, Code: CodeShape, Path: path, Err: orm.ErrInvalid, detail: detail}
}

func unfit(path, detail string, cause error) *Error {
	if cause == nil {
		cause = orm.ErrInvalid
	}
	return &Error{Status: 422, Code: CodeValidation, Path: path, Err: cause, Fields: []FieldFault{{path, detail}}, detail: detail}
}

func beyond(path, detail string) *Error {
	return &Error{Status: 413, Code: CodeLimit, Path: path, Err: orm.ErrLimit, detail: detail}
}

func denied(cause error) *Error {
	return &Error{Status: 403, Code: CodePolicy, Err: cause}
}

// ErrorOf gives an error of the library in words that may be shown, as the verbs do. It is for servers whose own functions give
// errors of queries. nil stays nil.
func ErrorOf(err error) *Error {
	var e *Error
	if errors.As(outside(err, func(string) string { return "" }), &e) {
		return e
	}
	return nil
}

// outside gives what the repo said in words that may be shown. names tells the wire name of a column that the shape
// shows.
func outside(err error, names func(field string) string) error {
	if err == nil {
		return nil
	}
	var own *Error
	if errors.As(err, &own) {
		return own
	}
	e := &Error{Status: 500, Code: CodeInternal, Err: err}
	var rules validator.ValidationErrors
	switch {
	case errors.Is(err, orm.ErrCommitUnknown), errors.Is(err, orm.ErrUpstream), errors.Is(err, orm.ErrClosed), errors.Is(err, context.DeadlineExceeded):
		e.Status = 503
	case errors.Is(err, orm.ErrAuth): // the program's credentials: asking again does not help
	case errors.As(err, &rules):
		e.Status, e.Code = 422, CodeValidation
		e.detail = "a value breaks a rule"
	case errors.Is(err, orm.ErrDenied), errors.Is(err, orm.ErrNoActor), errors.Is(err, orm.ErrActorSwitch):
		e.Status, e.Code = 403, CodePolicy // who is signed in is not for a shape to say
	case errors.Is(err, orm.ErrNotFound):
		e.Status, e.Code = 404, CodeNotFound
	case errors.Is(err, orm.ErrConflict), errors.Is(err, orm.ErrStale), errors.Is(err, orm.ErrReference):
		e.Status, e.Code = 409, CodeConflict
	case errors.Is(err, orm.ErrBadCursor):
		e.Status, e.Code, e.Path = 400, CodeShape, "cursor"
		e.detail = "the cursor was changed, or belongs to another request: begin at the first page"
	case errors.Is(err, orm.ErrLimit):
		e.Status, e.Code = 413, CodeLimit
	case errors.Is(err, orm.ErrInvalid), errors.Is(err, orm.ErrUnboundedWrite):
		e.Status, e.Code = 422, CodeValidation
		e.detail = "a value does not fit"
	}
	var below *orm.Error
	if e.Path == "" && e.Status < 500 && errors.As(err, &below) && below.Field != "" {
		if name := names(below.Field); name != "" {
			e.Path = name
		}
	}
	return e
}
