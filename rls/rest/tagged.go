package rest

import (
	"errors"
	"fmt"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/rls/guard"
)

// TaggedOption is what Tagged takes.
type TaggedOption interface{ tag(*tagging) }

type taggedOption func(*tagging)

func (o taggedOption) tag(t *tagging) { o(t) }

// tagging gathers what is said of a tagged resource.
type tagging struct {
	tags       tags
	imports    bool
	or         bool
	ignore     bool
	routes     Route
	who        []string
	parameters []declaredParameter
	decoders   map[string]func(string) (guard.Node, error)
	scopes     []any // of func(*guard.Tags[T])
	base       any   // of Rules[T]
	errs       []string
}

// tags is what the options say of the tags, without the model's type.
type tags struct {
	relations, result, create, update, query []string
	dates                                    bool
	size, most                               int
}

// Relations shows relations with every row, by paths of Go names as in "Author.Profile". They are what is joined and what is
// shown; without it no relation is.
func Relations(paths ...string) TaggedOption {
	return taggedOption(func(t *tagging) { t.tags.relations = append(t.tags.relations, paths...) })
}

// VersionDates shows the times that the library keeps (default=now, update=now, softdelete) and the version, which answers leave
// out otherwise.
func VersionDates() TaggedOption { return taggedOption(func(t *tagging) { t.tags.dates = true }) }

// Import lets POST /{resource}/import insert a list of rows, with a result for each.
func Import() TaggedOption { return taggedOption(func(t *tagging) { t.imports = true }) }

// CreateOrUpdate makes a POST of a row whose key is there change that row, createonly columns left as they are, and one whose row
// is soft-deleted replace it. Without it both are a conflict.
func CreateOrUpdate() TaggedOption { return taggedOption(func(t *tagging) { t.or = true }) }

// IgnoreUnknown leaves parameters of the URL that the resource does not know unheeded, in place of refusing them: a filter that is
// misspelt then filters nothing.
func IgnoreUnknown() TaggedOption { return taggedOption(func(t *tagging) { t.ignore = true }) }

// OmitResult takes fields, by their Go names, out of answers.
func OmitResult(fields ...string) TaggedOption {
	return taggedOption(func(t *tagging) { t.tags.result = append(t.tags.result, fields...) })
}

// OmitCreate takes fields, by their Go names, out of what a new row may be given.
func OmitCreate(fields ...string) TaggedOption {
	return taggedOption(func(t *tagging) { t.tags.create = append(t.tags.create, fields...) })
}

// OmitUpdate takes fields, by their Go names, out of what may be changed.
func OmitUpdate(fields ...string) TaggedOption {
	return taggedOption(func(t *tagging) { t.tags.update = append(t.tags.update, fields...) })
}

// OmitQuery takes fields, by their Go names, out of what may be filtered by.
func OmitQuery(fields ...string) TaggedOption {
	return taggedOption(func(t *tagging) { t.tags.query = append(t.tags.query, fields...) })
}

// Route is a set of ways to use a resource, joined with |.
type Route uint8

// The ways.
const (
	RouteList   Route = 1 << iota // GET /{resource}
	RouteGet                      // GET /{resource}/{key}
	RouteCreate                   // POST
	RouteUpdate                   // PATCH
	RouteDelete                   // DELETE
)

// Routes says which ways there are; all unless it is said.
func Routes(set Route) TaggedOption { return taggedOption(func(t *tagging) { t.routes |= set }) }

// For says who may use the resource, in the words of By: All unless it is said. The hooks and scopes of the DB hold for each.
func For(who ...string) TaggedOption {
	return taggedOption(func(t *tagging) { t.who = append(t.who, who...) })
}

// PageSize says how many rows a list has when recordsPerPage is not said, and at most. It is 25 and 100 unless said.
func PageSize(size, most int) TaggedOption {
	return taggedOption(func(t *tagging) { t.tags.size, t.tags.most = size, most })
}

// Scope adds conditions that hold for every row of the resource: of lists, counts, pages and writes.
func Scope[T any](filters ...guard.Filter[T]) TaggedOption {
	return taggedOption(func(t *tagging) {
		t.scopes = append(t.scopes, func(x *guard.Tags[T]) { x.Where = append(x.Where, filters...) })
	})
}

// Base says what else holds of the resource: hooks, format, description, counting, and rules of callers of their own, which take
// the place of those that the tags make.
func Base[T any](rules Rules[T]) TaggedOption {
	return taggedOption(func(t *tagging) { t.base = rules })
}

// Decode converts the text of a parameter of a URL before it is compared, as CSV does. fn gives a value that JSON can hold; an
// error or a panic refuses the request.
func Decode[V any](parameter string, fn func(text string) (V, error)) TaggedOption {
	return taggedOption(func(t *tagging) {
		if fn == nil || t.decoders[parameter] != nil {
			t.errs = append(t.errs, "Decode: "+parameter+" is said twice, or its function is nil")
			return
		}
		t.decoders[parameter] = func(text string) (guard.Node, error) { return decoded(fn, text) }
	})
}

// Parameter declares a parameter of the URL that is no column's own: it compares a field, by its Go name, with these words of
// filter=, such as "gte", or "prefix|eq".
func Parameter(name, field, filter string) TaggedOption {
	return taggedOption(func(t *tagging) {
		t.parameters = append(t.parameters, declaredParameter{name, field, filter})
	})
}

type declaredParameter struct{ name, field, filter string }

// Tagged declares a resource whose shapes are made of the model's own tags, as [guard.FromTags] reads them. Beside ?select= and
// ?query= it takes a parameter for each field that says filter=, ?pageCount= and ?recordsPerPage= for pages that are counted, and
// ?paginationCursor= for pages by cursor.
func Tagged[T any](name string, options ...TaggedOption) Option {
	return option(func(c *config) {
		c.resources = append(c.resources, declared{name, func(db orm.DB, l Limits) (*resource, []error) {
			return compileTagged[T](name, options, db, l)
		}})
	})
}

// maxSkip is how far into a list a page that is counted may begin: beyond, pages by cursor cost less.
const maxSkip = 1_000_000

func compileTagged[T any](name string, options []TaggedOption, db orm.DB, l Limits) (_ *resource, errs []error) {
	wrong := func(detail string) {
		errs = append(errs, &orm.Error{Op: "rest", Err: orm.ErrInvalid, Detail: "resource " + name + ": " + detail})
	}
	m, err := model.For[T]()
	if err != nil {
		return nil, []error{fmt.Errorf("rest: resource %s: %w", name, err)}
	}
	t := tagging{tags: tags{size: 25, most: 100}, decoders: map[string]func(string) (guard.Node, error){}}
	for _, o := range options {
		if o == nil {
			wrong("an option is nil")
			continue
		}
		o.tag(&t)
	}
	for _, detail := range t.errs {
		wrong(detail)
	}
	if t.tags.size < 1 || t.tags.most < t.tags.size || l.MaxTake > 0 && t.tags.most > l.MaxTake {
		wrong("PageSize: a page has a row at least, its size is not above the most, and that is not above Limits.MaxTake")
	}
	if t.routes == 0 {
		t.routes = RouteList | RouteGet | RouteCreate | RouteUpdate | RouteDelete
	}
	if t.who == nil {
		t.who = []string{All}
	}
	f := &flat{routes: t.routes, ignore: t.ignore, offers: t.imports, or: t.or}
	f.declare(m, &t, wrong)
	shape, err := taggedShape[T](&t, f)
	if err != nil {
		wrong(err.Error())
	}
	rules, ok := t.base.(Rules[T])
	if t.base != nil && !ok {
		wrong("Base is of another model")
	}
	if fault.Join(errs) != nil {
		return nil, errs
	}
	rules = filled(&t, rules, shape)
	l.MaxTake = guard.NoLimit // relations come whole or not at all: MaxFanOut bounds them
	r, errs := compileResource(name, rules, db, l)
	if r != nil && len(errs) == 0 {
		r.flat = f
		f.finish(r, &t, wrong)
	}
	return r, errs
}

// filled adds the rules that the tags make to those of Base, which come first.
func filled[T any](t *tagging, rules Rules[T], shape guard.Shape[T]) Rules[T] {
	add := func(by *By[T], ways Route, allowed bool) {
		if t.routes&ways == 0 || !allowed {
			return
		}
		set := By[T]{}
		for _, who := range t.who {
			set[who] = shape
		}
		for who, own := range *by {
			set[who] = own
		}
		*by = set
	}
	add(&rules.Get, RouteList|RouteGet, true)
	add(&rules.Post, RouteCreate, len(shape.Create) > 0)
	add(&rules.Patch, RouteUpdate, len(shape.Update) > 0)
	add(&rules.Delete, RouteDelete, true)
	return rules
}

func taggedShape[T any](t *tagging, f *flat) (s guard.Shape[T], err error) {
	x := guard.Tags[T]{Relations: t.tags.relations, VersionDates: t.tags.dates, Keys: t.or, OmitResult: t.tags.result, OmitCreate: t.tags.create, OmitUpdate: t.tags.update,
		OmitQuery: t.tags.query, Take: guard.Take{Default: t.tags.size, Max: t.tags.most}, Skip: maxSkip}
	for _, scope := range t.scopes {
		fn, ok := scope.(func(*guard.Tags[T]))
		if !ok {
			return s, errors.New("a Scope is of another model")
		}
		fn(&x)
	}
	for i := range f.list {
		x.Filters = append(x.Filters, guard.TagFilter{Field: f.list[i].field.Name, Filter: f.list[i].filter})
	}
	return guard.FromTags(x)
}
