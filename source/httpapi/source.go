package httpapi

import (
	"context"
	"errors"
	"hash/maphash"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/go-resty/resty/v2"
	"golang.org/x/time/rate"

	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// DataSource is an HTTP API. Source makes it; orm.Open opens it.
type DataSource struct {
	name      string
	base      *url.URL
	invalid   []error // what was wrong with the name, the URL or the options; Open gives it
	given     *resty.Client
	client    *resty.Client
	own       *http.Transport // nil when the caller's client brought its own
	header    http.Header
	keeper    *keeper // nil without credentials
	limits    source.Limits
	timeout   time.Duration // of one request; RequestTimeout when zero
	retries   int
	maxWait   time.Duration
	maxBody   int64
	limiter   *rate.Limiter
	breaker   *breaker
	budget    budget
	slots     chan struct{}
	flights   flights
	state     atomic.Pointer[opened]
	scattered bool // NonAtomic was said
	exact     bool // NoFiltering was said
	maxRows   int
	seed      maphash.Seed // of the sums of replies
}

// opened is what Open made.
type opened struct{ models map[*model.Model]*mapping }

var (
	_ source.Source    = (*DataSource)(nil)
	_ source.Limited   = (*DataSource)(nil)
	_ source.Describer = (*DataSource)(nil)
)

// Source describes the API below baseURL, which is http or https and holds neither credentials nor a query. Nothing
// is sent before the first statement.
func Source(name, baseURL string, opts ...Option) *DataSource {
	d := &DataSource{name: name, header: http.Header{"User-Agent": {"multi-orm"}}, retries: 3, maxWait: 30 * time.Second, maxBody: 32 << 20, maxRows: 100_000, breaker: &breaker{limit: defaultFailures, pause: defaultPause}, seed: maphash.MakeSeed()}
	u, err := url.Parse(baseURL)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		d.refuse("the base URL is no http or https URL")
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		d.refuse("the base URL must not hold credentials, a query or a fragment: use Header, OAuth2 or Auth")
	}
	d.base = u
	for _, o := range opts {
		o(d)
	}
	return d
}

func (d *DataSource) refuse(detail string) {
	d.invalid = append(d.invalid, &fault.Error{Source: d.name, Err: fault.ErrInvalid, Detail: detail})
}

// Name is the name that datasource= uses.
func (d *DataSource) Name() string { return d.name }

// Capabilities says what the API can do: none but upserts, where they are mapped. Nothing is atomic beyond one request.
func (d *DataSource) Capabilities() source.Capabilities {
	return source.Capabilities{Returning: true, Upsert: true}
}

// Limit takes the limits of Open.
func (d *DataSource) Limit(l source.Limits) { d.limits = l }

// Open parses and checks the mappings of the models. It sends nothing.
func (d *DataSource) Open(_ context.Context, models []*model.Model) error {
	if d.state.Load() != nil {
		return nil
	}
	errs := append([]error(nil), d.invalid...)
	o := &opened{models: map[*model.Model]*mapping{}}
	for _, m := range models {
		mp, err := mappingOf(m)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		o.models[m] = mp
	}
	if len(errs) > 0 {
		return errors.Join(errs...)
	}
	if d.limits.MaxConcurrentRequests <= 0 {
		d.limits.MaxConcurrentRequests = 10
	}
	if d.limits.PostFilterRows <= 0 {
		d.limits.PostFilterRows = 10_000
	}
	if d.timeout == 0 {
		d.timeout = d.limits.RequestTimeout
	}
	if d.timeout <= 0 {
		d.timeout = 10 * time.Second
	}
	d.slots = make(chan struct{}, d.limits.MaxConcurrentRequests)
	d.connect()
	d.state.Store(o)
	return nil
}

// Close lets idle connections go. A client that the caller gave stays as it is.
func (d *DataSource) Close() error {
	d.state.Store(nil)
	if d.own != nil {
		d.own.CloseIdleConnections()
	}
	return nil
}

// mapping gives the mapping of m.
func (d *DataSource) mapping(m *model.Model) (*mapping, error) {
	o := d.state.Load()
	if o == nil {
		return nil, &fault.Error{Model: m.Name, Source: d.name, Err: fault.ErrClosed, Detail: "the source is not open"}
	}
	mp := o.models[m]
	if mp == nil {
		return nil, &fault.Error{Model: m.Name, Source: d.name, Err: fault.ErrInvalid, Detail: "the model is not bound to this source"}
	}
	return mp, nil
}

// sameHost reports whether u is on the API's own scheme and host, without credentials of its own.
func (d *DataSource) sameHost(u *url.URL) bool {
	return u.Scheme == d.base.Scheme && strings.EqualFold(u.Host, d.base.Host) && u.User == nil
}
