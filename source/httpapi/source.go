package httpapi

import (
	"context"
	"errors"
	"sync/atomic"

	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/httpcall"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// DataSource is an HTTP API. Source makes it; orm.Open opens it.
type DataSource struct {
	name      string
	invalid   []error // what was wrong with the name, the URL or the options; Open gives it
	call      *httpcall.Caller
	limits    source.Limits
	flights   flights
	state     atomic.Pointer[opened]
	scattered bool // NonAtomic was said
	exact     bool // NoFiltering was said
	maxRows   int
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
	d := &DataSource{name: name, maxRows: 100_000}
	var why string
	if d.call, why = httpcall.New("httpapi", baseURL); why != "" {
		d.refuse(why)
	}
	d.call.Leave = ": say Below in the mapping where it may"
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
	epochs := map[[2]string]*atomic.Uint64{}
	for _, m := range models {
		mp, err := mappingOf(m)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		rows := [2]string{m.Schema, m.Table}
		if epochs[rows] == nil {
			epochs[rows] = new(atomic.Uint64)
		}
		mp.epoch = epochs[rows]
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
