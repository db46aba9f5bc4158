//go:build race

package testkit

// Race reports whether the race detector runs, under which bounds on allocations and memory mean nothing.
const Race = true
