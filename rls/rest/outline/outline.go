// Package outline says what an API of package rest offers to a caller, as plain data. Documents, clients and forms are made
// from it; it is made from the compiled shapes that the handler asks, so they cannot differ.
package outline

import "github.com/multi-orm/orm/rls/guard"

// API is what a caller may ask.
type API struct{ Resources []Resource }

// Resource is a resource as a caller sees it. Operations that the caller has no rule for are not among them.
type Resource struct {
	Name        string // the segment of the path
	Description string
	Envelope    Envelope
	Operations  []Operation
	Key         []guard.OutlineColumn // of /{key}, in order; nil where there is no such path
	CountTotal  bool                  // ?countTotal may be asked
	Single      Single
	Import      bool // POST /import
	Flat        []Parameter
	Pages       bool // pageCount, recordsPerPage and paginationCursor turn pages of lists
}

// Operation is a method of a resource, or of one of its rows.
type Operation struct {
	Method  string // GET, POST, PATCH or DELETE
	Callers []Caller
}

// Caller is a way to be seen, and what may be asked that way. The first of an operation is the one that counts when the
// request says none.
type Caller struct {
	Who   string // guest, mine, all or the name of a role
	Flag  string // the parameter that asks for it: guest, mine or all; "" where it is only had by role
	Shape *guard.Outline
}

// Envelope is the form of answers.
type Envelope uint8

// The forms.
const (
	Default Envelope = iota // {"total", "rowsAffected", "count", "<resource>": […]}
	Nicot                   // {"statusCode", "success", "message", "data", …}
	Bare                    // the rows, or the row
	Custom                  // made by a function of the program: unknown
)

// Single says whether lists give one row.
type Single uint8

// The ways.
const (
	Asked  Single = iota // with ?findFirst
	Always               // by themselves
	Never
)

// Parameter is a flat parameter of the query that filters a list.
type Parameter struct {
	Name string
	guard.OutlineColumn
	Words []string // how it compares: eq, prefix, contains, in, …
	Any   bool     // one of Words holds; else all
	List  bool     // values are joined with commas, or the parameter is repeated
}
