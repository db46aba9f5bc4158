package httpcall

import (
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/jsonstream"
	"github.com/multi-orm/orm/model"
)

// Request is one call of the API, ready to be sent any number of times.
type Request struct {
	Method string
	URL    *url.URL
	Header http.Header
	Body   []byte
	Kind   string // of the body, where neither the request nor the source says another
	Safe   bool   // it reads, or says the same however often it is said
	Reads  bool
	Below  string // the path that links and redirects must not leave

	Outline *jsonstream.Outline // where the reply has what is asked of it
	Most    int                 // rows at which reading the reply ends, 0 for none
	TooMany func() error        // the error where it does

	Model *model.Model
	Says  string // the request as errors name it, without values
	Role  string // what it is for, in errors
	// Refusal reads a reply that refuses; nil goes by its status alone, as StatusFault does.
	Refusal func(status int, header http.Header, body io.Reader) *fault.Error
}

// Reply is an answer, read and parsed. It is shared between calls, so nothing changes it.
type Reply struct {
	Status  int
	Header  http.Header
	URL     *url.URL // that answered, after redirects
	Body    bool     // there is a document
	Raw     []byte   // which is valid JSON
	Outline *jsonstream.Outline
	At      jsonstream.Found // where the outline's places are in it
	Sum     uint64           // tells documents apart

	refusal *fault.Error // nil for replies that do not refuse
}

// StatusFault maps a reply's status. The body is not looked at: it may hold anything.
func StatusFault(r *Request, status int) *fault.Error {
	sentinel, advice := fault.ErrUpstream, ""
	switch status {
	case http.StatusBadRequest, http.StatusUnprocessableEntity:
		sentinel = fault.ErrInvalid
	case http.StatusUnauthorized, http.StatusForbidden:
		sentinel, advice = fault.ErrAuth, ": check the credentials and what they may do"
	case http.StatusNotFound, http.StatusGone:
		sentinel = fault.ErrNotFound
	case http.StatusConflict:
		sentinel = fault.ErrConflict
	case http.StatusPreconditionFailed:
		sentinel = fault.ErrStale
	case http.StatusTooManyRequests:
		advice = ": the API is asked more often than it allows; see RateLimit"
	}
	out := fault.New(sentinel, r.Model.Name, "", r.Answered(status)+advice)
	if status == http.StatusTooManyRequests {
		return out.WithOutcome(fault.Undone)
	}
	return out
}

// Answered says in words which status came to which request.
func (r *Request) Answered(status int) string {
	return fmt.Sprintf("%s answered %d %s", r.Says, status, http.StatusText(status))
}

// Upstream is what the API did wrong with model m.
func Upstream(m *model.Model, f *model.Field, detail string) *fault.Error {
	field := ""
	if f != nil {
		field = f.Name
	}
	return fault.New(fault.ErrUpstream, m.Name, field, detail)
}
