package httpapi

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

// Credentials are the headers that authorise a request.
type Credentials struct {
	Header  http.Header
	Expires time.Time // zero: they are good until they are refused
}

// Bearer makes the credentials of a bearer token.
func Bearer(token string, expires time.Time) Credentials {
	return Credentials{Header: http.Header{"Authorization": {"Bearer " + token}}, Expires: expires}
}

func bearer(t *oauth2.Token, err error) (Credentials, error) {
	if err != nil {
		return Credentials{}, err
	}
	if t == nil || t.AccessToken == "" {
		return Credentials{}, errors.New("the token source gave no token")
	}
	h := http.Header{"Authorization": {t.Type() + " " + t.AccessToken}}
	return Credentials{Header: h, Expires: t.Expiry}, nil
}

// early is how long before their end credentials are renewed, since clocks and networks differ.
const early = 10 * time.Second

// maxActors bounds the actors whose credentials are kept.
const maxActors = 1024

// keeper holds credentials and has each fetched once, however many calls wait for them.
type keeper struct {
	fetch    func(context.Context, Reason) (Credentials, error)
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
	key string
	Credentials
}

func (d *DataSource) credentials(perActor bool, fetch func(context.Context, Reason) (Credentials, error)) {
	if d.keeper != nil && d.keeper.fetch != nil {
		d.refuse("credentials come from one of OAuth2, ClientCredentials and Auth")
		return
	}
	k := d.keep()
	k.fetch, k.perActor = fetch, perActor
}

// keep gives the keeper, made by whichever option comes first.
func (d *DataSource) keep() *keeper {
	if d.keeper == nil {
		d.keeper = &keeper{kept: map[string]*list.Element{}, now: time.Now}
	}
	return d.keeper
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
	case !h.Expires.IsZero() && !k.now().Add(early).Before(h.Expires):
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
			return nil, fault.New(fault.ErrNoActor, "", "", "the API's credentials are an actor's: put one in with orm.WithActor, or say httpapi.AllowNobody")
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
		c, err := k.fetch(ctx, why)
		if err != nil {
			return nil, err
		}
		h = &held{key, c}
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
	if len(h.Header) != len(other.Header) {
		return false
	}
	for name, values := range h.Header {
		if !slices.Equal(values, other.Header[name]) {
			return false
		}
	}
	return true
}
