package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/jsonstream"
	"github.com/multi-orm/orm/model"
)

// errNotUTF8 is what is wrong with text in another encoding.
var errNotUTF8 = errors.New("it is not UTF-8")

// reply is an answer, read and parsed. It is shared between calls, so nothing changes it.
type reply struct {
	status int
	header http.Header
	url    *url.URL // that answered, after redirects
	body   bool     // there is a document
	raw    []byte   // which is valid JSON
	ep     *endpoint
	at     jsonstream.Found // where ep's places are in it
	sum    uint64           // tells documents apart

	refused *model.Field // that a refusal speaks of, nil for none
}

// receive reads res whole and closes it.
func (d *DataSource) receive(ctx context.Context, r *request, res *http.Response) (*reply, error) {
	defer func() { _ = res.Body.Close() }() // what was read is whole, or the error says so
	rep := &reply{status: res.StatusCode, header: res.Header, url: res.Request.URL}
	if res.StatusCode < 200 || res.StatusCode > 299 {
		rep.refused = r.ep.refusedField(res.StatusCode, res.Body)
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
	doc := jsonstream.NewScanner(res.Body, res.ContentLength, d.maxBody)
	at, wrong := doc.Find(&r.ep.at.outline, r.most)
	if errors.Is(wrong, jsonstream.ErrTooMany) {
		return nil, d.tooManyRows(m)
	}
	doc.Drain() // so that what is wrong below JSON is known first, and comes again where that may help
	body := doc.Bytes()
	switch err := doc.ReadError(); {
	case errors.Is(err, jsonstream.ErrTooLarge):
		return nil, tooLarge
	case err != nil && errors.Is(err, io.ErrUnexpectedEOF):
		return nil, lostError{upstream(m, nil, "the reply ends too early").WithCause(err)}
	case err != nil:
		return nil, lostError{transportFault(ctx, r.ep, err)}
	case len(bytes.TrimSpace(body)) == 0:
		return rep, nil
	case wrong != nil && !utf8.Valid(body):
		wrong = errNotUTF8
		fallthrough
	case wrong != nil:
		return nil, upstream(m, nil, fmt.Sprintf("%s %s answered %d with %s", r.ep.method, describePath(r.ep.path), res.StatusCode, notJSON(res.Header.Get("Content-Type"), body, wrong)))
	}
	rep.body, rep.raw, rep.ep, rep.at, rep.sum = true, body, r.ep, at, maphash.Bytes(d.seed, body)
	return rep, nil
}

// tooManyRows says that a read would hold more rows than it may.
func (d *DataSource) tooManyRows(m *model.Model) error {
	return fault.New(fault.ErrLimit, m.Name, "", fmt.Sprintf("more than MaxRows (%d) rows: add conditions or Take, stream them with Rows, or raise httpapi.MaxRows", d.maxRows))
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
		return nil, errNotUTF8
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
