// Package scoping is the one place that asks hooks and scopes for the conditions of a statement.
package scoping
