package rest

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/rls/rest/openapi"
	"github.com/multi-orm/orm/rls/rest/typescript"
)

// Info is what a document says of the API as a whole. Its Server is the path that the API is mounted at, such as /query.
type Info = openapi.Info

// Security says how requests tell who sends them: a bearer token unless it names a cookie.
type Security = openapi.Security

// OpenAPIFor gives the OpenAPI 3.1 document of what a caller may ask; an actor with a Role and signedIn false is nobody.
func (a *API) OpenAPIFor(info Info, actor orm.Actor, signedIn bool) ([]byte, error) {
	return openapi.Build(a.Outline(actor, signedIn), info)
}

// OpenAPI serves the document of what the one who asks may ask, found out by Session. A mistake in info is answered with 500 and
// logged; OpenAPIFor tells it at start-up.
func (a *API) OpenAPI(info Info) http.Handler {
	return a.document(typeJSON, func(actor orm.Actor, signedIn bool) ([]byte, error) { return a.OpenAPIFor(info, actor, signedIn) })
}

// TypeScriptFor gives one TypeScript file with the types of what a caller may ask and a client that fetches; see package typescript.
func (a *API) TypeScriptFor(actor orm.Actor, signedIn bool) ([]byte, error) {
	text, err := typescript.Build(a.Outline(actor, signedIn))
	return []byte(text), err
}

// TypeScript serves the file for what the one who asks may ask, found out by Session.
func (a *API) TypeScript() http.Handler {
	return a.document("text/typescript; charset=utf-8", a.TypeScriptFor)
}

// document serves a text that depends on the caller. Who has it already, by its ETag, is answered with 304.
func (a *API) document(kind string, make func(actor orm.Actor, signedIn bool) ([]byte, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := &call{api: a, w: w, http: r, client: r.Context(), ctx: r.Context(), body: r.Method != http.MethodHead, id: requestID(r), op: &Op{Method: r.Method, HTTP: r, DB: a.db}}
		h := w.Header()
		h.Set("X-Request-Id", c.id)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cache-Control", "private, no-cache")
		h.Add("Vary", "Authorization, Cookie")
		var text []byte
		err := c.guarded(func() (err error) {
			if r.Method != http.MethodGet && r.Method != http.MethodHead {
				h.Set("Allow", "GET, HEAD")
				return &Error{Status: http.StatusMethodNotAllowed, Detail: "the document is only read"}
			}
			if err := c.who(); err != nil {
				return err
			}
			text, err = make(c.op.Actor, c.signed)
			return err
		})
		if err != nil {
			c.fail(err)
			return
		}
		sum := sha256.Sum256(text)
		tag := `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`
		h.Set("Etag", tag)
		if strings.Contains(r.Header.Get("If-None-Match"), tag) {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		h.Set("Content-Type", kind)
		h.Set("Content-Length", strconv.Itoa(len(text)))
		w.WriteHeader(http.StatusOK)
		if c.body {
			_, _ = w.Write(text)
		}
	})
}
