package rest

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"sync"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/internal/fault"
)

// API serves resources. It is an http.Handler whose paths begin at the resource: mount it under a prefix with
// http.StripPrefix. It is safe for concurrent use.
type API struct {
	db        orm.DB
	session   func(*http.Request) (orm.Actor, bool, error)
	limits    Limits
	log       *slog.Logger
	onError   func(ctx context.Context, op *Op, err error)
	resources map[string]*resource
	names     []string // in the order of declaration
	buffers   sync.Pool
}

// New compiles the resources of an API over db. Every mistake is told at once, as ErrInvalid: a name that stands twice, a shape
// that guard.Compile refuses or that is beyond Limits, a rule for Mine that nothing narrows. Hooks and scopes are registered
// before: what db.Use adds later holds, but is not looked at here.
func New(db orm.DB, options ...Option) (*API, error) {
	var c config
	Merge(options...).apply(&c)
	var errs []error
	wrong := func(detail string) {
		errs = append(errs, &orm.Error{Op: "rest", Err: orm.ErrInvalid, Detail: detail})
	}
	for _, detail := range c.wrong {
		wrong(detail)
	}
	limits, why := c.limits.filled()
	if why != "" {
		wrong("Limits: " + why)
	}
	a := &API{db: db, session: c.session, limits: limits, log: c.log, onError: c.onError, resources: map[string]*resource{}}
	a.buffers.New = func() any { return new([]byte) }
	if a.log == nil {
		a.log = slog.Default()
	}
	for _, d := range c.resources {
		switch {
		case d.name == "" || plain(d.name) != d.name || strings.Contains(d.name, "|"):
			wrong(fmt.Sprintf("resource %q: a name is made of letters, digits, _, - and dots", d.name))
			continue
		case a.resources[d.name] != nil:
			wrong("resource " + d.name + ": the name stands twice")
			continue
		}
		r, es := d.compile(db, limits)
		errs = append(errs, es...)
		if r != nil {
			a.resources[d.name] = r
			a.names = append(a.names, d.name)
		}
	}
	if len(c.resources) == 0 {
		wrong("there is no resource")
	}
	if err := fault.Join(errs); err != nil {
		return nil, err
	}
	return a, nil
}

var errTimeout = errors.New("rest: the request took longer than Limits.Timeout")

// call is a request on its way.
type call struct {
	api    *API
	w      http.ResponseWriter
	http   *http.Request
	client context.Context // done when nobody waits for the answer
	ctx    context.Context
	res    *resource
	caller *caller
	asked  asked
	key    []string // nil where the path names no row
	op     *Op
	result *Result // of op, as it was committed
	must   precondition
	tag    string // the entity tag of the row that is answered

	rowless bool
	number  *NumberedPage
	flat    []string // parameters of tags that the request's where begins with
	paged   bool
	cursor  string
	renamed bool // the request is in the words of ?select=
	signed  bool
	exact   bool // the request asks for strict handling
	body    bool // an answer has one
	sent    bool // the answer has begun
	slow    bool // the connection has a deadline for the body
	out     []byte
	id      string
}

// ServeHTTP answers a request.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ctx, stop := context.WithTimeoutCause(r.Context(), a.limits.Timeout, errTimeout)
	defer stop()
	buffer, _ := a.buffers.Get().(*[]byte)
	c := &call{api: a, w: w, http: r.WithContext(ctx), client: r.Context(), ctx: ctx, body: r.Method != http.MethodHead, out: (*buffer)[:0], id: requestID(r)}
	if r.ContentLength != 0 {
		// who sends slowly, or not at all, holds a handler no longer than a request may take: net/http reads the rest of a body that
		// was refused before it answers
		deadline, _ := ctx.Deadline()
		c.slow = http.NewResponseController(w).SetReadDeadline(deadline) == nil
	}
	defer func() {
		if cap(c.out) <= 1<<20 {
			*buffer = c.out[:0]
			a.buffers.Put(buffer)
		}
	}()
	h := w.Header()
	h.Set("X-Request-Id", c.id)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "private, no-cache")
	h.Add("Vary", "Authorization, Cookie")
	err := c.guarded(c.serve)
	if err == nil {
		err = c.guarded(c.send)
	}
	if err != nil {
		c.fail(err)
	}
}

// guarded runs fn, and makes an error of a panic where there is still an answer to give.
func (c *call) guarded(fn func() error) (err error) {
	defer func() {
		switch p := recover(); {
		case p == nil:
		case p == http.ErrAbortHandler, c.sent:
			panic(p)
		default:
			err = &panicked{p, debug.Stack()}
		}
	}()
	return fn()
}

// panicked is a panic of the program's functions.
type panicked struct {
	value any
	stack []byte
}

func (p *panicked) Error() string { return fmt.Sprintf("rest: a panic: %v", p.value) }

func (c *call) serve() error {
	name, key, hasKey, ok := segments(c.http.URL.EscapedPath())
	res := c.api.resources[name]
	if !ok || res == nil {
		return notFound()
	}
	c.res, c.exact = res, c.strict()
	c.op = &Op{Resource: name, Method: c.http.Method, HTTP: c.http, DB: c.api.db}
	if err := c.who(); err != nil {
		return err
	}
	if n := len(c.http.URL.RawQuery); n > c.api.limits.MaxQuery {
		return &Error{Status: http.StatusRequestURITooLong, Detail: "the query is too long", Err: orm.ErrLimit}
	}
	list, err := parameters(c.http.URL.RawQuery)
	if err != nil {
		return err
	}
	if c.asked, err = readParameters(list, res.flat.known(c.http.Method, hasKey)); err != nil {
		return err
	}
	imports := hasKey && key == "import" && res.flat.imports()
	if imports && c.http.Method == http.MethodPost {
		return c.importRows()
	}
	switch c.http.Method {
	case http.MethodOptions:
		if err := noBody(c.http); err != nil {
			return err
		}
		allow := res.allow(c.op.Actor, c.signed, c.asked.who, hasKey)
		if imports && res.mayPost(c.op.Actor, c.signed, c.asked.who) {
			allow += ", POST"
		}
		c.w.Header().Set("Allow", allow)
		c.body = false
		return nil
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPatch, http.MethodDelete:
	default:
		return c.notAllowed(hasKey)
	}
	verb := c.http.Method
	if verb == http.MethodHead {
		verb = http.MethodGet
	}
	m := res.methods[verb]
	if m == nil || hasKey && verb == http.MethodPost || !res.flat.serves(verb, hasKey) {
		return c.notAllowed(hasKey)
	}
	if c.caller, err = m.choose(c.op.Actor, c.signed, c.asked.who); err != nil {
		return err
	}
	c.op.Who = c.caller.who
	if hasKey {
		if c.key, err = c.keyParts(key); err != nil {
			return err
		}
		c.op.Key = c.key
	}
	if verb == http.MethodGet || verb == http.MethodDelete {
		if err := noBody(c.http); err != nil {
			return err
		}
	}
	if err := c.request(verb); err != nil {
		return err
	}
	return c.run(verb)
}

func (c *call) notAllowed(hasKey bool) error {
	c.w.Header().Set("Allow", c.res.allow(c.op.Actor, c.signed, c.asked.who, hasKey))
	return &Error{Status: http.StatusMethodNotAllowed, Detail: "the resource does not know the method"}
}

// who finds out who sends the request.
func (c *call) who() error {
	if c.api.session == nil {
		c.op.Actor, c.signed = orm.ActorFrom(c.ctx)
	} else {
		var err error
		c.op.Actor, c.signed, err = c.api.session(c.http)
		if err != nil {
			var own *Error
			if errors.As(err, &own) || context.Cause(c.ctx) == errTimeout {
				return err
			}
			return &Error{Status: http.StatusUnauthorized, Detail: "the session is not valid", Err: err}
		}
		if c.signed {
			if c.op.Actor.RequestID == "" {
				c.op.Actor.RequestID = c.id
			}
			c.ctx = orm.WithActor(c.ctx, c.op.Actor)
		} else {
			c.op.Actor = orm.Actor{}
			c.ctx = orm.WithoutActor(c.ctx)
		}
	}
	c.op.SignedIn = c.signed
	return nil
}

// requestID takes the id that a proxy gave the request, or makes one.
func requestID(r *http.Request) string {
	if id := r.Header.Get("X-Request-Id"); id != "" && plain(id) == id {
		return id
	}
	var b [12]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// keyParts splits the key of a path: the parts of one of several columns are joined with commas.
func (c *call) keyParts(key string) ([]string, error) {
	if c.exact && !c.caller.outline.ByKey() {
		return nil, refuse("key", "the path does not name a row by its primary key")
	}
	if len(c.caller.outline.Unique) == 0 {
		return nil, &Error{Status: http.StatusNotFound, Detail: "rows of the resource have no paths of their own", Err: orm.ErrNotFound}
	}
	columns := c.caller.outline.Unique[0]
	parts := []string{key}
	if len(columns) > 1 {
		parts = strings.Split(key, ",")
	}
	if len(parts) != len(columns) {
		return nil, refuse("", fmt.Sprintf("a row is named by %d values with commas between", len(columns)))
	}
	for i := range parts {
		parts[i] = unescapePath(parts[i])
	}
	return parts, nil
}

// send sends what run made.
func (c *call) send() error {
	h := c.w.Header()
	if c.tag != "" {
		h.Set("Etag", c.tag)
	}
	if c.http.Method == http.MethodOptions {
		c.w.WriteHeader(http.StatusNoContent)
		return nil
	}
	r := c.result
	if (c.http.Method == http.MethodGet || c.http.Method == http.MethodHead) && c.unchanged(c.tag) {
		c.w.WriteHeader(http.StatusNotModified)
		return nil
	}
	if !c.body {
		h.Set("Content-Type", typeJSON)
		c.w.WriteHeader(r.Status)
		return nil
	}
	if r.format == nil {
		c.res.format(&watched{c.w, &c.sent}, c.http, r)
		return nil
	}
	c.sent = true
	sendJSON(c.w, r.Status, c.out)
	return nil
}

// fail answers an error.
func (c *call) fail(err error) {
	if fault := c.guarded(func() error {
		if c.res != nil && c.res.onError != nil {
			if other := c.res.onError(c.ctx, c.op, err); other != nil {
				err = other
			}
		}
		if c.api.onError != nil {
			c.api.onError(c.ctx, c.op, err)
		}
		return nil
	}); fault != nil {
		err = fault
	}
	p, retry := problemOf(c.ctx, err, c.signed)
	p.RequestID = c.id
	p.Path = unflat(p.Path, c.flat)
	if c.renamed {
		p.Path = renamed(p.Path)
	}
	if p.Path != "" {
		p.Error = p.Path + ": " + p.Detail
	}
	switch gone := c.client.Err() != nil; {
	case gone: // nobody hears the answer, and nothing is wrong here
	case p.Status >= 500:
		resource := ""
		if c.res != nil {
			resource = c.res.name
		}
		c.api.log.ErrorContext(c.ctx, "rest: a request failed", "resource", resource, "method", c.http.Method, "status", p.Status, "requestId", c.id, "error", err)
		var fault *panicked
		if errors.As(err, &fault) {
			c.api.log.ErrorContext(c.ctx, "rest: where it panicked", "requestId", c.id, "stack", string(fault.stack))
		}
	}
	p.answer(c.w, retry, c.body)
}

// renamed gives a path of package guard in the words of ?select=.
func renamed(path string) string {
	segments := strings.Split(path, ".")
	for i, s := range segments {
		switch s {
		case "where", "data", "orderBy":
			return strings.Join(segments, ".")
		case "take":
			segments[i] = wordLimit
		case "skip":
			segments[i] = wordOffset
		case "select":
			segments[i] = wordColumns
		case "include":
			segments[i] = wordWith
		}
	}
	return strings.Join(segments, ".")
}
