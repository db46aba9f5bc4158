package orm

import "github.com/multi-orm/orm/model"

// Strategy says how the rows of an include are loaded: Lookup or Join. The tag's strategy= says it for every query, and
// Strategy of a branch for one; the answer is the same.
type Strategy = model.Strategy

// The strategies.
const (
	// Lookup loads the related rows with a second statement, by the keys of the rows. It works between any two sources.
	Lookup = model.Lookup
	// Join brings the related rows with the statement of the rows, in one round trip: all to-one relations of the query's
	// own rows, or else one to-many relation, whose rows repeat the columns of theirs on the way. Where it would not give
	// the same answer the relation is looked up all the same: below another include, in pages, streams, best effort and
	// locking reads, and where the branch takes or skips, or counts relations. Explain tells.
	Join = model.Join
)
