package httpapi

import (
	"context"
	"maps"
	"net/http"
	"time"

	"github.com/multi-orm/orm/internal/fault"
)

// send sends r until there is an answer to go by: again after a passing failure where that is safe, and once more
// with new credentials after a 401. tries is the number of times that it was sent.
func (d *DataSource) send(ctx context.Context, r *request) (rep *reply, tries int, err error) {
	var cred, refused *held
	renewed := false
	for {
		if cred, err = d.authorise(ctx, r, refused); err != nil {
			return nil, tries, err
		}
		if renewed && cred.same(refused) {
			return nil, tries, statusFault(r.ep, http.StatusUnauthorized)
		}
		tries++
		rep, err = d.once(ctx, r, cred)
		if rep != nil && rep.status == http.StatusUnauthorized && cred != nil && !renewed {
			refused, renewed = cred, true
			continue
		}
		if !r.safe || tries > d.retries || !again(ctx, rep, err) {
			break
		}
		wait := backoff(tries)
		if rep != nil {
			if asked, ok := retryAfter(rep.header, time.Now()); ok {
				if asked > d.maxWait {
					break
				}
				wait = max(wait, asked)
			}
		}
		if !d.budget.take() || !pause(ctx, wait) {
			break
		}
	}
	if lost, is := err.(lostError); is { //nolint:errorlint // made by once, never wrapped
		err = lost.error
		if !r.reads {
			err = lostWrite(r.ep, err)
		}
	}
	if err == nil && (rep.status < 200 || rep.status > 299) {
		refusal := statusFault(r.ep, rep.status)
		if rep.refused != nil {
			refusal.Field = rep.refused.Name
		}
		err = refusal
	}
	return rep, tries, err
}

// again reports whether another try may go better.
func again(ctx context.Context, rep *reply, err error) bool {
	if err != nil {
		_, passing := err.(lostError) //nolint:errorlint // made by once, never wrapped
		return passing && ctx.Err() == nil
	}
	return transient(rep.status)
}

func (d *DataSource) authorise(ctx context.Context, r *request, refused *held) (*held, error) {
	if d.keeper == nil || d.keeper.fetch == nil {
		return nil, nil
	}
	h, err := d.keeper.get(ctx, d.timeout, refused)
	if err != nil {
		return nil, transportFault(ctx, r.ep, err)
	}
	return h, nil
}

// once sends r a single time and reads the reply.
func (d *DataSource) once(ctx context.Context, r *request, cred *held) (rep *reply, err error) {
	if d.limiter != nil {
		if err := d.limiter.Wait(ctx); err != nil {
			if ctx.Err() != nil {
				return nil, fault.Ended(transportFault(ctx, r.ep, err), fault.Unsent)
			}
			return nil, fault.Ended(fault.New(fault.ErrLimit, r.ep.model.Name, "", "RateLimit leaves no request before the deadline"), fault.Unsent)
		}
	}
	select {
	case d.slots <- struct{}{}:
		defer func() { <-d.slots }()
	case <-ctx.Done():
		return nil, fault.Ended(transportFault(ctx, r.ep, ctx.Err()), fault.Unsent)
	}
	if !d.breaker.allow(time.Now()) {
		return nil, fault.Ended(fault.New(fault.ErrUpstream, r.ep.model.Name, "", "the API failed too often: the circuit breaker waits before it is asked again"), fault.Unsent)
	}
	state := untold
	defer func() { d.breaker.note(state, time.Now()) }()
	inner, cancel := context.WithTimeout(ctx, d.timeout)
	defer cancel()
	inner = context.WithValue(inner, belowKey{}, r.below)
	req := d.client.R().SetContext(inner).SetDoNotParseResponse(true)
	maps.Copy(req.Header, d.header)
	maps.Copy(req.Header, r.header)
	d.defaults(req.Header, "Accept", "application/json")
	if r.body != nil {
		d.defaults(req.Header, "Content-Type", r.kind)
	}
	if cred != nil {
		maps.Copy(req.Header, cred.Header)
	}
	if r.body != nil {
		req.SetBody(r.body)
	}
	res, err := req.Execute(r.method, d.without(r.url))
	if err != nil {
		if detail, is := redirected(err); is {
			return nil, fault.New(fault.ErrUpstream, r.ep.model.Name, "", detail)
		}
		state = d.health(ctx)
		return nil, lostError{transportFault(ctx, r.ep, err)}
	}
	rep, err = d.receive(ctx, r, res.RawResponse)
	state = healthy
	if _, lost := err.(lostError); lost { //nolint:errorlint // made by receive, never wrapped
		state = d.health(ctx)
	}
	if rep != nil && rep.status >= 500 {
		state = failing
	}
	if state == healthy {
		d.budget.give()
	}
	return rep, err
}

// defaults sets a header that nobody has said, the caller's own client included.
func (d *DataSource) defaults(h http.Header, name, value string) {
	if h.Get(name) == "" && d.client.Header.Get(name) == "" {
		h.Set(name, value)
	}
}

// health is failing unless it was the caller who left.
func (d *DataSource) health(ctx context.Context) outcome {
	if ctx.Err() != nil {
		return untold
	}
	return failing
}

// lostError is a failure below HTTP, which may pass.
type lostError struct{ error }

func (e lostError) Unwrap() error { return e.error }
