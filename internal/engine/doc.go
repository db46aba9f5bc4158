// Package engine holds what was opened: sources, models, hooks, handles and their transactions. It runs single
// statements and tells those who look at them.
package engine
