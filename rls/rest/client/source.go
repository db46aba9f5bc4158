package client

import (
	"context"
	"errors"
	"net/http"
	"sync/atomic"

	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/httpcall"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// DataSource is a service that serves resources by package rest. Source makes it; orm.Open opens it.
type DataSource struct {
	name    string
	invalid []error // what was wrong with the URL or the options; Open gives it
	call    *httpcall.Caller
	auth    func(ctx context.Context, h http.Header) error
	limits  source.Limits
	maxURL  int
	maxRows int
	who     string
	named   []naming
	state   atomic.Pointer[opened]
}

// naming says under which name a model is a resource.
type naming struct {
	model *model.Model
	name  string
}

// opened is what Open made.
type opened struct{ models map[*model.Model]*resource }

var (
	_ source.Source    = (*DataSource)(nil)
	_ source.Limited   = (*DataSource)(nil)
	_ source.Describer = (*DataSource)(nil)
)

// What a source is unless it is said.
const (
	defaultURL  = 8 << 10
	defaultRows = 100_000
)

// Source describes the service whose rest handler is mounted at baseURL, which is http or https and holds neither
// credentials nor a query. The tables of its models are resources there. Nothing is sent before the first statement.
func Source(name, baseURL string, opts ...Option) *DataSource {
	d := &DataSource{name: name, maxURL: defaultURL, maxRows: defaultRows}
	var why string
	if d.call, why = httpcall.New("client", baseURL); why != "" {
		d.refuse(why)
	}
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

// Capabilities says what the service can do: it follows relations between its resources and answers writes with rows.
// Nothing is atomic beyond one request.
func (d *DataSource) Capabilities() source.Capabilities {
	return source.Capabilities{Returning: true, Relations: true}
}

// Limit takes the limits of Open.
func (d *DataSource) Limit(l source.Limits) { d.limits = l }

// Open names the resources and their columns. It sends nothing.
func (d *DataSource) Open(_ context.Context, models []*model.Model) error {
	if d.state.Load() != nil {
		return nil
	}
	errs := append([]error(nil), d.invalid...)
	o := &opened{models: map[*model.Model]*resource{}}
	for _, m := range models {
		r, err := d.resourceOf(m)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		o.models[m] = r
	}
	for _, n := range d.named {
		if o.models[n.model] == nil {
			errs = append(errs, &fault.Error{Model: n.model.Name, Source: d.name, Err: fault.ErrInvalid, Detail: "Resource names a model that is not bound to this source: give it to orm.Models, with datasource= in its tag"})
		}
	}
	if len(errs) > 0 {
		return errors.Join(errs...)
	}
	or := func(v *int, def int) {
		if *v <= 0 {
			*v = def
		}
	}
	or(&d.limits.MaxConcurrentRequests, 10)
	or(&d.limits.PostFilterRows, 10_000)
	or(&d.limits.MaxFanOut, 1000)
	d.call.Open(d.limits.MaxConcurrentRequests, d.limits.RequestTimeout)
	d.state.Store(o)
	return nil
}

// Close lets idle connections go. A client that the caller gave stays as it is.
func (d *DataSource) Close() error {
	d.state.Store(nil)
	d.call.Close()
	return nil
}

// resource gives the resource of m.
func (d *DataSource) resource(m *model.Model) (*resource, error) {
	o := d.state.Load()
	if o == nil {
		return nil, &fault.Error{Model: m.Name, Source: d.name, Err: fault.ErrClosed, Detail: "the source is not open"}
	}
	r := o.models[m]
	if r == nil {
		return nil, &fault.Error{Model: m.Name, Source: d.name, Err: fault.ErrInvalid, Detail: "the model is not bound to this source"}
	}
	return r, nil
}
