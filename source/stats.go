package source

import (
	"time"

	"github.com/multi-orm/orm/builder"
)

// Stats tells how a source is used.
type Stats struct {
	Statements builder.CacheStats // compiled statements, kept by shape
	Pool       PoolStats
	Replicas   []ReplicaStats // in the order they were given
}

// PoolStats tells how the connections of one server are used.
type PoolStats struct {
	Max    int // connections there may be; 0 for no bound
	InUse  int
	Idle   int
	Waits  int64         // times that a caller had to wait for a connection
	Waited time.Duration // how long they waited in all
}

// ReplicaStats tells how a read replica does.
type ReplicaStats struct {
	Host string
	Port int
	Down bool // it could not be reached and is passed by for a while
	Pool PoolStats
}

// Measured is a source that tells how it is used.
type Measured interface {
	Stats() Stats
}
