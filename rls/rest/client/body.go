package client

import (
	"net/http"
	"slices"

	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/httpcall"
	"github.com/multi-orm/orm/internal/jsonrow"
	"github.com/multi-orm/orm/model"
)

// writing is a write of a resource under way: the values that go over, and those that the library made up.
type writing struct {
	d      *DataSource
	r      *resource
	method string
	made   []*model.Field
}

// member is a value of a row on the wire.
type member struct {
	field *model.Field
	name  string
	value any // as encoding/json writes it
}

// members gives the values of a row, without those that the service has said it fills itself.
func (w *writing) members(fields []*model.Field, values []model.Value) ([]member, error) {
	out, m := make([]member, 0, len(fields)), w.r.model
	for i, f := range fields {
		name := w.r.columns[f.Index]
		zero := isZero(f, values[i])
		switch {
		case f == m.Version: // which the service moves on by itself
			continue
		case (name == "" || f.ReadOnly || w.method == http.MethodPost && f.UpdateOnly) && zero:
			continue
		case w.method == http.MethodPost && (f == m.SoftDelete || f == m.Tenant || f == m.Owner) && zero: // a new row has none
			continue
		case slices.Contains(w.made, f) && w.r.filled(w.method, name):
			continue
		case name == "":
			_, err := w.r.column(f)
			return nil, err
		}
		v, err := jsonrow.JSON(f, values[i])
		if err != nil {
			return nil, err
		}
		out = append(out, member{f, name, v})
	}
	return out, nil
}

func isZero(f *model.Field, v model.Value) bool {
	if v.IsNull() {
		return true
	}
	zero, err := f.Load(f.Model.NewRow().UnsafePointer())
	return err == nil && string(model.AppendKey(nil, v)) == string(model.AppendKey(nil, zero))
}

func objectOf(members []member) map[string]any {
	out := make(map[string]any, len(members))
	for _, m := range members {
		out[m.name] = m.value
	}
	return out
}

// carry gives a request its body.
func (w *writing) carry(req *httpcall.Request, body any) error {
	text, err := jsonrow.Encode(body)
	if err != nil {
		return fault.New(fault.ErrInvalid, w.r.model.Name, "", "a value cannot be written as JSON")
	}
	req.Kind, req.Body = "application/json", text
	return nil
}

// refills learns from a refusal that the service fills a column itself whose value was made up here, and reports whether the
// write may be tried without it: what was refused was not done.
func (w *writing) refills(err error) bool {
	_, p := refusedPart(err)
	if p == nil || p.Status != http.StatusBadRequest && p.Status != http.StatusUnprocessableEntity {
		return false
	}
	paths := []string{p.Path}
	for _, f := range p.Fields {
		paths = append(paths, f.Path)
	}
	news := false
	for _, path := range paths {
		if m, field := w.r.blame(path); m == w.r.model && field != "" {
			for _, f := range w.made {
				if f.Name == field && w.r.fills(w.method, w.r.columns[f.Index]) {
					news = true
				}
			}
		}
	}
	return news
}

// done marks a failure after the write was done.
func done(err error) error {
	if err == nil {
		return nil
	}
	return fault.Ended(fault.Fill(err, "", "", ""), fault.Unknown)
}
