package httpapi

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"

	"github.com/ohler55/ojg/jp"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/httpcall"
	"github.com/multi-orm/orm/internal/jsonrow"
	"github.com/multi-orm/orm/model"
)

// mapping is what Endpoints said, parsed and checked.
type mapping struct {
	model                                   *model.Model
	many, unique, first, bulk, count        *endpoint
	create, createMany, update, del, upsert *endpoint
	rows                                    *jsonrow.Plan
	cache                                   *cache         // nil when replies are not kept
	epoch                                   *atomic.Uint64 // moves on with every write through the library, of any model of the same rows
}

// endpoint is one parsed Endpoint.
type endpoint struct {
	role              string // the field of Endpoints
	model             *model.Model
	method            string
	path              []segment
	params            []binding
	bodyAll, nextLink bool
	below             string // where links and redirects may lead; empty for the request's own path
	items, item       jp.Expr
	total, next       jp.Expr
	itemError         jp.Expr
	errorField        jp.Expr
	at                lookups // what those paths are when a reply is read
	byteOrder         bool
	pageFrom          int64
	pageStep          int64
	cursorFrom        string
	sorted            []sortedBy
	chunk             int
	uses              map[word]bool
	fields            []*model.Field // of the path
}

type binding struct {
	template
	in   place
	name string
}

type sortedBy struct {
	field *model.Field
	desc  bool
}

// mapped is what a model implements.
type mapped interface{ Endpoints() Endpoints }

func mappingOf(m *model.Model) (*mapping, error) {
	says, ok := m.NewRow().Interface().(mapped)
	if !ok {
		return nil, fault.New(fault.ErrInvalid, m.Name, "", "the model is bound to an HTTP API and does not say how it maps: give it a method Endpoints() httpapi.Endpoints")
	}
	e := says.Endpoints()
	out := &mapping{model: m, rows: jsonrow.NewPlan(m)}
	var errs []error
	for _, x := range []struct {
		role string
		from Endpoint
		to   **endpoint
	}{
		{"FindMany", e.FindMany, &out.many}, {"FindUnique", e.FindUnique, &out.unique}, {"FindFirst", e.FindFirst, &out.first},
		{"FindBulk", e.FindBulk, &out.bulk}, {"Count", e.Count, &out.count}, {"Create", e.Create, &out.create},
		{"CreateMany", e.CreateMany, &out.createMany}, {"Update", e.Update, &out.update}, {"Delete", e.Delete, &out.del}, {"Upsert", e.Upsert, &out.upsert},
	} {
		if x.from.method == "" {
			continue
		}
		p := endpointParser{m: m, e: x.from, out: &endpoint{role: x.role, model: m, method: x.from.method, bodyAll: x.from.bodyAll,
			nextLink: x.from.nextLink, below: x.from.below, chunk: x.from.chunk, uses: map[word]bool{}, byteOrder: x.from.byteOrder,
			pageFrom: int64(x.from.pageFrom), pageStep: int64(x.from.pageStep), cursorFrom: x.from.cursorFrom}}
		if x.from.pageStep == 0 && x.from.pageFrom == 0 {
			p.out.pageFrom, p.out.pageStep = 1, 1
		}
		if err := p.parse(); err != nil {
			errs = append(errs, err)
		}
		*x.to = p.out
	}
	if e.Cache.TTL < 0 || e.Cache.Size < 0 {
		errs = append(errs, fault.New(fault.ErrInvalid, m.Name, "", "Cache: TTL and Size must not be negative"))
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	if e.Cache.TTL > 0 {
		out.cache = newCache(e.Cache)
	}
	return out, nil
}

type endpointParser struct {
	m   *model.Model
	e   Endpoint
	out *endpoint
}

// bad quotes the part of the mapping that is wrong.
func (p *endpointParser) bad(what string, err error) error {
	detail := err.Error()
	var inner *fault.Error
	if errors.As(err, &inner) {
		detail = strings.TrimPrefix(detail, "orm: ")
	}
	if what != "" {
		what = ": " + what
	}
	return fault.New(fault.ErrInvalid, p.m.Name, "", fmt.Sprintf("%s: %s %q%s: %s", p.out.role, p.e.method, p.e.path, what, detail))
}

func (p *endpointParser) parse() error {
	var errs []error
	var err error
	if p.out.path, err = parsePath(p.m, p.e.path); err != nil {
		errs = append(errs, p.bad("", err))
	}
	for _, s := range p.out.path {
		for _, x := range s {
			if x.field != nil {
				p.out.fields = append(p.out.fields, x.field)
			}
		}
	}
	for _, x := range p.e.params {
		t, err := parseTemplate(p.m, x.text)
		what := fmt.Sprintf("%s(%q, %q)", x.in, x.name, x.text)
		if err == nil {
			err = p.param(x, t)
		}
		if err != nil {
			errs = append(errs, p.bad(what, err))
			continue
		}
		if t.word == where && t.optional && lettered(t.field) && alphabetic(t.op) && !p.e.byteOrder {
			continue // where the alphabet differs, the API would leave out rows that belong to the answer
		}
		p.out.params = append(p.out.params, binding{t, x.in, x.name})
		p.out.uses[t.word] = true
	}
	for _, x := range []struct {
		name, text string
		to         *jp.Expr
	}{{"Items", p.e.items, &p.out.items}, {"Item", p.e.item, &p.out.item}, {"Total", p.e.total, &p.out.total}, {"Next", p.e.next, &p.out.next}, {"ItemError", p.e.itemError, &p.out.itemError}, {"ErrorField", p.e.errorField, &p.out.errorField}} {
		if x.text == "" {
			continue
		}
		if *x.to, err = parseJSONPath(x.text); err == nil && len(*x.to) == 0 {
			err = errors.New("the path is empty")
		}
		if err != nil {
			errs = append(errs, p.bad(fmt.Sprintf("%s(%q)", x.name, x.text), err))
		}
	}
	for _, name := range p.e.sorted {
		plain, desc := strings.CutPrefix(name, "-")
		f, err := stored(p.m, plain)
		if err != nil {
			errs = append(errs, p.bad(fmt.Sprintf("Sorted(%q)", name), err))
			continue
		}
		p.out.sorted = append(p.out.sorted, sortedBy{f, desc})
	}
	if len(errs) == 0 {
		if err := p.whole(); err != nil {
			errs = append(errs, p.bad("", err))
		}
	}
	p.out.compile()
	return errors.Join(errs...)
}

// parseJSONPath guards against a parser that panics on what it does not know.
func parseJSONPath(text string) (x jp.Expr, err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("not a JSONPath")
		}
	}()
	if !strings.HasPrefix(text, "$") {
		return nil, errors.New("a JSONPath begins with $")
	}
	if x, err = jp.ParseString(text); err != nil {
		return nil, fmt.Errorf("not a JSONPath: %w", err)
	}
	return x, nil
}

func (p *endpointParser) param(x param, t template) error {
	if x.name == "" {
		return errors.New("the parameter has no name")
	}
	if x.in == inHeader {
		if !httpcall.ValidHeader(x.name) {
			return errors.New("not a header's name")
		}
		switch http.CanonicalHeaderKey(x.name) {
		case "Host", "Content-Length", "Transfer-Encoding", "Connection", "Accept-Encoding":
			return errors.New("the header belongs to the transport")
		}
		if t.word == literal && !httpcall.ValidHeaderValue(t.text) {
			return errors.New("not a header's value")
		}
	}
	if t.word == data && !p.writes() {
		return errors.New("$data is what a write sends")
	}
	if t.word == data && x.in != inBody {
		return errors.New("$data goes into the body")
	}
	if t.word == where && !t.optional && lettered(t.field) && alphabetic(t.op) && !p.e.byteOrder {
		return errors.New("text is compared byte by byte here: say ByteOrder where the API does so too, or end the template in ? to compare here")
	}
	if t.word == where && p.writes() && (p.out.role == "Create" || p.out.role == "CreateMany" || p.out.role == "Upsert") {
		return errors.New("a new row has no conditions")
	}
	return nil
}

func (p *endpointParser) writes() bool {
	return !strings.HasPrefix(p.out.role, "Find") && p.out.role != "Count"
}

// whole checks the endpoint's parts against each other and against what it is for.
func (p *endpointParser) whole() error {
	e := p.out
	body, form := e.bodyAll, false
	for i := range e.params {
		body = body || e.params[i].in == inBody
		form = form || e.params[i].in == inForm
	}
	switch {
	case body && form:
		return errors.New("a body is either JSON or a form")
	case e.bodyAll && p.has(inBody):
		return errors.New("BodyAll is the whole body: leave out Body")
	case (body || form) && e.method == http.MethodGet:
		return errors.New("a GET has no body")
	case e.bodyAll && !p.writes():
		return errors.New("BodyAll sends what is written: a read uses Body")
	case e.chunk < 0:
		return errors.New("Chunk must not be negative")
	case e.below != "" && e.below[0] != '/':
		return errors.New("Below needs a path that begins with a slash")
	case e.next != nil && e.nextLink:
		return errors.New("say Next or NextLink, not both")
	case e.uses[cursor] && e.next == nil:
		return errors.New("$cursor needs Next, which says where the reply gives it")
	case e.cursorFrom != "" && !e.uses[cursor]:
		return errors.New("CursorFrom needs $cursor")
	case (e.pageFrom != 1 || e.pageStep != 1) && !e.uses[page]:
		return errors.New("Pages needs $page")
	case e.pageStep < 1 || e.pageFrom < 0:
		return errors.New("Pages needs a first page that is not negative and a step of 1 or more")
	case e.uses[page] && e.uses[skip]:
		return errors.New("say $page or $skip, not both")
	case e.items != nil && e.item != nil:
		return errors.New("say Items or Item, not both")
	}
	return p.fits()
}

func (p *endpointParser) has(in place) bool {
	for i := range p.out.params {
		if p.out.params[i].in == in {
			return true
		}
	}
	return false
}

// fits checks what the role needs.
func (p *endpointParser) fits() error {
	e, m := p.out, p.m
	keyed := func() error {
		for _, f := range e.fields {
			if !f.Primary {
				return fmt.Errorf("{%s} is no part of the key", f.Column)
			}
		}
		if len(e.fields) == 0 && !p.byKey() {
			return errors.New("nothing in it names the row: put the key into the path, or into a condition")
		}
		return nil
	}
	switch e.role {
	case "FindMany", "FindBulk":
		if e.items == nil {
			return errors.New("Items is missing: where are the rows in the reply?")
		}
		if e.role == "FindBulk" && e.listed() == nil {
			return errors.New("a bulk read needs one required $where.Field.in")
		}
	case "FindFirst":
		if e.item == nil && e.items == nil {
			return errors.New("Item is missing: where is the row in the reply?")
		}
	case "FindUnique":
		if e.item == nil {
			return errors.New("Item is missing: where is the row in the reply?")
		}
		return keyed()
	case "Count":
		if e.total == nil {
			return errors.New("Total is missing: where is the number in the reply?")
		}
	case "Update", "Delete":
		if len(m.Key) == 0 {
			return errors.New("the model has no key")
		}
		return keyed()
	}
	return nil
}

// byKey reports whether required conditions name every column of the key.
func (p *endpointParser) byKey() bool {
	n := 0
	for _, f := range p.m.Key {
		for i := range p.out.params {
			if b := &p.out.params[i]; b.word == where && b.field == f && b.op == builder.OpEq && !b.optional {
				n++
				break
			}
		}
	}
	return n == len(p.m.Key) && n > 0
}

// single reports whether a path leads to one place: the whole document, members and elements by name or number.
func single(x jp.Expr) bool {
	for _, f := range x {
		switch f.(type) {
		case jp.Root, jp.At, jp.Child, jp.Nth, jp.Bracket:
		default:
			return false
		}
	}
	return true
}
