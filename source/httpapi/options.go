package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/go-resty/resty/v2"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
	"golang.org/x/time/rate"

	"github.com/multi-orm/orm/internal/httpcall"
)

// Option changes how a source talks to its API.
type Option func(*DataSource)

// OAuth2 sends the bearer tokens of ts. One token serves all actors; it is fetched once however many calls need it,
// again when it has expired, and once more after a 401. A source that gives the refused token again is ErrAuth:
// ClientCredentials fetches a new one, and so does a token source that keeps none.
func OAuth2(ts oauth2.TokenSource) Option {
	return func(d *DataSource) {
		if ts == nil {
			d.refuse("OAuth2 was given no token source")
			return
		}
		d.credentials(false, func(context.Context, httpcall.Reason) (http.Header, time.Time, error) {
			return httpcall.Bearer(ts.Token())
		})
	}
}

// ClientCredentials is OAuth2 with the client-credentials flow.
func ClientCredentials(c clientcredentials.Config) Option {
	return func(d *DataSource) {
		d.credentials(false, func(ctx context.Context, _ httpcall.Reason) (http.Header, time.Time, error) {
			return httpcall.Bearer(c.Token(ctx))
		})
	}
}

// AllowNobody lets Auth be asked where the context has no actor: the credentials it then gives serve all such calls.
func AllowNobody() Option { return func(d *DataSource) { d.call.AllowNobody() } }

// Auth asks fn for the credentials of the actor in ctx. They are kept for each actor until they expire or are
// refused; fn runs once at a time for one actor, in a context that ends with RequestTimeout. Without an actor a call is
// ErrNoActor, unless AllowNobody is said, or OptionalAuth, which then sends no credentials.
func Auth(fn func(ctx context.Context, why Reason) (Credentials, error)) Option {
	return func(d *DataSource) {
		if fn == nil {
			d.refuse("Auth was given no function")
			return
		}
		d.credentials(true, func(ctx context.Context, why httpcall.Reason) (http.Header, time.Time, error) {
			c, err := fn(ctx, Reason(why))
			return c.Header, c.Expires, err
		})
	}
}

// OptionalAuth sends a request without credentials where they cannot be had.
func OptionalAuth() Option { return func(d *DataSource) { d.call.Optional() } }

// Header sends a header with every request. Its value appears in no error and no plan.
func Header(name, value string) Option {
	return func(d *DataSource) {
		if !httpcall.ValidHeader(name) || !httpcall.ValidHeaderValue(value) {
			d.refuse("Header was given what is no header")
			return
		}
		d.call.Header.Set(name, value)
	}
}

// Timeout bounds one request, its reply included; the default is Limits.RequestTimeout. A shorter deadline of the
// caller's counts.
func Timeout(t time.Duration) Option {
	return func(d *DataSource) {
		if t <= 0 {
			d.refuse("Timeout must be positive")
			return
		}
		d.call.Timeout = t
	}
}

// Retries is how often a read, a PUT or a DELETE is sent again after 429, 502, 503, 504 or a lost connection; 3 unless
// said. Other writes are never sent twice. All calls of a source share a budget: ten at first, and one for each ten
// requests that succeed; without it nothing is sent again, so that an API in trouble does not get four times its load.
func Retries(n int) Option { return func(d *DataSource) { d.call.Retries = max(0, n) } }

// MaxWait bounds the wait that a reply's Retry-After asks for; 30 seconds unless said. Where the API asks for more,
// the call fails at once.
func MaxWait(t time.Duration) Option { return func(d *DataSource) { d.call.MaxWait = max(0, t) } }

// RateLimit sends at most perSecond requests a second on average, and burst at once.
func RateLimit(perSecond float64, burst int) Option {
	return func(d *DataSource) {
		if perSecond <= 0 || burst < 1 {
			d.refuse("RateLimit needs a positive rate and a burst of at least one")
			return
		}
		d.call.Limiter = rate.NewLimiter(rate.Limit(perSecond), burst)
	}
}

// Breaker makes calls fail at once after so many failures in a row, until pause is over and one request has succeeded:
// replies from 500 on, lost connections and RequestTimeout are failures. Unless said it is 20 failures and one second, so that
// an API that is down is asked about once a second.
func Breaker(failures int, pause time.Duration) Option {
	return func(d *DataSource) {
		if failures < 1 || pause <= 0 {
			d.refuse("Breaker needs a positive number of failures and a positive pause")
			return
		}
		d.call.Breaker = httpcall.NewBreaker(failures, pause)
	}
}

// NoBreaker takes the circuit breaker away.
func NoBreaker() Option { return func(d *DataSource) { d.call.Breaker = nil } }

// MaxBody bounds a reply's body in bytes, after decompression; 32 MiB unless said.
func MaxBody(bytes int64) Option {
	return func(d *DataSource) {
		if bytes < 1 {
			d.refuse("MaxBody must be positive")
			return
		}
		d.call.MaxBody = bytes
	}
}

// MaxRows bounds the rows that one read holds in memory; 100,000 unless said. More is ErrLimit, as soon as the reply has
// one row too many. What JSON columns hold, and replies whose JSONPath must see all of them ("$..x", filters, slices), is
// bounded by it too: by 4 objects and lists for a row, and 64 values. A stream of rows is bounded by reply only.
func MaxRows(n int) Option {
	return func(d *DataSource) {
		if n < 1 {
			d.refuse("MaxRows must be positive")
			return
		}
		d.maxRows = n
	}
}

// NoFiltering makes a read ErrUnsupported that would fetch rows of a list to filter or cut them here, and ErrUpstream
// where the API gives rows that it was told to leave out. The one row of a key is still checked.
func NoFiltering() Option { return func(d *DataSource) { d.exact = true } }

// NonAtomic lets one call become many requests, of which some may be done when a later one fails: CreateMany without
// such an endpoint, and updates and deletes by other conditions than the key. The error says how many were done.
func NonAtomic() Option { return func(d *DataSource) { d.scattered = true } }

// Client uses the transport, headers, query parameters, cookies and credentials of c. Its retries, redirects, timeout
// and middleware are not used, since the source has its own, and c is neither changed nor closed. Cookies that the API
// sets are not kept: what it says to one actor is not sent for another.
func Client(c *resty.Client) Option {
	return func(d *DataSource) {
		if c == nil {
			d.refuse("Client was given none")
			return
		}
		d.call.Given = c
	}
}
