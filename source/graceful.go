package source

import "time"

// Graceful is a source that can end what runs on it, when closing takes longer than it may.
type Graceful interface {
	// Grace is how long closing may wait for what runs on this source; 0 where only the DB says.
	Grace() time.Duration
	// Cut ends every statement that runs; each fails with ErrClosed. Close comes after it.
	Cut()
}
