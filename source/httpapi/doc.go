// Package httpapi makes an HTTP API with JSON a data source.
//
// A model says how it maps in a method Endpoints, next to the struct; JSON keys are the column names. Every mapping is
// parsed and checked once, when the source opens. What a mapping can say is sent to the API; the rest is filtered,
// ordered, paged and counted here with the semantics of the SQL sources, up to Limits.PostFilterRows rows. Conditions
// that were sent are checked again on every row that comes back, so an API that ignores a filter is found out.
//
// $skip, $take and $orderBy are sent for the caller only where nothing is filtered or ordered here afterwards. An
// order is one the API can give when the endpoint maps $orderBy and no sort key can be NULL, or says it in Sorted.
// The default order of a model (order= of the tag) is an order like a query's own. Where the API cannot give it, a page is
// cut here out of the whole list, up to Limits.PostFilterRows rows, and is ErrUnsupported with NoFiltering; a list or a
// stream that was not sorted else is held in memory, up to MaxRows. A query that sorts by the key goes without it.
// The rows of a page that was cut by the API are checked against the conditions and the order; where they do not
// agree the page is cut here instead. With NoFiltering either is an error.
//
// A reply is checked and searched while it arrives, and its rows are decoded from its bytes, which calls that ask the same
// share; nothing else is built of it. What no column is named after costs its bytes only, and those MaxBody bounds. The types
// of JSON are taken strictly, but for whole numbers, which may be texts: "7" is 7 and "007" is nothing. A field tagged
// type=text writes its numbers so.
//
// An HTTP API has no transactions. A write is one request for one row, by key; conditions and scopes are checked on
// the row as it was read just before. What would take several requests is ErrUnsupported unless NonAtomic is given.
package httpapi
