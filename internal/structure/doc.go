// Package structure holds the tests that keep the house as DESIGN.md drew it: which room may import which,
// what stands at the top level, and what no file may hold. It has no code of its own.
package structure
