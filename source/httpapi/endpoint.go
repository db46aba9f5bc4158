package httpapi

import "time"

// Endpoints say which requests read and write a model. An endpoint that is left out is not to be had: what can be
// done by another one is done so, the rest is ErrUnsupported.
type Endpoints struct {
	FindMany   Endpoint // a list of rows; needs Items
	FindUnique Endpoint // one row by its key; 404 is no row
	FindFirst  Endpoint // the first row; used where all conditions and the order can be sent
	FindBulk   Endpoint // the rows of many keys at once; needs Items and one $where.….in
	Count      Endpoint // needs Total
	Create     Endpoint // one row
	CreateMany Endpoint // many rows; the reply, if it has Items, lists them in the order they were sent
	Update     Endpoint // one row by key: PATCH sends what changed, other methods the whole row
	Delete     Endpoint // one row by key
	Upsert     Endpoint // one row, made or replaced

	Cache Cache
}

// Cache keeps replies to reads in memory, apart for each actor. The zero Cache keeps none.
type Cache struct {
	TTL  time.Duration // how long a reply is good
	Size int           // replies kept; 256 when zero
}

// Endpoint is one request that an API takes and how to read its reply. It is an immutable value: every method
// returns a new one. The text of a parameter is a literal, or one of the templates
//
//	$where.Field.op   the operand of a condition: eq ne gt gte lt lte in notIn contains startsWith endsWith like
//	                  isNull isNotNull (these two send true)
//	$skip $take       the page as an offset and a number of rows
//	$page             the page's number, from 1 in steps of 1 unless Pages says otherwise
//	$cursor           what the reply before gave at Next
//	$orderBy          column names with commas, a minus sign before those that descend; text columns are sorted here
//	                  unless ByteOrder is said
//	$select           the columns needed, with commas
//	$data             the row that is written; a list of rows in CreateMany
//
// A condition is required unless its template ends in "?": where the statement has no such condition, another
// endpoint is tried. The other templates are left out when there is nothing to say. "$$" begins a literal "$".
type Endpoint struct {
	method, path             string
	params                   []param
	bodyAll, nextLink        bool
	items, item, total, next string
	sorted                   []string
	chunk                    int
	byteOrder                bool
	pageFrom, pageStep       int
	cursorFrom, itemError    string
	errorField               string
	below                    string
}

type place uint8

const (
	inQuery place = iota
	inHeader
	inBody
	inForm
)

func (p place) String() string { return [...]string{"Query", "Header", "Body", "Form"}[p] }

type param struct {
	in         place
	name, text string
}

// GET is an endpoint at path, which begins with a slash and is taken below the source's base URL. A name in
// braces is a field or column: its value becomes one segment of the path, or a part of one.
func GET(path string) Endpoint { return Endpoint{method: "GET", path: path} }

// POST is GET with another method; so are PUT, PATCH and DELETE.
func POST(path string) Endpoint { return Endpoint{method: "POST", path: path} }

// PUT is POST with another method.
func PUT(path string) Endpoint { return Endpoint{method: "PUT", path: path} }

// PATCH is POST with another method.
func PATCH(path string) Endpoint { return Endpoint{method: "PATCH", path: path} }

// DELETE is POST with another method.
func DELETE(path string) Endpoint { return Endpoint{method: "DELETE", path: path} }

func (e Endpoint) with(p param) Endpoint {
	e.params = append(e.params[:len(e.params):len(e.params)], p)
	return e
}

// Query adds a parameter to the query string. A list is joined with commas; where name ends in "[]" it is sent as
// one parameter for each value.
func (e Endpoint) Query(name, text string) Endpoint { return e.with(param{inQuery, name, text}) }

// Header adds a request header.
func (e Endpoint) Header(name, text string) Endpoint { return e.with(param{inHeader, name, text}) }

// Body adds a member to the JSON object that is the request's body. Values keep their JSON types.
func (e Endpoint) Body(name, text string) Endpoint { return e.with(param{inBody, name, text}) }

// Form adds a field to a body of type application/x-www-form-urlencoded.
func (e Endpoint) Form(name, text string) Endpoint { return e.with(param{inForm, name, text}) }

// BodyAll makes the body what $data is.
func (e Endpoint) BodyAll() Endpoint { e.bodyAll = true; return e }

// Items is the JSONPath of the rows in the reply: of one list, or of the rows themselves.
func (e Endpoint) Items(path string) Endpoint { e.items = path; return e }

// Item is the JSONPath of the one row in the reply.
func (e Endpoint) Item(path string) Endpoint { e.item = path; return e }

// Total is the JSONPath of the number of all rows that pass the conditions.
func (e Endpoint) Total(path string) Endpoint { e.total = path; return e }

// Next is the JSONPath of what leads to the next page: the value of $cursor where the endpoint maps it, else a URL
// at or below the endpoint's own path, unless Below says another. Nothing, null, false or "" ends the pages.
func (e Endpoint) Next(path string) Endpoint { e.next = path; return e }

// NextLink follows the reply header Link with rel="next".
func (e Endpoint) NextLink() Endpoint { e.nextLink = true; return e }

// Below says where links to next pages and redirects may lead: to path on the API's host, which begins with a slash, and
// what lies below it. Without it that is the path of the request itself.
func (e Endpoint) Below(path string) Endpoint { e.below = path; return e }

// Sorted says in which order the API gives rows when it is not told one: field names, a minus sign before those
// that descend. It promises that text is ordered byte by byte and that no key is NULL.
func (e Endpoint) Sorted(fields ...string) Endpoint {
	e.sorted = append([]string(nil), fields...)
	return e
}

// ByteOrder says that the API sorts and compares text byte by byte, as databases do here. Without it an order by text is
// made from all rows instead of sent, and so are conditions gt gte lt lte ne notIn on text: most APIs go by a language's
// alphabet, or heed no case, and would leave out rows that belong to the answer.
func (e Endpoint) ByteOrder() Endpoint { e.byteOrder = true; return e }

// Pages says how $page counts: the first page's number and what is added for each next one.
func (e Endpoint) Pages(first, step int) Endpoint {
	e.pageFrom, e.pageStep = first, step
	return e
}

// CursorFrom is what $cursor says for the first page, for APIs that give cursors only to those who ask with one.
func (e Endpoint) CursorFrom(text string) Endpoint { e.cursorFrom = text; return e }

// ItemError is the JSONPath, inside an item of CreateMany's reply, of what says that the row was not written. Unless it
// is said, a member "error" or "errors" that is no column of the model is taken for it.
func (e Endpoint) ItemError(path string) Endpoint { e.itemError = path; return e }

// Chunk is how many values of $where.….in go into one request, and how many rows $take asks for at a time. The
// defaults are 100 values in a path, query or header, 1,000 in a body, and 100 rows.
func (e Endpoint) Chunk(n int) Endpoint { e.chunk = n; return e }
