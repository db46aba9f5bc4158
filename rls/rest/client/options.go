package client

import (
	"context"
	"net/http"
	"reflect"
	"time"

	"github.com/go-resty/resty/v2"
	"golang.org/x/oauth2"
	"golang.org/x/time/rate"

	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/httpcall"
	"github.com/multi-orm/orm/model"
)

// Option changes how a source talks to its service.
type Option func(*DataSource)

// Token sends the bearer tokens of ts. One token serves all callers; it is fetched once however many calls need it, again when
// it has expired, and once more after a 401. A source that gives the refused token again is ErrAuth.
func Token(ts oauth2.TokenSource) Option {
	return func(d *DataSource) {
		if ts == nil {
			d.refuse("Token was given no token source")
			return
		}
		if !d.call.Credentials(false, func(context.Context, httpcall.Reason) (http.Header, time.Time, error) {
			return httpcall.Bearer(ts.Token())
		}) {
			d.refuse("Token is said once")
		}
	}
}

// Auth puts the credentials of whoever ctx speaks for into the headers of a request: those of [orm.ActorFrom], or a token that
// came with the request that is being served. It runs once for each request; an error fails the call with ErrAuth before
// anything is sent, and is not shown.
func Auth(fn func(ctx context.Context, h http.Header) error) Option {
	return func(d *DataSource) {
		if fn == nil || d.auth != nil {
			d.refuse("Auth is said once, with a function")
			return
		}
		d.auth = fn
	}
}

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

// Retries is how often a read is sent again after 429, 502, 503, 504 or a lost connection; 3 unless said. Writes are never
// sent twice. All calls of a source share a budget: ten at first, and one for each ten requests that succeed.
func Retries(n int) Option { return func(d *DataSource) { d.call.Retries = max(0, n) } }

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

// Client uses the transport, headers, cookies and credentials of c. Its retries, redirects, timeout and middleware are not
// used, since the source has its own, and c is neither changed nor closed.
func Client(c *resty.Client) Option {
	return func(d *DataSource) {
		if c == nil {
			d.refuse("Client was given none")
			return
		}
		d.call.Given = c
	}
}

// Who asks for the rule of one kind of caller in place of the one that the service chooses: "mine", "guest" or "all", or several
// with a | between, of which the first that there is counts.
func Who(kind string) Option {
	return func(d *DataSource) {
		if !validWho(kind) {
			d.refuse(`Who is "mine", "guest" or "all", or several with | between`)
			return
		}
		d.who = kind
	}
}

// Resource says the name of a model's resource, where it is not the name of the table. m is a struct of the model's type.
func Resource(m any, name string) Option {
	return func(d *DataSource) {
		of, err := modelOf(m)
		switch {
		case err != nil:
			d.invalid = append(d.invalid, err)
		case !plain(name):
			d.refuse("Resource: a name is made of letters, digits, _, - and dots")
		default:
			d.named = append(d.named, naming{of, name})
		}
	}
}

// MaxURL bounds the query of a URL in bytes; 8 KiB unless said. Longer lists of keys are cut into several requests.
func MaxURL(bytes int) Option {
	return func(d *DataSource) {
		if bytes < 256 {
			d.refuse("MaxURL must be 256 at least")
			return
		}
		d.maxURL = bytes
	}
}

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

// MaxRows bounds the rows that one read holds in memory; 100,000 unless said. A stream of rows is bounded by reply only.
func MaxRows(n int) Option {
	return func(d *DataSource) {
		if n < 1 {
			d.refuse("MaxRows must be positive")
			return
		}
		d.maxRows = n
	}
}

func modelOf(m any) (*model.Model, error) {
	t := reflect.TypeOf(m)
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t == nil {
		return nil, fault.New(fault.ErrInvalid, "", "", "Resource was given no model")
	}
	return model.Of(t)
}
