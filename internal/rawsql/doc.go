// Package rawsql runs SQL text: what binds it to one statement, who may run it, the scoped rows that its placeholders stand for, and rows
// of any type.
package rawsql
