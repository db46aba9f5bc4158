// Package entity does to rows in memory what needs no statement: copies and snapshots of them, their keys, the columns
// that they were read with.
package entity
