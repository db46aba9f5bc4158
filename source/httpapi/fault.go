package httpapi

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"

	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// upstream is what the API did wrong with model m.
func upstream(m *model.Model, f *model.Field, detail string) *fault.Error {
	field := ""
	if f != nil {
		field = f.Name
	}
	return fault.New(fault.ErrUpstream, m.Name, field, detail)
}

// statusFault maps a reply's status. The body is not looked at: it may hold anything.
func statusFault(e *endpoint, status int) *fault.Error {
	sentinel, advice := fault.ErrUpstream, ""
	switch status {
	case http.StatusBadRequest, http.StatusUnprocessableEntity:
		sentinel = fault.ErrInvalid
	case http.StatusUnauthorized, http.StatusForbidden:
		sentinel, advice = fault.ErrAuth, ": check the credentials and what they may do"
	case http.StatusNotFound, http.StatusGone:
		sentinel = fault.ErrNotFound
	case http.StatusConflict:
		sentinel = fault.ErrConflict
	case http.StatusPreconditionFailed:
		sentinel = fault.ErrStale
	case http.StatusTooManyRequests:
		advice = ": the API is asked more often than it allows; see RateLimit"
	}
	out := fault.New(sentinel, e.model.Name, "", fmt.Sprintf("%s %s answered %d %s%s", e.method, describePath(e.path), status, http.StatusText(status), advice))
	if status == http.StatusTooManyRequests {
		return out.WithOutcome(fault.Undone)
	}
	return out
}

// transportFault maps what went wrong below HTTP. The URL that net/http puts into its error stays out, since its
// query may hold secrets.
func transportFault(ctx context.Context, e *endpoint, err error) error {
	var located *url.Error
	for errors.As(err, &located) {
		err = located.Err
	}
	out := fault.New(fault.ErrUpstream, e.model.Name, "", "")
	var ours *fault.Error
	switch {
	case ctx.Err() != nil:
		out.Err = ctx.Err()
		return out.WithCause(context.Cause(ctx))
	case errors.As(err, &ours):
		return fault.Fill(ours, "", e.model.Name, "")
	case errors.Is(err, context.DeadlineExceeded): // which is not the caller's: the cause stays out
		out.Detail = "no answer within RequestTimeout"
		return out
	default:
		out.Detail = "the connection failed"
	}
	return out.WithCause(err)
}

// lostWrite says of a write that got no answer whether it was sent.
func lostWrite(e *endpoint, err error) error {
	var dial *net.OpError
	if errors.As(err, &dial) && dial.Op == "dial" {
		return fault.Ended(err, fault.Unsent)
	}
	return fault.Doubtful(e.model.Name, "", e.role+": no answer came: look before repeating", err)
}
