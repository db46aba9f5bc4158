// Package rawsql runs SQL text.
package rawsql
