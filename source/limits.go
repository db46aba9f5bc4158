package source

import "time"

// Limits are those of Open's limits that a source holds itself.
type Limits struct {
	MaxConcurrentRequests int           // requests of the source under way
	RequestTimeout        time.Duration // of one request
	PostFilterRows        int           // rows fetched to be filtered here
	MaxFanOut             int           // children of one relation per parent
}

// Limited is a source that is told the limits before it is opened.
type Limited interface {
	Limit(Limits)
}
