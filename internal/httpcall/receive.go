package httpcall

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"mime"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/jsonstream"
)

// errNotUTF8 is what is wrong with text in another encoding.
var errNotUTF8 = errors.New("it is not UTF-8")

// maxRefusal bounds what is read of a reply that refuses.
const maxRefusal = 64 << 10

// receive reads res whole and closes it.
func (c *Caller) receive(ctx context.Context, r *Request, res *http.Response) (*Reply, error) {
	defer func() { _ = res.Body.Close() }() // what was read is whole, or the error says so
	rep := &Reply{Status: res.StatusCode, Header: res.Header, URL: res.Request.URL}
	if res.StatusCode < 200 || res.StatusCode > 299 {
		if rep.refusal = StatusFault(r, res.StatusCode); r.Refusal != nil {
			rep.refusal = r.Refusal(res.StatusCode, res.Header, io.LimitReader(res.Body, maxRefusal))
		}
		_, _ = io.CopyN(io.Discard, res.Body, maxRefusal) // so that the connection can be used again
		return rep, nil
	}
	if res.StatusCode == http.StatusNoContent {
		return rep, nil
	}
	m := r.Model
	tooLarge := fault.New(fault.ErrLimit, m.Name, "", fmt.Sprintf("the reply is larger than MaxBody (%d bytes)", c.MaxBody))
	if res.ContentLength > c.MaxBody {
		return nil, tooLarge
	}
	if enc := res.Header.Get("Content-Encoding"); enc != "" && !strings.EqualFold(enc, "identity") {
		return nil, Upstream(m, nil, "the reply is compressed in a way that was not asked for")
	}
	doc := jsonstream.NewScanner(res.Body, res.ContentLength, c.MaxBody)
	at, wrong := doc.Find(r.Outline, r.Most)
	if errors.Is(wrong, jsonstream.ErrTooMany) {
		return nil, r.TooMany()
	}
	doc.Drain() // so that what is wrong below JSON is known first, and comes again where that may help
	body := doc.Bytes()
	switch err := doc.ReadError(); {
	case errors.Is(err, jsonstream.ErrTooLarge):
		return nil, tooLarge
	case err != nil && errors.Is(err, io.ErrUnexpectedEOF):
		return nil, lostError{Upstream(m, nil, "the reply ends too early").WithCause(err)}
	case err != nil:
		return nil, lostError{TransportFault(ctx, r.Model, err)}
	case len(bytes.TrimSpace(body)) == 0:
		return rep, nil
	case wrong != nil && !utf8.Valid(body):
		wrong = errNotUTF8
		fallthrough
	case wrong != nil:
		return nil, Upstream(m, nil, fmt.Sprintf("%s answered %d with %s", r.Says, res.StatusCode, notJSON(res.Header.Get("Content-Type"), body, wrong)))
	}
	rep.Body, rep.Raw, rep.Outline, rep.At, rep.Sum = true, body, r.Outline, at, maphash.Bytes(c.seed, body)
	return rep, nil
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
