// Package resilience holds no code: its tests put the library before connections that break, answers that are lost and
// servers that go away, and hold what it says of each call against what the database says.
package resilience
