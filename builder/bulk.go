package builder

// BulkOptions are what the options of CreateMany say.
type BulkOptions struct {
	SkipDuplicates bool                  // leave out rows that a unique set has already
	Progress       func(done, total int) // called after each batch, inside the transaction; nil for nobody
}

// BulkOption is an option of CreateMany: SkipDuplicates or Progress.
type BulkOption func(*BulkOptions)
