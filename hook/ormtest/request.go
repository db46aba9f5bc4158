package ormtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/multi-orm/orm/internal/jsonrow"
)

// Redacted stands in a Request for a value that is secret by its name: an Authorization or Cookie header, whatever is called a token,
// password, secret, signature, credential or key of an API, and hidden columns of Rows.
const Redacted = "[redacted]"

// Request is what an API was asked.
type Request struct {
	Method string
	Path   string
	Query  url.Values
	Header http.Header
	Body   string // JSON in one form, members sorted; a form as it is; of other bodies the length
}

// String is the request in one line: GET /products?limit=2, or POST /products {"sku":"TEA"}. Parameters are sorted by name and
// not escaped.
func (r Request) String() string {
	var b strings.Builder
	b.WriteString(r.Method + " " + r.Path)
	if len(r.Query) > 0 {
		b.WriteString("?" + plain(r.Query))
	}
	if r.Body != "" {
		b.WriteString(" " + r.Body)
	}
	return b.String()
}

func plain(q url.Values) string {
	text, err := url.QueryUnescape(q.Encode()) // sorted
	if err != nil {
		return q.Encode()
	}
	return text
}

func (a *API) recorded(r *http.Request, body []byte) Request {
	out := Request{Method: r.Method, Path: r.URL.Path, Query: a.redacted(r.URL.Query()), Header: a.redacted(r.Header)}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")) // none is a body of no known kind
	switch form, err := url.ParseQuery(string(body)); {
	case len(body) == 0:
	case kind == "application/x-www-form-urlencoded" && err == nil:
		out.Body = plain(a.redacted(form))
	default:
		out.Body = a.document(body)
	}
	return out
}

// document writes a body of JSON in one form.
func (a *API) document(body []byte) string {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber() // no digit is lost
	var doc any
	if err := d.Decode(&doc); err != nil || d.More() {
		return fmt.Sprintf("[%d bytes]", len(body))
	}
	text, err := jsonrow.Encode(a.veil(doc))
	if err != nil {
		return fmt.Sprintf("[%d bytes]", len(body))
	}
	return string(text)
}

func (a *API) veil(doc any) any {
	switch x := doc.(type) {
	case map[string]any:
		for name, v := range x {
			if x[name] = a.veil(v); a.secret(name) {
				x[name] = Redacted
			}
		}
	case []any:
		for i := range x {
			x[i] = a.veil(x[i])
		}
	}
	return doc
}

func (a *API) redacted(in map[string][]string) map[string][]string {
	out := make(map[string][]string, len(in))
	for name, values := range in {
		if out[name] = values; a.secret(name) {
			out[name] = []string{Redacted}
		}
	}
	return out
}

// secret tells by its name that a value is not to be seen.
func (a *API) secret(name string) bool {
	if a.hidden[name] {
		return true
	}
	name = strings.NewReplacer("-", "", "_", "").Replace(strings.ToLower(name))
	for _, word := range []string{"authorization", "cookie", "token", "password", "passwd", "secret", "signature", "credential", "apikey", "accesskey"} {
		if strings.Contains(name, word) {
			return true
		}
	}
	return name == "key" || name == "auth"
}
