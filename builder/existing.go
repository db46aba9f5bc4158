package builder

// Existing says what a Create does where a soft-deleted row has the key or a unique set of the new one.
type Existing uint8

// What becomes of the soft-deleted row.
const (
	Refuse  Existing = iota // it stays, and the new row is a conflict
	Replace                 // it is removed for good
	Revive                  // it becomes the new row
)
