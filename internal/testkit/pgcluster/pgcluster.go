// Package pgcluster starts throw-away PostgreSQL clusters for tests.
//
// A cluster is owned by a small shell process that holds the read end of a pipe. When the write end closes, because
// [Cluster.Stop] was called or because the owning process died in whatever way, the shell stops the server and
// removes its folder. There is one road to the cleanup, so a killed test run leaves nothing behind.
package pgcluster

import "errors"

// ErrNoPostgres says that no usable PostgreSQL binaries were found on this machine.
var ErrNoPostgres = errors.New("pgcluster: no PostgreSQL binaries (initdb, postgres) on PATH or in the distribution's folders")
