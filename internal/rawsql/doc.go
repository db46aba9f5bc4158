// Package rawsql runs SQL text: what binds it to one statement, who may run it, and rows of any type.
package rawsql
