package source

import (
	"context"

	"github.com/multi-orm/orm/builder"
)

// Windowed is a transaction that can read a result in parts, with other statements in between. It is for transactions
// whose connection runs one statement at a time; others read while the rows of a Select are open.
type Windowed interface {
	// SelectWindows reads into rows as Select does, and calls next whenever so many rows more have come, which takes
	// them out of rows. The rows that are left at the end stay there. An error of next stops the read and is returned.
	SelectWindows(ctx context.Context, st *builder.Select, size int, rows *Rows, next func() error) error
}
