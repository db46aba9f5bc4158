package rest

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/rls/guard"
)

// Error is an error that is answered as it says. Functions of the program may give it; what lies below in Err is for logs.
type Error struct {
	Status     int    // 400 to 599
	Code       string // "" is one that goes with the status
	Detail     string // what is wrong, in words that may be shown; "" are those of the status
	Path       string // the part of the request that is wrong, as in where.title.like
	RetryAfter time.Duration
	Err        error
}

// Error gives what may be shown.
func (e *Error) Error() string {
	text := "rest: "
	if e.Path != "" {
		text += e.Path + ": "
	}
	if e.Detail != "" {
		return text + e.Detail
	}
	return text + strings.ToLower(http.StatusText(e.Status))
}

// HTTPStatus gives Status, for [orm.HTTPStatus].
func (e *Error) HTTPStatus() int { return e.Status }

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// The codes of answers that package guard does not know.
const (
	CodeUnauthenticated = "UNAUTHENTICATED"        // 401: nobody is signed in, or not as the session wants it
	CodeMethod          = "METHOD_NOT_ALLOWED"     // 405
	CodeStale           = "STALE"                  // 412: the row has changed since its ETag was given
	CodeMedia           = "UNSUPPORTED_MEDIA_TYPE" // 415
	CodeTooMany         = "TOO_MANY_REQUESTS"      // 429, given by hooks
	CodeTimeout         = "TIMEOUT"                // 503: the request took longer than Limits.Timeout
)

func refuse(path, detail string) *Error {
	return &Error{Status: http.StatusBadRequest, Code: guard.CodeShape, Path: path, Detail: detail, Err: orm.ErrInvalid}
}

func tooLarge(detail string) *Error {
	return &Error{Status: http.StatusRequestEntityTooLarge, Code: guard.CodeLimit, Detail: detail, Err: orm.ErrLimit}
}

func unauthenticated(cause error) *Error {
	return &Error{Status: http.StatusUnauthorized, Code: CodeUnauthenticated, Detail: "it needs somebody who is signed in", Err: cause}
}

func forbidden() *Error {
	return &Error{Status: http.StatusForbidden, Code: guard.CodePolicy, Detail: "it is not allowed", Err: orm.ErrDenied}
}

func notFound() *Error {
	return &Error{Status: http.StatusNotFound, Code: guard.CodeNotFound, Detail: "there is no such resource", Err: orm.ErrNotFound}
}

func codeOf(status int) string {
	switch status {
	case http.StatusBadRequest:
		return guard.CodeShape
	case http.StatusUnauthorized:
		return CodeUnauthenticated
	case http.StatusForbidden:
		return guard.CodePolicy
	case http.StatusNotFound:
		return guard.CodeNotFound
	case http.StatusMethodNotAllowed:
		return CodeMethod
	case http.StatusConflict:
		return guard.CodeConflict
	case http.StatusPreconditionFailed:
		return CodeStale
	case http.StatusRequestEntityTooLarge, http.StatusRequestURITooLong:
		return guard.CodeLimit
	case http.StatusUnsupportedMediaType:
		return CodeMedia
	case http.StatusUnprocessableEntity:
		return guard.CodeValidation
	case http.StatusTooManyRequests:
		return CodeTooMany
	}
	return guard.CodeInternal
}

// problem is the body of an error's answer (RFC 9457).
type problem struct {
	Type      string  `json:"type"`
	Title     string  `json:"title"`
	Status    int     `json:"status"`
	Detail    string  `json:"detail"`
	Error     string  `json:"error"`
	Code      string  `json:"code"`
	Path      string  `json:"path,omitempty"`
	RequestID string  `json:"requestId,omitempty"`
	Fields    []field `json:"fields,omitempty"`
}

// field is a value that breaks a rule.
type field struct {
	Path string `json:"path"`
	Rule string `json:"rule"`
}

// problemOf gives what is answered to err.
func problemOf(ctx context.Context, err error, signedIn bool) (p problem, retry time.Duration) {
	p.Type = "about:blank"
	var own *Error
	var shape *guard.Error
	timedOut := errors.Is(context.Cause(ctx), errTimeout)
	switch {
	case errors.As(err, &own) && own.Status >= 400 && own.Status < 600:
		p.Status, p.Code, p.Detail, p.Path, retry = own.Status, own.Code, own.Detail, own.Path, own.RetryAfter
		if p.Code == "" {
			p.Code = codeOf(p.Status)
		}
	case errors.As(err, &shape):
	default:
		shape = guard.ErrorOf(err)
	}
	if p.Status == 0 {
		p.Status, p.Code, p.Detail, p.Path = shape.Status, shape.Code, shape.Detail(), shape.Path
		for _, f := range shape.Fields {
			p.Fields = append(p.Fields, field{f.Path, f.Detail})
		}
		switch {
		case timedOut && p.Status >= 500:
			p.Status, p.Code, p.Detail = http.StatusServiceUnavailable, CodeTimeout, "it took too long"
		case !signedIn && errors.Is(err, orm.ErrNoActor):
			p.Status, p.Code, p.Detail = http.StatusUnauthorized, CodeUnauthenticated, "it needs somebody who is signed in"
		}
	}
	p.Title = http.StatusText(p.Status)
	if p.Detail == "" {
		p.Detail = strings.ToLower(p.Title)
	}
	p.Error = p.Detail
	if p.Path != "" {
		p.Error = p.Path + ": " + p.Detail
	}
	return p, retry
}

// answer sends the error.
func (p *problem) answer(w http.ResponseWriter, retry time.Duration, body bool) {
	h := w.Header()
	h.Set("Content-Type", "application/problem+json")
	h.Del("Etag")
	if p.Status == http.StatusUnauthorized && h.Get("Www-Authenticate") == "" {
		h.Set("Www-Authenticate", "Bearer")
	}
	if retry > 0 {
		h.Set("Retry-After", strconv.FormatInt(int64((retry+time.Second-1)/time.Second), 10))
	}
	text, err := json.Marshal(p)
	if err != nil { // strings and numbers have a form
		text = []byte("{}")
	}
	h.Set("Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(p.Status)
	if body {
		_, _ = w.Write(text)
	}
}
