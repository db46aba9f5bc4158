package httpapi

import (
	"context"
	"fmt"
	"sync"

	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/httpcall"
	"github.com/multi-orm/orm/internal/identity"
)

// flights lets calls that ask the same for the same actor at the same time share one request. Unlike singleflight
// it ends a request when the last of those who wait for it has left.
type flights struct {
	mu sync.Mutex
	m  map[string]*flight
}

type flight struct {
	waiting int
	cancel  context.CancelFunc
	done    chan struct{}
	rep     *httpcall.Reply
	err     error
}

func (f *flights) do(ctx context.Context, key string, fn func(context.Context) (*httpcall.Reply, error)) (*httpcall.Reply, error) {
	f.mu.Lock()
	x := f.m[key]
	if x == nil {
		shared, cancel := context.WithCancel(context.WithoutCancel(ctx))
		x = &flight{cancel: cancel, done: make(chan struct{})}
		if f.m == nil {
			f.m = map[string]*flight{}
		}
		f.m[key] = x
		go f.run(shared, key, x, fn)
	}
	x.waiting++
	f.mu.Unlock()
	select {
	case <-x.done:
		return x.rep, x.err
	case <-ctx.Done():
	}
	f.mu.Lock()
	if x.waiting--; x.waiting == 0 {
		x.cancel()
		if f.m[key] == x { // nobody joins what is being given up
			delete(f.m, key)
		}
	}
	f.mu.Unlock()
	return nil, (&fault.Error{Err: ctx.Err()}).WithCause(context.Cause(ctx))
}

func (f *flights) run(ctx context.Context, key string, x *flight, fn func(context.Context) (*httpcall.Reply, error)) {
	defer func() {
		if p := recover(); p != nil { // a transport or a token source of the caller's
			x.rep, x.err = nil, &fault.Error{Err: fault.ErrUpstream, Detail: fmt.Sprintf("the client panicked (%T)", p)}
		}
		f.mu.Lock()
		if f.m[key] == x {
			delete(f.m, key)
		}
		f.mu.Unlock()
		x.cancel()
		close(x.done)
	}()
	x.rep, x.err = fn(ctx)
}

// fetch sends a read, or takes the answer of the same read that is kept or under way.
func (d *DataSource) fetch(ctx context.Context, mp *mapping, r *httpcall.Request) (*httpcall.Reply, error) {
	if err := ctx.Err(); err != nil {
		return nil, httpcall.TransportFault(ctx, r.Model, err)
	}
	key := keyOf(r, hook.ActorKey(ctx, true))
	epoch := mp.epoch.Load()
	if rep := mp.cache.get(key, epoch); rep != nil {
		return rep, nil
	}
	rep, err := d.flights.do(ctx, string(identity.Key(nil, epoch, mp.model.ID, key, r.Most)), func(ctx context.Context) (*httpcall.Reply, error) {
		rep, _, err := d.call.Send(ctx, r)
		return rep, err
	})
	if err == nil {
		mp.cache.put(key, epoch, rep)
	}
	return rep, fault.Fill(err, "", mp.model.Name, d.name)
}

// keyOf tells requests apart: everything that is sent, for whom, and how far it may be led.
func keyOf(r *httpcall.Request, actor string) string {
	return string(identity.Key(nil, actor, r.Method, r.URL.String(), map[string][]string(r.Header), r.Body, r.Below))
}
