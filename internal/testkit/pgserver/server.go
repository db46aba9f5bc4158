// Package pgserver gives tests databases and schemas of a PostgreSQL server: one that is named, or one that it starts. It links no other
// driver than pgx, so that programs may use it through hook/ormtest/pgtest.
package pgserver

import (
	"fmt"
	"net/url"
	"os"
	"sync"

	"github.com/multi-orm/orm/internal/testkit/pgcluster"
)

// process is the server that all tests of this process share: starting one takes a second, a database in it none.
var process server

// server is the PostgreSQL server the tests use: the one the environment names, else one started on first use.
type server struct {
	mu      sync.Mutex
	known   bool
	url     *url.URL
	err     error
	cluster *pgcluster.Cluster
}

// address returns the server's URL, starting the server if need be. A failure is remembered: what failed once would
// only cost every test the same wait.
func (s *server) address() (*url.URL, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.known {
		s.known = true
		s.url, s.err = s.find()
	}
	return s.url, s.err
}

func (o Options) address() (*url.URL, error) {
	if o.Server != "" {
		return parse(o.Server)
	}
	return process.address()
}

func (s *server) find() (*url.URL, error) {
	if given := os.Getenv("ORM_TEST_POSTGRES"); given != "" {
		return parse(given)
	}
	cluster, err := pgcluster.Start()
	if err != nil {
		return nil, err
	}
	s.cluster = cluster
	return parse(cluster.URL())
}

// Stop ends the throw-away server if this process started one. It ends with the process too, however that ends.
func Stop() error { return process.stop() }

func (s *server) stop() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	cluster := s.cluster
	s.known, s.url, s.err, s.cluster = false, nil, nil, nil
	if cluster == nil {
		return nil
	}
	return cluster.Stop()
}

// parse reads a server's URL. The text stays out of the errors, for it may hold a password.
func parse(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil || (u.Scheme != "postgres" && u.Scheme != "postgresql") {
		return nil, fmt.Errorf("the server that ORM_TEST_POSTGRES or an option names is not a URL like postgres://user@host:port/database")
	}
	return u, nil
}
