//go:build !unix

package pgcluster

// Cluster is a running throw-away PostgreSQL server. This system has none: see [Start].
type Cluster struct{}

// Start returns [ErrNoPostgres]: clusters are started on Unix systems only.
func Start() (*Cluster, error) { return nil, ErrNoPostgres }

// URL returns nothing on this system.
func (*Cluster) URL() string { return "" }

// Dir returns nothing on this system.
func (*Cluster) Dir() string { return "" }

// Stop does nothing on this system.
func (*Cluster) Stop() error { return nil }
