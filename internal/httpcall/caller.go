// Package httpcall sends requests to one HTTP API: with credentials, limits, retries and a circuit breaker, and reads
// replies of JSON. It is what the sources over HTTP share; what a request says and what a reply means is theirs.
package httpcall

import (
	"hash/maphash"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/go-resty/resty/v2"
	"golang.org/x/time/rate"
)

// Caller sends the requests of one source. Its fields are set before Open and not after.
type Caller struct {
	Base    *url.URL
	Header  http.Header // of every request
	Timeout time.Duration
	Retries int
	MaxWait time.Duration // that a Retry-After may ask for
	MaxBody int64
	Limiter *rate.Limiter // nil for none
	Breaker *Breaker      // nil for none
	Given   *resty.Client // nil for one of its own

	// Package is that of the options, for errors that name one.
	Package string
	// Leave says what to do where a redirect or a link leads away from its place.
	Leave string

	client *resty.Client
	own    *http.Transport // nil when the given client brought its own
	keeper *keeper         // nil without credentials
	budget budget
	slots  chan struct{}
	seed   maphash.Seed // of the sums of replies
}

// What a Caller is unless it is said.
const (
	defaultRetries = 3
	defaultWait    = 30 * time.Second
	defaultBody    = 32 << 20
	defaultTimeout = 10 * time.Second
)

// New makes a Caller for the API below baseURL; why tells what is wrong with the URL.
func New(pkg, baseURL string) (c *Caller, why string) {
	c = &Caller{Package: pkg, Header: http.Header{"User-Agent": {"multi-orm"}}, Retries: defaultRetries, MaxWait: defaultWait, MaxBody: defaultBody,
		Breaker: DefaultBreaker(), seed: maphash.MakeSeed()}
	u, err := url.Parse(baseURL)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		why = "the base URL is no http or https URL"
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		why = "the base URL must not hold credentials, a query or a fragment: use Header or Auth"
	}
	c.Base = u
	return c, why
}

// Open makes the client. conns is the number of requests that may be under way, timeout that of one where none is set.
func (c *Caller) Open(conns int, timeout time.Duration) {
	if c.Timeout == 0 {
		c.Timeout = timeout
	}
	if c.Timeout <= 0 {
		c.Timeout = defaultTimeout
	}
	c.slots = make(chan struct{}, conns)
	c.connect(conns)
}

// Close lets idle connections go. A client that was given stays as it is.
func (c *Caller) Close() {
	if c.own != nil {
		c.own.CloseIdleConnections()
	}
}

// SameHost reports whether u is on the API's own scheme and host, without credentials of its own.
func (c *Caller) SameHost(u *url.URL) bool {
	return u.Scheme == c.Base.Scheme && strings.EqualFold(u.Host, c.Base.Host) && u.User == nil
}

// ValidHeader reports whether name is a token of RFC 9110.
func ValidHeader(name string) bool {
	for _, r := range name {
		if r >= 0x7f || r <= ' ' || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r) {
			return false
		}
	}
	return name != ""
}

// ValidHeaderValue reports whether value holds no control character, so that it cannot begin another header.
func ValidHeaderValue(value string) bool {
	return !strings.ContainsFunc(value, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f })
}
