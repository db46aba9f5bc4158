package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/httpcall"
	"github.com/multi-orm/orm/model"
)

// Problem is what a service said of a request that it refused (RFC 9457). Errors of this source hold it for errors.As and never
// print it: a service could say anything.
type Problem struct {
	Status    int
	Code      string
	Path      string // the part of the request that is wrong, as in where.title.like
	Detail    string
	RequestID string
	Fields    []ProblemField

	strict bool // it came from a handler that heeded the header Prefer
}

// ProblemField is a value that broke a rule.
type ProblemField struct{ Path, Rule string }

// Error says the status and the code alone.
func (p *Problem) Error() string { return fmt.Sprintf("client: the service answered %d", p.Status) }

// The codes that are told apart.
const (
	codeShape   = "SHAPE_INVALID"
	codeTimeout = "TIMEOUT"
)

// headerStrict is how a handler says that it refuses what it would not heed; without it what it answers may be less than was asked.
const headerStrict = "Preference-Applied"

// strictly reports whether a reply is of a handler that heeded the header Prefer.
func strictly(h http.Header) bool {
	return strings.Contains(strings.ToLower(strings.Join(h.Values(headerStrict), ",")), "handling=strict")
}

// refusalOf gives what reads the refusals of a request.
func (r *resource) refusalOf(req *httpcall.Request) func(int, http.Header, io.Reader) *fault.Error {
	return func(status int, h http.Header, body io.Reader) *fault.Error { return r.refusal(req, status, h, body) }
}

// refusal reads a reply that refuses.
func (r *resource) refusal(req *httpcall.Request, status int, h http.Header, body io.Reader) *fault.Error {
	text, err := io.ReadAll(body)
	if err != nil {
		text = nil
	}
	var x struct {
		Code, Path, Detail, RequestID string
		Fields                        []ProblemField
	}
	p := &Problem{Status: status, strict: strictly(h)}
	if json.Unmarshal(text, &x) == nil {
		p.Code, p.Path, p.Detail, p.RequestID, p.Fields = x.Code, x.Path, x.Detail, x.RequestID, x.Fields
	}
	at := r.model
	var field string
	if p.strict || x.Code != "" {
		at, field = r.blame(p.Path)
		if field == "" && len(p.Fields) == 1 {
			at, field = r.blame(p.Fields[0].Path)
		}
	}
	sentinel, detail := r.meaning(req, p, field)
	out := fault.New(sentinel, at.Name, field, detail).WithCause(p)
	if status >= 400 && status < 500 && status != http.StatusRequestTimeout {
		return out.WithOutcome(fault.Undone)
	}
	if !req.Reads && status == http.StatusServiceUnavailable && p.Code == codeTimeout { // the handler rolled it back
		return out.WithOutcome(fault.Undone)
	}
	return out
}

// meaning gives the error that a status is here, and what to do about it.
func (r *resource) meaning(req *httpcall.Request, p *Problem, field string) (error, string) {
	said := req.Answered(p.Status)
	verb, _, _ := strings.Cut(p.Path, ".")
	verb, _, _ = strings.Cut(verb, "[")
	switch p.Status {
	case http.StatusBadRequest:
		if p.Code != codeShape {
			return fault.ErrInvalid, said
		}
		what := "allow it"
		switch verb {
		case "where":
			what = "let requests filter by it so"
		case "orderBy":
			what = "let rows be sorted by it"
		case "columns", "with":
			what = "show it"
		case "data":
			what = "take it: tag the field readonly where the other side fills it"
		case "offset":
			what = "leave rows out of a list: leave Skip out"
		}
		return fault.ErrUnsupported, "the service's rule does not " + what
	case http.StatusUnauthorized:
		return fault.ErrAuth, said + ": check the credentials"
	case http.StatusForbidden:
		return fault.ErrDenied, said + ": the service has no rule for this caller, or its rule forbids it"
	case http.StatusNotFound:
		if !strings.Contains(req.Says, "{key}") {
			return fault.ErrNotFound, said + ": it has no such resource; see client.Resource"
		}
		return fault.ErrNotFound, said
	case http.StatusMethodNotAllowed:
		return fault.ErrUnsupported, said + ": the resource does not know the method"
	case http.StatusConflict:
		return fault.ErrConflict, said
	case http.StatusPreconditionFailed:
		return fault.ErrStale, "read the row again and repeat the change"
	case http.StatusRequestEntityTooLarge, http.StatusRequestURITooLong:
		return fault.ErrLimit, said + ": ask for less at a time"
	case http.StatusUnprocessableEntity:
		if field != "" {
			return fault.ErrInvalid, "the service's rules do not take the value"
		}
		return fault.ErrInvalid, said
	case http.StatusTooManyRequests:
		return fault.ErrUpstream, said + ": it is asked more often than it allows; see RateLimit"
	case http.StatusUnsupportedMediaType:
		return fault.ErrUpstream, said + ": is the base URL that of a rest handler?"
	}
	if p.Status >= 400 && p.Status < 500 {
		return fault.ErrInvalid, said
	}
	return fault.ErrUpstream, said
}

// blame finds the field that a path such as with.user.where.name.contains speaks of, and its model.
func (r *resource) blame(path string) (*model.Model, string) {
	m, of, last := r.model, r.model, ""
	for word := range strings.SplitSeq(path, ".") {
		word, _, _ = strings.Cut(word, "[")
		x, err := newNames(m)
		if err != nil {
			return r.model, ""
		}
		if f := x.columns[word]; f != nil {
			return m, f.Name
		}
		if rel := x.relations[word]; rel != nil {
			of, m, last = m, rel.Target, rel.Name
			continue
		}
	}
	return of, last // the relation itself
}

// problemIn gives what the service said, nil where the error is another one.
func problemIn(err error) *Problem {
	var p *Problem
	if errors.As(err, &p) {
		return p
	}
	return nil
}
