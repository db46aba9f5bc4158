package httpapi

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"

	"github.com/multi-orm/orm/model"
)

// ErrorField is the JSONPath, in a reply of 400, 409 or 422, of the name of the field that the API did not take: text, a
// list of texts, or an object whose keys are the names. A name is a column or a Go field, alone or behind dots or slashes
// ("data/attributes/email"); others are left out. What else the reply holds is never told.
func (e Endpoint) ErrorField(path string) Endpoint { e.errorField = path; return e }

// refusedField reads which field a refusal speaks of, nil where it tells of none that the model has, or of several.
func (e *endpoint) refusedField(status int, body io.Reader) *model.Field {
	switch status {
	case http.StatusBadRequest, http.StatusConflict, http.StatusUnprocessableEntity:
	default:
		return nil
	}
	if e.errorField == nil {
		return nil
	}
	text, err := io.ReadAll(body)
	var doc any
	if err != nil || json.Unmarshal(text, &doc) != nil {
		return nil
	}
	var only *model.Field
	for _, found := range e.errorField.Get(doc) {
		for _, name := range namesIn(found) {
			f := e.fieldNamed(name)
			switch {
			case f == nil || f == only:
			case only != nil:
				return nil
			default:
				only = f
			}
		}
	}
	return only
}

func namesIn(v any) (out []string) {
	switch x := v.(type) {
	case string:
		out = append(out, x)
	case []any:
		for _, e := range x {
			if s, ok := e.(string); ok {
				out = append(out, s)
			}
		}
	case map[string]any:
		for k := range x {
			out = append(out, k)
		}
	}
	return out
}

// fieldNamed finds a column by what an API calls it.
func (e *endpoint) fieldNamed(name string) *model.Field {
	if at := strings.LastIndexAny(name, "./"); at >= 0 {
		name = name[at+1:]
	}
	for _, f := range e.model.Fields {
		if f.Column == name {
			return f
		}
	}
	for _, f := range e.model.Fields {
		if strings.EqualFold(f.Column, name) || strings.EqualFold(f.Name, name) {
			return f
		}
	}
	return nil
}
