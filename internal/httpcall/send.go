package httpcall

import (
	"context"
	"maps"
	"net/http"
	"time"

	"github.com/multi-orm/orm/internal/fault"
)

// Send sends r until there is an answer to go by: again after a passing failure where that is safe, and once more
// with new credentials after a 401. tries is the number of times that it was sent.
func (c *Caller) Send(ctx context.Context, r *Request) (rep *Reply, tries int, err error) {
	var cred, refused *held
	renewed := false
	for {
		if cred, err = c.authorise(ctx, r, refused); err != nil {
			return nil, tries, err
		}
		if renewed && cred.same(refused) {
			return nil, tries, StatusFault(r, http.StatusUnauthorized)
		}
		tries++
		rep, err = c.once(ctx, r, cred)
		if rep != nil && rep.Status == http.StatusUnauthorized && cred != nil && !renewed {
			refused, renewed = cred, true
			continue
		}
		if !r.Safe || tries > c.Retries || !again(ctx, rep, err) {
			break
		}
		wait := backoff(tries)
		if rep != nil {
			if asked, ok := retryAfter(rep.Header, time.Now()); ok {
				if asked > c.MaxWait {
					break
				}
				wait = max(wait, asked)
			}
		}
		if !c.budget.take() || !pause(ctx, wait) {
			break
		}
	}
	if lost, is := err.(lostError); is { //nolint:errorlint // made by once, never wrapped
		err = lost.error
		if !r.Reads {
			err = lostWrite(r, err)
		}
	}
	if err == nil && rep.refusal != nil {
		err = rep.refusal
	}
	return rep, tries, err
}

// again reports whether another try may go better.
func again(ctx context.Context, rep *Reply, err error) bool {
	if err != nil {
		_, passing := err.(lostError) //nolint:errorlint // made by once, never wrapped
		return passing && ctx.Err() == nil
	}
	return transient(rep.Status)
}

func (c *Caller) authorise(ctx context.Context, r *Request, refused *held) (*held, error) {
	if c.keeper == nil || c.keeper.fetch == nil {
		return nil, nil
	}
	h, err := c.keeper.get(ctx, c.Timeout, refused)
	if err != nil {
		return nil, TransportFault(ctx, r.Model, err)
	}
	return h, nil
}

// once sends r a single time and reads the reply.
func (c *Caller) once(ctx context.Context, r *Request, cred *held) (rep *Reply, err error) {
	if c.Limiter != nil {
		if err := c.Limiter.Wait(ctx); err != nil {
			if ctx.Err() != nil {
				return nil, fault.Ended(TransportFault(ctx, r.Model, err), fault.Unsent)
			}
			return nil, fault.Ended(fault.New(fault.ErrLimit, r.Model.Name, "", "RateLimit leaves no request before the deadline"), fault.Unsent)
		}
	}
	select {
	case c.slots <- struct{}{}:
		defer func() { <-c.slots }()
	case <-ctx.Done():
		return nil, fault.Ended(TransportFault(ctx, r.Model, ctx.Err()), fault.Unsent)
	}
	if !c.Breaker.allow(time.Now()) {
		return nil, fault.Ended(fault.New(fault.ErrUpstream, r.Model.Name, "", "the API failed too often: the circuit breaker waits before it is asked again"), fault.Unsent)
	}
	state := untold
	defer func() { c.Breaker.note(state, time.Now()) }()
	inner, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	inner = context.WithValue(inner, belowKey{}, r.Below)
	req := c.client.R().SetContext(inner).SetDoNotParseResponse(true)
	maps.Copy(req.Header, c.Header)
	maps.Copy(req.Header, r.Header)
	c.defaults(req.Header, "Accept", "application/json")
	if r.Body != nil {
		c.defaults(req.Header, "Content-Type", r.Kind)
	}
	if cred != nil {
		maps.Copy(req.Header, cred.header)
	}
	if r.Body != nil {
		req.SetBody(r.Body)
	}
	res, err := req.Execute(r.Method, c.without(r.URL))
	if err != nil {
		if detail, is := redirected(err); is {
			return nil, fault.New(fault.ErrUpstream, r.Model.Name, "", detail)
		}
		state = c.health(ctx)
		return nil, lostError{TransportFault(ctx, r.Model, err)}
	}
	rep, err = c.receive(ctx, r, res.RawResponse)
	state = healthy
	if _, lost := err.(lostError); lost { //nolint:errorlint // made by receive, never wrapped
		state = c.health(ctx)
	}
	if rep != nil && rep.Status >= 500 {
		state = failing
	}
	if state == healthy {
		c.budget.give()
	}
	return rep, err
}

// defaults sets a header that nobody has said, the caller's own client included.
func (c *Caller) defaults(h http.Header, name, value string) {
	if h.Get(name) == "" && c.client.Header.Get(name) == "" {
		h.Set(name, value)
	}
}

// health is failing unless it was the caller who left.
func (c *Caller) health(ctx context.Context) outcome {
	if ctx.Err() != nil {
		return untold
	}
	return failing
}

// lostError is a failure below HTTP, which may pass.
type lostError struct{ error }

func (e lostError) Unwrap() error { return e.error }
