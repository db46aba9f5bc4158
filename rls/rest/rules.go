package rest

import (
	"context"
	"net/http"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/rls/guard"
)

// Kinds of callers that By can name beside roles.
const (
	Guest = "guest" // who is nobody
	Mine  = "mine"  // who is somebody, asking for what is theirs
	All   = "all"   // anybody
)

// By says what callers may ask: Guest, Mine, All, or the name of a role.
type By[T any] map[string]guard.Shape[T]

// Rules is the definition of a resource: who may do what.
//
// A method without an entry does not exist for anybody, and answers 405. The shape of a GET says what may be read, that of a
// POST by Create what may be given and by Select what comes back, those of PATCH and DELETE by Where which rows can be
// written. A shape without Unique whose key may be read can be asked for one row by its primary key, at /{resource}/{key}; one
// with Unique by the first of these.
type Rules[T any] struct {
	Get, Post, Patch, Delete By[T]

	// Description stands in documents.
	Description string
	// CountTotal lets requests ask for the numbers of rows, with ?countTotal.
	CountTotal bool
	// EveryRow lets a PATCH or DELETE without a condition write every row where nothing else narrows it: neither a forced condition
	// of the shape nor, for Mine, the owner scope.
	EveryRow bool
	// Single says whether a GET gives one row.
	Single Single
	// Forbid takes parts of requests away.
	Forbid Part
	// OverLimit says what becomes of a limit that is larger than the shape's.
	OverLimit OverLimit
	// Extras are values computed of all rows that pass the request's filter, under names of the answer; the default envelope
	// holds them as "extras".
	Extras map[string]guard.Aggregate

	// Before runs before the statement and may change op.Request; After when op.Result is there. Both run in the transaction of
	// the request where there is one; an error or a panic undoes it. An *Error is answered as it says. What After changes in the
	// rows of op.Result is what is answered.
	Before, After func(ctx context.Context, op *Op) error
	// AfterCommit runs when nothing can be undone any more, before the answer is sent.
	AfterCommit func(ctx context.Context, op *Op)
	// OnError may give another error to answer with, such as an *Error; nil leaves it as it is.
	OnError func(ctx context.Context, op *Op, err error) error
	// Format writes answers. nil is Envelope.
	Format Format
}

// Single says whether a GET of a list gives one row in place of the list.
type Single uint8

// The ways.
const (
	OnRequest Single = iota // with ?findFirst
	Always                  // by itself
	Never                   // and ?findFirst is refused with 403
)

// Part is a set of parts of requests, joined with |.
type Part uint8

// The parts that Forbid can take away.
const (
	ForbidColumns Part = 1 << iota
	ForbidWhere
	ForbidOrderBy
	ForbidWith
	ForbidLimit
	ForbidOffset
)

// OverLimit says what becomes of a limit that is larger than the shape's.
type OverLimit uint8

// The ways.
const (
	Reject OverLimit = iota // 413
	Clamp                   // the shape's limit counts
)

// Op is a request on its way through a resource.
type Op struct {
	Resource string
	Method   string   // GET, HEAD, POST, PATCH or DELETE
	Who      string   // whose rule counts: Guest, Mine, All or a role
	Key      []string // of /{resource}/{key}
	Actor    orm.Actor
	SignedIn bool // there is an Actor
	HTTP     *http.Request
	DB       orm.DB         // the request's transaction, where there is one
	Request  guard.Request  // what is asked, in the words of package guard; "data" is the body
	Result   *Result        // nil before the statement ran
	Values   map[string]any // for what Before wants to tell After; nil until it is made
}

// Resource declares a resource under a name, which is a segment of a path. Several may show the same model.
func Resource[T any](name string, rules Rules[T]) Option {
	return option(func(c *config) {
		c.resources = append(c.resources, declared{name, func(db orm.DB, l Limits) (*resource, []error) {
			return compileResource(name, rules, db, l)
		}})
	})
}
