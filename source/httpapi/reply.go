package httpapi

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/multi-orm/orm/internal/fault"
)

// reply is an answer, read and parsed. It is shared between calls, so nothing changes it.
type reply struct {
	status int
	header http.Header
	url    *url.URL // that answered, after redirects
	body   bool     // there is a document
	doc    any      // numbers are json.Number
	size   int64
	sum    [sha256.Size]byte // tells documents apart
}

// receive reads res whole and closes it.
func (d *DataSource) receive(ctx context.Context, r *request, res *http.Response) (*reply, error) {
	defer func() { _ = res.Body.Close() }() // what was read is whole, or the error says so
	rep := &reply{status: res.StatusCode, header: res.Header, url: res.Request.URL}
	if res.StatusCode < 200 || res.StatusCode > 299 {
		_, _ = io.CopyN(io.Discard, res.Body, 64<<10) // so that the connection can be used again
		return rep, nil
	}
	if res.StatusCode == http.StatusNoContent {
		return rep, nil
	}
	m := r.ep.model
	tooLarge := fault.New(fault.ErrLimit, m.Name, "", fmt.Sprintf("the reply is larger than MaxBody (%d bytes)", d.maxBody))
	if res.ContentLength > d.maxBody {
		return nil, tooLarge
	}
	if enc := res.Header.Get("Content-Encoding"); enc != "" && !strings.EqualFold(enc, "identity") {
		return nil, upstream(m, nil, "the reply is compressed in a way that was not asked for")
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, d.maxBody+1))
	switch {
	case int64(len(body)) > d.maxBody:
		return nil, tooLarge
	case err != nil && errors.Is(err, io.ErrUnexpectedEOF):
		return nil, lostError{upstream(m, nil, "the reply ends too early").WithCause(err)}
	case err != nil:
		return nil, lostError{transportFault(ctx, r.ep, err)}
	case len(bytes.TrimSpace(body)) == 0:
		return rep, nil
	}
	if objects(body) > objectsPerRow*d.maxRows {
		return nil, fault.New(fault.ErrLimit, m.Name, "", fmt.Sprintf("the reply holds more objects and lists than %d for each of MaxRows (%d) rows", objectsPerRow, d.maxRows))
	}
	if rep.doc, err = parseJSON(body); err != nil {
		return nil, upstream(m, nil, fmt.Sprintf("%s %s answered %d with %s", r.ep.method, describePath(r.ep.path), res.StatusCode, notJSON(res.Header.Get("Content-Type"), body, err)))
	}
	rep.body, rep.size, rep.sum = true, int64(len(body)), sumOf(body)
	return rep, nil
}

// objectsPerRow is how many objects and lists of a reply, on average, a row may hold.
const objectsPerRow = 4

// objects counts the objects and lists of a document before any of them is built.
func objects(body []byte) (n int) {
	text := false
	for i := 0; i < len(body); i++ {
		switch c := body[i]; {
		case text && c == '\\':
			i++
		case c == '"':
			text = !text
		case !text && (c == '{' || c == '['):
			n++
		}
	}
	return n
}

// notJSON says what a body is instead; its content type alone proves nothing.
func notJSON(contentType string, body []byte, err error) string {
	kind, _, _ := mime.ParseMediaType(contentType)
	text := bytes.ToLower(bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))))
	switch {
	case bytes.HasPrefix(text, []byte("<!doctype html")), bytes.HasPrefix(text, []byte("<html")), kind == "text/html":
		return "an HTML page, not JSON: is the base URL right, and is nobody asked to log in?"
	case bytes.HasPrefix(text, []byte("<")):
		return "XML, not JSON: is the base URL right?"
	case kind == "application/json" || kind == "text/json" || strings.HasSuffix(kind, "+json"):
		return "a body that is not valid JSON: " + err.Error()
	}
	return "something that is not JSON: is the base URL right?"
}

// parseJSON reads one document. Numbers stay text, so that no digit is lost.
func parseJSON(body []byte) (doc any, err error) {
	if !utf8.Valid(body) {
		return nil, errors.New("it is not UTF-8")
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	if err := dec.Decode(&doc); err != nil { // its words may quote the body
		return nil, fmt.Errorf("near byte %d", dec.InputOffset())
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("more follows after byte %d", dec.InputOffset())
	}
	return doc, nil
}
