package httpcall

import (
	"context"
	"errors"
	"net"
	"net/url"

	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// TransportFault maps what went wrong below HTTP. The URL that net/http puts into its error stays out, since its
// query may hold secrets.
func TransportFault(ctx context.Context, m *model.Model, err error) error {
	var located *url.Error
	for errors.As(err, &located) {
		err = located.Err
	}
	out := fault.New(fault.ErrUpstream, m.Name, "", "")
	var ours *fault.Error
	switch {
	case ctx.Err() != nil:
		out.Err = ctx.Err()
		return out.WithCause(context.Cause(ctx))
	case errors.As(err, &ours):
		return fault.Fill(ours, "", m.Name, "")
	case errors.Is(err, context.DeadlineExceeded): // which is not the caller's: the cause stays out
		out.Detail = "no answer within RequestTimeout"
		return out
	default:
		out.Detail = "the connection failed"
	}
	return out.WithCause(err)
}

// lostWrite says of a write that got no answer whether it was sent.
func lostWrite(r *Request, err error) error {
	var dial *net.OpError
	if errors.As(err, &dial) && dial.Op == "dial" {
		return fault.Ended(err, fault.Unsent)
	}
	return fault.Doubtful(r.Model.Name, "", r.Role+": no answer came: look before repeating", err)
}
