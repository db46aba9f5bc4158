// Package filter evaluates a statement's predicates, order, distinctness and pages over rows in memory, with the
// semantics that the SQL sources have: three-valued logic, NULL as the largest value, text compared byte by byte.
// It serves sources that cannot say in their own language all that a statement asks.
//
// What only a database can answer (SQL text, filters by a relation) is ErrUnsupported, and so is an order or a
// comparison whose meaning the Go value does not tell: documents, arrays, and columns with a codec of their own that no
// type=numeric calls decimals.
package filter
