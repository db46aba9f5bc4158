package rest

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/rls/guard"
)

// Option is what New takes: Session, Limits, Resource, Tagged, Merge, Logger and OnError.
type Option interface{ apply(*config) }

type option func(*config)

func (o option) apply(c *config) { o(c) }

type config struct {
	session   func(*http.Request) (orm.Actor, bool, error)
	limits    Limits
	limited   bool
	log       *slog.Logger
	onError   func(ctx context.Context, op *Op, err error)
	resources []declared
	wrong     []string
}

// declared is a resource before it is compiled.
type declared struct {
	name    string
	compile func(db orm.DB, l Limits) (*resource, []error)
}

// Session says who sends a request: false is nobody, a guest; an error is answered with 401, or with what an *Error says.
// Without Session the actor of the request's context counts, which a middleware may have set by [orm.WithActor].
func Session(fn func(r *http.Request) (a orm.Actor, ok bool, err error)) Option {
	return option(func(c *config) {
		if fn == nil || c.session != nil {
			c.wrong = append(c.wrong, "Session is said once, with a function")
			return
		}
		c.session = fn
	})
}

// Limits bounds requests. A zero field means its default.
type Limits struct {
	// MaxDepth is how deep relations may nest in a shape: 1 are the relations of a resource's rows. 2 by default; guard.NoLimit is
	// no bound. New refuses a shape that is deeper.
	MaxDepth int
	// MaxTake is the largest Take.Max of a shape, those of relations included: 1,000 by default; guard.NoLimit is no bound, and
	// lets shapes say guard.NoLimit. New refuses a shape that says more.
	MaxTake int
	// MaxRows is the number of rows that a PATCH or DELETE gives back, 10,000 by default; guard.NoLimit is no bound. A write of
	// more rows is undone and answered with 413: with columns:F it gives their number only.
	MaxRows int
	// MaxBody is the size of a body in bytes, 1 MiB by default, which is also the most.
	MaxBody int64
	// MaxQuery is the size of a URL's query in bytes as it is sent, 16 KiB by default.
	MaxQuery int
	// Timeout is the time for a request, from the first byte of its body to the commit: 10 s by default.
	Timeout time.Duration
}

func (l Limits) apply(c *config) {
	if c.limited {
		c.wrong = append(c.wrong, "Limits are said once")
	}
	c.limits, c.limited = l, true
}

// filled puts the defaults in; why tells what is wrong.
func (l Limits) filled() (_ Limits, why string) {
	number := func(p *int, def int, none bool) {
		switch {
		case *p == 0:
			*p = def
		case *p == guard.NoLimit && none:
		case *p < 0:
			why = "a limit is negative"
		}
	}
	number(&l.MaxDepth, 2, true)
	number(&l.MaxTake, 1000, true)
	number(&l.MaxRows, 10_000, true)
	number(&l.MaxQuery, 16<<10, false)
	if l.MaxBody == 0 {
		l.MaxBody = guard.MaxBody
	}
	if l.Timeout == 0 {
		l.Timeout = 10 * time.Second
	}
	switch {
	case l.MaxBody < 0 || l.Timeout < 0:
		why = "a limit is negative"
	case l.MaxBody > guard.MaxBody:
		why = "MaxBody is 1 MiB at most"
	}
	return l, why
}

// Logger receives what a client is not told: the causes of answers of 500 and above, and panics. Without it slog.Default is used.
func Logger(l *slog.Logger) Option { return option(func(c *config) { c.log = l }) }

// OnError is called with every error before it is answered; op is nil where the request did not get as far as a resource. Errors
// of one resource can be changed by its Rules.
func OnError(fn func(ctx context.Context, op *Op, err error)) Option {
	return option(func(c *config) { c.onError = fn })
}

// Merge makes one option of several, so that the resources of an API can be said in several places. Two resources of one name
// are an error of New.
func Merge(options ...Option) Option {
	return option(func(c *config) {
		for _, o := range options {
			if o == nil {
				c.wrong = append(c.wrong, "an option is nil")
				continue
			}
			o.apply(c)
		}
	})
}
