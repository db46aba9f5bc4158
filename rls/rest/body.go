package rest

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/multi-orm/orm/rls/guard"
	"github.com/multi-orm/orm/rls/rest/rjson"
)

// The types of bodies.
const (
	typeJSON  = "application/json"
	typeRJSON = "application/rjson"
	typeForm  = "application/x-www-form-urlencoded"
)

// noBody refuses a body where the method has none.
func noBody(r *http.Request) error {
	if r.ContentLength != 0 && r.Body != nil && r.Body != http.NoBody {
		return refuse("", "the method takes no body")
	}
	return nil
}

// body reads the values that a write gives.
func (c *call) readBody() (guard.Node, error) {
	h := c.http.Header
	kind, params, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil {
		kind = ""
	}
	unsupported := func(detail string) (guard.Node, error) {
		return guard.Node{}, &Error{Status: http.StatusUnsupportedMediaType, Detail: detail}
	}
	switch {
	case kind != typeJSON && kind != typeRJSON && kind != typeForm:
		return unsupported("the body is " + typeJSON + ", " + typeRJSON + " or " + typeForm)
	case params["charset"] != "" && !strings.EqualFold(params["charset"], "utf-8"):
		return unsupported("the body is UTF-8")
	case h.Get("Content-Encoding") != "" && !strings.EqualFold(h.Get("Content-Encoding"), "identity"):
		return unsupported("the body is not compressed")
	}
	most := c.api.limits.MaxBody
	if c.http.ContentLength > most {
		return guard.Node{}, tooLarge("the body is too large")
	}
	text, err := io.ReadAll(http.MaxBytesReader(c.w, c.http.Body, most))
	if c.slow && err == nil {
		_ = http.NewResponseController(c.w).SetReadDeadline(time.Time{})
	}
	deadline, _ := c.ctx.Deadline()
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return guard.Node{}, tooLarge("the body is too large")
	case err != nil && !time.Now().Before(deadline):
		return guard.Node{}, &Error{Status: http.StatusRequestTimeout, Code: CodeTimeout, Detail: "the body did not come in time", Err: err}
	case err != nil:
		return guard.Node{}, &Error{Status: http.StatusBadRequest, Code: guard.CodeShape, Detail: "the body did not come whole", Err: err}
	}
	switch kind {
	case typeJSON:
		return guard.ParseNode(text)
	case typeRJSON:
		v, err := rjson.ParseMost(text, guard.MaxTotal)
		if err != nil {
			return guard.Node{}, notRJSON("", err)
		}
		return node(&v), nil
	}
	return form(string(text))
}

// form reads a form as an object of texts; an empty text stands for itself. A name that stands twice is refused.
func form(text string) (guard.Node, error) {
	list, err := parameters(text)
	out := guard.Node{Kind: guard.Object}
	for _, p := range list {
		out.Members = append(out.Members, guard.Member{Name: p.name, Value: guard.Node{Kind: guard.String, Text: p.value}})
	}
	return out, err
}

func notRJSON(path string, err error) error {
	detail := "it is no RJSON"
	var syntax *rjson.SyntaxError
	if errors.As(err, &syntax) && syntax.TooMany {
		large := tooLarge("it holds too many values")
		large.Path = path
		return large
	}
	if errors.As(err, &syntax) {
		detail = syntax.Error()
	}
	return &Error{Status: http.StatusBadRequest, Code: guard.CodeShape, Path: path, Detail: strings.TrimPrefix(detail, "rjson: "), Err: err}
}

// node gives a value of RJSON as one of a request. What is undefined is not there, in a list it is null.
func node(v *rjson.Value) guard.Node {
	switch v.Kind {
	case rjson.False:
		return guard.Node{Kind: guard.False}
	case rjson.True:
		return guard.Node{Kind: guard.True}
	case rjson.Number:
		return guard.Node{Kind: guard.Number, Text: v.Text}
	case rjson.String:
		return guard.Node{Kind: guard.String, Text: v.Text}
	case rjson.Array:
		out := guard.Node{Kind: guard.List, Items: make([]guard.Node, len(v.Items))}
		for i := range v.Items {
			out.Items[i] = node(&v.Items[i])
		}
		return out
	case rjson.Object:
		out := guard.Node{Kind: guard.Object, Members: make([]guard.Member, 0, len(v.Members))}
		for i := range v.Members {
			if v.Members[i].Value.Kind != rjson.Undefined {
				out.Members = append(out.Members, guard.Member{Name: v.Members[i].Name, Value: node(&v.Members[i].Value)})
			}
		}
		return out
	}
	return guard.Node{Kind: guard.Null}
}
