package httpcall

import (
	"container/list"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/sync/singleflight"

	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/fault"
)

// Reason says why credentials are asked for.
type Reason uint8

// The reasons: none were had yet, those at hand have expired, or the API refused them with 401.
const (
	Missing Reason = iota
	Expired
	Refused
)

// Fetch gives the headers that authorise a request, and when they end; the zero time is never. It is told why they are
// asked for.
type Fetch func(context.Context, Reason) (http.Header, time.Time, error)

// Bearer gives the header of a token.
func Bearer(t *oauth2.Token, err error) (http.Header, time.Time, error) {
	if err != nil {
		return nil, time.Time{}, err
	}
	if t == nil || t.AccessToken == "" {
		return nil, time.Time{}, errors.New("the token source gave no token")
	}
	return http.Header{"Authorization": {t.Type() + " " + t.AccessToken}}, t.Expiry, nil
}

// early is how long before their end credentials are renewed, since clocks and networks differ.
const early = 10 * time.Second

// maxActors bounds the actors whose credentials are kept.
const maxActors = 1024

// keeper holds credentials and has each fetched once, however many calls wait for them.
type keeper struct {
	pkg      string
	fetch    Fetch
	perActor bool
	optional bool
	nobody   bool // credentials may be asked for without an actor
	now      func() time.Time

	group singleflight.Group
	mu    sync.Mutex
	kept  map[string]*list.Element // of *held
	used  list.List                // the latest first
}

// held are credentials under the actor's key.
type held struct {
	key     string
	header  http.Header
	expires time.Time
}

// Credentials makes the requests carry what fetch gives, which is kept: one for all actors, or one for each. It reports
// false where there are credentials already.
func (c *Caller) Credentials(perActor bool, fetch Fetch) bool {
	k := c.keep()
	if k.fetch != nil {
		return false
	}
	k.fetch, k.perActor = fetch, perActor
	return true
}

// Optional sends a request without credentials where they cannot be had.
func (c *Caller) Optional() { c.keep().optional = true }

// AllowNobody lets credentials of actors be asked for without one.
func (c *Caller) AllowNobody() { c.keep().nobody = true }

// keep gives the keeper, made by whichever option comes first.
func (c *Caller) keep() *keeper {
	if c.keeper == nil {
		c.keeper = &keeper{pkg: c.Package, kept: map[string]*list.Element{}, now: time.Now}
	}
	return c.keeper
}

// lookup gives what is at hand unless it is refused or at its end.
func (k *keeper) lookup(key string, refused *held) (*held, Reason) {
	k.mu.Lock()
	defer k.mu.Unlock()
	at := k.kept[key]
	if at == nil {
		return nil, Missing
	}
	h := at.Value.(*held)
	switch {
	case h == refused:
		return nil, Refused
	case !h.expires.IsZero() && !k.now().Add(early).Before(h.expires):
		return nil, Expired
	}
	k.used.MoveToFront(at)
	return h, Missing
}

func (k *keeper) keep(h *held) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if at := k.kept[h.key]; at != nil {
		at.Value = h
		k.used.MoveToFront(at)
		return
	}
	k.kept[h.key] = k.used.PushFront(h)
	if k.used.Len() > maxActors {
		last := k.used.Back()
		k.used.Remove(last)
		delete(k.kept, last.Value.(*held).key)
	}
}

// get gives the actor's credentials; refused are those that the API has just refused, nil for none.
func (k *keeper) get(ctx context.Context, timeout time.Duration, refused *held) (*held, error) {
	key := ""
	if k.perActor {
		if key = hook.ActorKey(ctx, true); key == "" && !k.nobody {
			if k.optional {
				return nil, nil
			}
			return nil, fault.New(fault.ErrNoActor, "", "", "the API's credentials are an actor's: put one in with orm.WithActor, or say "+k.pkg+".AllowNobody")
		}
	}
	if h, _ := k.lookup(key, refused); h != nil {
		return h, nil
	}
	ch := k.group.DoChan(key, func() (_ any, err error) {
		h, why := k.lookup(key, refused) // another call may just have fetched them
		if h != nil {
			return h, nil
		}
		defer func() {
			if p := recover(); p != nil {
				err = fmt.Errorf("the function for credentials panicked (%T)", p)
			}
		}()
		// the first caller may leave while others still wait
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), timeout)
		defer cancel()
		header, expires, err := k.fetch(ctx, why)
		if err != nil {
			return nil, err
		}
		h = &held{key, header, expires}
		k.keep(h)
		return h, nil
	})
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case got := <-ch:
		if got.Err != nil {
			if k.optional && ctx.Err() == nil {
				return nil, nil
			}
			// what the token source says may quote the secret it sent
			return nil, (&fault.Error{Err: fault.ErrAuth, Detail: "the credentials could not be had"}).WithCause(got.Err)
		}
		return got.Val.(*held), nil
	}
}

// same reports that credentials say what those that were refused said.
func (h *held) same(other *held) bool {
	if h == nil || other == nil {
		return h == other
	}
	if len(h.header) != len(other.header) {
		return false
	}
	for name, values := range h.header {
		if !slices.Equal(values, other.header[name]) {
			return false
		}
	}
	return true
}
