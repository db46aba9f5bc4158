package client

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/httpcall"
	"github.com/multi-orm/orm/internal/jsonrow"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/rls/rest/rjson"
)

// escape writes text as a value in a URL's query. What may stand there stays as it is, so that RJSON can be read.
func escape(b []byte, text []byte) []byte {
	const hex = "0123456789ABCDEF"
	for _, c := range text {
		if open(c) {
			b = append(b, c)
			continue
		}
		b = append(b, '%', hex[c>>4], hex[c&15])
	}
	return b
}

// open reports whether a byte needs no escape.
func open(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || strings.IndexByte("-_.~!$'()*,:@/", c) >= 0
}

// size is the length of a value in a URL.
func size(v *rjson.Value) int {
	n := 0
	for _, c := range v.Append(nil) {
		n++
		if !open(c) {
			n += 2
		}
	}
	return n
}

// query writes the query of a URL.
func (d *DataSource) query(sel *rjson.Value) string {
	var b []byte
	if len(sel.Members) > 0 {
		b = escape(append(b, "select="...), sel.Append(nil))
	}
	if d.who != "" {
		if len(b) > 0 {
			b = append(b, '&')
		}
		b = escape(b, []byte(d.who))
	}
	return string(b)
}

// request makes a request of a resource. key is the row's in the path, nil for the list.
func (d *DataSource) request(r *resource, method string, key []model.Value, sel *rjson.Value) (*httpcall.Request, error) {
	m := r.model
	path, says := r.path, method+" "+r.path
	if key != nil {
		says += "/{key}"
		path += "/"
		for i, v := range key {
			part, err := jsonrow.Text(m.Key[i], v)
			if err != nil {
				return nil, err
			}
			if i > 0 {
				path += ","
			}
			path += strings.ReplaceAll(url.PathEscape(part), ",", "%2C")
		}
	}
	u, err := d.call.Base.Parse(strings.TrimSuffix(d.call.Base.EscapedPath(), "/") + path)
	if err != nil {
		return nil, fault.New(fault.ErrInvalid, m.Name, "", "the request's URL cannot be made")
	}
	if u.RawQuery = d.query(sel); len(u.RawQuery) > d.maxURL {
		return nil, fault.New(fault.ErrLimit, m.Name, "", tooLong)
	}
	req := &httpcall.Request{Method: method, URL: u, Header: http.Header{"Prefer": {"handling=strict"}}, Below: u.Path, Model: m, Says: says, Role: method}
	req.Reads = method == http.MethodGet
	req.Safe = req.Reads
	req.Refusal = r.refusalOf(req)
	return req, nil
}

const tooLong = "the request is longer than MaxURL: ask for less at a time, or raise client.MaxURL where the service takes more"

// nameable reports whether a row can be named in a path by its key: a text must neither be empty nor lead elsewhere.
func nameable(key []model.Value) bool {
	for _, v := range key {
		switch v.Kind() {
		case model.NullValue, model.ListValue:
			return false
		case model.StringValue:
			if s := v.Str(); s == "" || s == "." || s == ".." || builder.TextFault(v) != "" || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }) {
				return false
			}
		}
	}
	return len(key) > 0
}
