// Package entity does to rows in memory what needs no statement: copies of them, their keys, the columns they
// were read with.
package entity
