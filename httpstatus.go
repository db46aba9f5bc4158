package orm

import (
	"context"
	"errors"
	"net/http"
)

// statuses is the table of HTTPStatus, the first that fits first: what tells least about the caller's request wins.
func statuses() []struct {
	err    error
	status int
} {
	return []struct {
		err    error
		status int
	}{
		{ErrCommitUnknown, http.StatusServiceUnavailable},
		{ErrClosed, http.StatusServiceUnavailable},
		{ErrAuth, http.StatusBadGateway},
		{context.DeadlineExceeded, http.StatusGatewayTimeout},
		{ErrUpstream, http.StatusServiceUnavailable},
		{ErrUnsupported, http.StatusInternalServerError},
		{ErrNoActor, http.StatusUnauthorized},
		{ErrDenied, http.StatusForbidden},
		{ErrActorSwitch, http.StatusForbidden},
		{ErrNotFound, http.StatusNotFound},
		{ErrConflict, http.StatusConflict},
		{ErrStale, http.StatusConflict},
		{ErrReference, http.StatusConflict},
		{ErrBadCursor, http.StatusBadRequest},
		{ErrLimit, http.StatusRequestEntityTooLarge},
		{ErrInvalid, http.StatusUnprocessableEntity},
		{ErrUnboundedWrite, http.StatusUnprocessableEntity},
	}
}

// HTTPStatus gives the status by which a handler answers a call that failed so:
//
//	nil                                    200
//	ErrBadCursor                           400
//	ErrNoActor                             401
//	ErrDenied, ErrActorSwitch              403
//	ErrNotFound                            404
//	ErrConflict, ErrReference, ErrStale    409
//	ErrLimit                               413
//	ErrInvalid, ErrUnboundedWrite          422
//	ErrUnsupported, and any other error    500
//	ErrAuth                                502
//	ErrUpstream, ErrClosed                 503
//	ErrCommitUnknown                       503
//	a deadline that passed                 504
//
// ErrAuth is a source that refuses the credentials of the program: the caller is not asked for others by a 401. Where an error is
// of several kinds, what a source did is told before what the request did. An error that knows its own status, as those of
// rls/guard and rls/rest do by a method HTTPStatus() int, gives that, unless a source failed below it.
//
// The text of an error is for the program's log: it names models and fields. [github.com/multi-orm/orm/rls/guard.ErrorOf] puts
// it into words for callers.
func HTTPStatus(err error) int {
	if err == nil {
		return http.StatusOK
	}
	status := http.StatusInternalServerError
	for _, s := range statuses() {
		if errors.Is(err, s.err) {
			status = s.status
			break
		}
	}
	if own := ownStatus(err); own != 0 && (status < 500 || status == http.StatusInternalServerError) {
		return own
	}
	return status
}

// ownStatus gives the first status between 400 and 599 that an error of the chain says of itself, 0 for none.
func ownStatus(err error) int {
	for err != nil {
		var own interface {
			error
			HTTPStatus() int
		}
		if !errors.As(err, &own) {
			return 0
		}
		if status := own.HTTPStatus(); status >= 400 && status < 600 {
			return status
		}
		err = errors.Unwrap(own)
	}
	return 0
}
