package rest

import (
	"net/http"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/rls/rest/outline"
)

// Outline tells what a caller may ask, as plain data: what documents and clients are made of. The rule that counts when a
// request has no flag comes first among those of an operation.
func (a *API) Outline(actor orm.Actor, signedIn bool) outline.API {
	var out outline.API
	for _, name := range a.names {
		r := a.resources[name]
		x := outline.Resource{Name: name, Description: r.description, CountTotal: r.countTotal, Single: outline.Single(r.single), Envelope: r.envelope(), Forbid: outline.Part(r.forbid)}
		r.flat.outline(&x)
		for _, verb := range []string{http.MethodGet, http.MethodPost, http.MethodPatch, http.MethodDelete} {
			callers := r.methods[verb].open(actor, signedIn, r.everyRow)
			if len(callers) == 0 {
				continue
			}
			op := outline.Operation{Method: verb, List: r.flat.serves(verb, false), Callers: callers}
			for i := range callers {
				if verb == http.MethodPost || len(callers[i].Shape.Unique) == 0 || !r.flat.serves(verb, true) {
					continue
				}
				op.Row = true
				if x.Key == nil {
					x.Key = callers[i].Shape.Unique[0]
				}
			}
			if verb == http.MethodGet {
				x.Extras = r.extras
			}
			x.Operations = append(x.Operations, op)
		}
		if len(x.Operations) > 0 {
			out.Resources = append(out.Resources, x)
		}
	}
	return out
}

func (r *resource) envelope() outline.Envelope {
	switch {
	case r.format.is(Envelope):
		return outline.Default
	case r.format.is(NicotEnvelope):
		return outline.Nicot
	case r.format.is(Bare):
		return outline.Bare
	}
	return outline.Custom
}

// open lists the rules that a caller can ask by.
func (m *method) open(actor orm.Actor, signedIn, everyRow bool) []outline.Caller {
	if m == nil {
		return nil
	}
	var out []outline.Caller
	add := func(c *caller) {
		for i := range out {
			if out[i].Who == c.who {
				return
			}
		}
		x := outline.Caller{Who: c.who, Shape: c.outline, Every: c.narrow || everyRow}
		if c.who == Mine || c.who == All || c.who == Guest {
			x.Flag = c.who
		}
		out = append(out, x)
	}
	if c, err := m.choose(actor, signedIn, nil); err == nil {
		add(c)
	}
	for _, who := range []string{Mine, All, Guest} {
		if c, err := m.choose(actor, signedIn, []string{who}); err == nil {
			add(c)
		}
	}
	return out
}
