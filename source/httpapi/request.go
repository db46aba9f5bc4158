package httpapi

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/httpcall"
	"github.com/multi-orm/orm/internal/jsonrow"
	"github.com/multi-orm/orm/model"
)

// window is where in a list of rows a request begins.
type window struct {
	skip, take, page int64
	cursor           string
	hasTake          bool
	over             bool // there is no such page
}

// say is what a request says besides its conditions.
type say struct {
	order   string
	columns string
	data    any            // encoded as JSON
	row     []model.Value  // of the row that is written, for fields in the path
	fields  []*model.Field // in step with row
}

// request fills the endpoint's templates. Required conditions are there: match has seen to it.
func (e *endpoint) request(base *url.URL, c *conditions, w window, s say) (*httpcall.Request, error) {
	path, err := expand(e.path, func(f *model.Field) (model.Value, bool) {
		for i := range s.fields {
			if s.fields[i] == f {
				return s.row[i], true
			}
		}
		v, at := c.find(f, builder.OpEq)
		return v, at >= 0
	})
	if err != nil {
		return nil, err
	}
	u, err := base.Parse(strings.TrimSuffix(base.EscapedPath(), "/") + path)
	if err != nil {
		return nil, fault.New(fault.ErrInvalid, e.model.Name, "", "the request's URL cannot be made")
	}
	r := &httpcall.Request{Method: e.method, URL: u, Header: http.Header{}, Below: cmp.Or(e.below, u.Path), Outline: &e.at.outline, Model: e.model,
		Says: e.method + " " + describePath(e.path), Role: e.role}
	r.Reads = strings.HasPrefix(e.role, "Find") || e.role == "Count"
	r.Safe = r.Reads || e.method == http.MethodPut || e.method == http.MethodDelete
	r.Refusal = func(status int, _ http.Header, body io.Reader) *fault.Error {
		out := httpcall.StatusFault(r, status)
		if f := e.refusedField(status, body); f != nil {
			out.Field = f.Name
		}
		return out
	}
	query, form, object := u.Query(), url.Values{}, map[string]any{}
	for i := range e.params {
		b := &e.params[i]
		if err := b.required(e, c); err != nil {
			return nil, err
		}
		if b.in == inBody {
			v, ok, err := b.json(c, w, s)
			if err != nil {
				return nil, err
			}
			if ok {
				object[b.name] = v
			}
			continue
		}
		texts, err := b.texts(c, w, s)
		if err != nil {
			return nil, err
		}
		for _, text := range texts {
			switch b.in {
			case inQuery:
				query.Add(b.name, text)
			case inForm:
				form.Add(b.name, text)
			default:
				if !httpcall.ValidHeaderValue(text) {
					return nil, jsonrow.Invalid(b.field, "the value cannot be part of a header")
				}
				if name := http.CanonicalHeaderKey(b.name); name == "Accept" || name == "Content-Type" {
					r.Header.Set(name, text)
				} else {
					r.Header.Add(name, text)
				}
			}
		}
	}
	u.RawQuery = query.Encode()
	return r, e.encode(r, s, form, object)
}

func (e *endpoint) encode(r *httpcall.Request, s say, form url.Values, object map[string]any) error {
	var body any
	switch {
	case e.bodyAll:
		body = s.data
	case len(object) > 0:
		body = object
	case len(form) > 0:
		r.Kind = "application/x-www-form-urlencoded"
		r.Body = []byte(form.Encode())
		return nil
	default:
		return nil
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(body); err != nil {
		return fault.New(fault.ErrInvalid, e.model.Name, "", "a value cannot be written as JSON")
	}
	r.Kind = "application/json"
	r.Body = b.Bytes()
	return nil
}

// required refuses a call that lacks a condition its endpoint asks for: without it the API might do more than was asked.
func (b *binding) required(e *endpoint, c *conditions) error {
	if b.word != where || b.optional {
		return nil
	}
	if _, at := c.find(b.field, b.op); at < 0 {
		return fault.New(fault.ErrUnsupported, b.field.Model.Name, b.field.Name, fmt.Sprintf("%s needs the condition %s.%s: add it to Where, or end the template in ? where the API does without",
			e.role, b.field.Name, opName(b.op)))
	}
	return nil
}

// json gives the binding's value with its JSON type; ok is false where there is nothing to say.
func (b *binding) json(c *conditions, w window, s say) (v any, ok bool, err error) {
	switch b.word {
	case where:
		x, at := c.find(b.field, b.op)
		if at < 0 {
			return nil, false, nil
		}
		v, err := jsonrow.JSON(b.field, x)
		return v, true, err
	case skip, take, page:
		n, ok := b.number(w)
		return n, ok, nil
	case data:
		return s.data, true, nil
	}
	texts, err := b.texts(c, w, s)
	if len(texts) == 0 || err != nil {
		return nil, false, err
	}
	return texts[0], true, nil
}

// texts gives the binding's value as text, none where there is nothing to say.
func (b *binding) texts(c *conditions, w window, s say) ([]string, error) {
	one := func(text string) ([]string, error) {
		if text == "" {
			return nil, nil
		}
		return []string{text}, nil
	}
	switch b.word {
	case literal:
		return []string{b.text}, nil
	case where:
		v, at := c.find(b.field, b.op)
		if at < 0 {
			return nil, nil
		}
		if strings.HasSuffix(b.name, "[]") && v.Kind() == model.ListValue {
			var out []string
			for _, x := range v.List() {
				text, err := jsonrow.Text(b.field, x)
				if err != nil {
					return nil, err
				}
				out = append(out, text)
			}
			return out, nil
		}
		text, err := jsonrow.Text(b.field, v)
		return []string{text}, err
	case skip, take, page:
		if n, ok := b.number(w); ok {
			return []string{strconv.FormatInt(n, 10)}, nil
		}
	case cursor:
		return one(w.cursor)
	case orderBy:
		return one(s.order)
	case columns:
		return one(s.columns)
	}
	return nil, nil
}

func (b *binding) number(w window) (int64, bool) {
	switch b.word {
	case skip:
		return w.skip, w.skip > 0 || w.hasTake
	case take:
		return w.take, w.hasTake
	}
	return w.page, w.hasTake
}

// describe gives the request with the names of its parameters and none of their values. sent says which
// conditions and other words are there.
func (e *endpoint) describe(basePath string, c *conditions, w window, s say) string {
	var query, body, headers []string
	for i := range e.params {
		b := &e.params[i]
		there := b.word == literal || b.word == data
		if b.word == where {
			_, at := c.find(b.field, b.op)
			there = at >= 0 || c.lists(b.field, b.op) >= 0 && !b.optional
		} else if !there {
			texts, err := b.texts(c, w, s)
			there = err == nil && len(texts) > 0
		}
		if !there {
			continue
		}
		switch b.in {
		case inQuery:
			query = append(query, b.name+"=…")
		case inHeader:
			headers = append(headers, b.name)
		default:
			body = append(body, b.name)
		}
	}
	text := e.method + " " + strings.TrimSuffix(basePath, "/") + describePath(e.path)
	if len(query) > 0 {
		text += "?" + strings.Join(query, "&")
	}
	if len(body) > 0 {
		text += " body {" + strings.Join(body, ", ") + "}"
	}
	if len(headers) > 0 {
		text += " headers " + strings.Join(headers, ", ")
	}
	return text
}
