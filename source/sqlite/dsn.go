package sqlite

import (
	"crypto/rand"
	"net/url"
	"path/filepath"
	"strings"
)

// address is where a database is and how it is opened.
type address struct {
	path   string // escaped as in a URI
	query  url.Values
	memory bool // gone with its last connection
}

// parse reads what the caller gave. A plain name is a file, whatever letters it has.
func parse(given string) (address, error) {
	if given == "" || strings.IndexByte(given, 0) >= 0 {
		return address{}, refuse("a file name or \":memory:\" is needed")
	}
	if given == ":memory:" {
		return private(url.Values{}), nil
	}
	rest, uri := strings.CutPrefix(given, "file:")
	if !uri {
		p := filepath.ToSlash(given)
		if filepath.VolumeName(given) != "" {
			p = "/" + p
		}
		p = (&url.URL{Path: p}).EscapedPath()
		if strings.HasPrefix(p, "/") {
			p = "//" + p // an empty host, so that a path which begins with two slashes names none
		}
		return address{path: p, query: url.Values{}}, nil
	}
	path, query, _ := strings.Cut(rest, "?")
	query, _, _ = strings.Cut(query, "#")
	q, err := url.ParseQuery(query)
	switch {
	case err != nil:
		return address{}, refuse("the options of the file: URI cannot be read")
	case q.Get("vfs") == "memdb":
		return address{path: path, query: q, memory: true}, nil
	case q.Get("mode") == "memory" && q.Get("cache") == "shared":
		return address{path: path, query: q, memory: true}, nil
	case q.Get("mode") == "memory" || path == ":memory:" || path == "%3Amemory%3A":
		// Each connection would get a database of its own; what is meant is one.
		q.Del("mode")
		q.Del("cache")
		return private(q), nil
	case path == "":
		return address{}, refuse("the file: URI names no file")
	}
	return address{path: path, query: q}, nil
}

// private is a database in memory that nobody else can name. memdb, unlike a shared cache, gives one database
// to all connections and waits for locks as files do.
func private(q url.Values) address {
	q.Set("vfs", "memdb")
	return address{path: "/orm-" + rand.Text(), query: q, memory: true}
}

// dsn writes the address for the driver, with the settings that this library stands on; the caller's win.
func (a address) dsn() string {
	q := a.query
	if !q.Has("_dqs") {
		q.Set("_dqs", "0")
	}
	a.pragma("busy_timeout", "50", "_busy_timeout", "_timeout") // the rest of the wait heeds the context: see maxWait
	a.pragma("foreign_keys", "1", "_foreign_keys", "_fk")
	if !a.memory && q.Get("mode") != "ro" && q.Get("immutable") == "" {
		a.pragma("journal_mode", "WAL", "_journal_mode", "_journal")
		a.pragma("synchronous", "NORMAL", "_synchronous", "_sync")
	}
	return "file:" + a.path + "?" + q.Encode()
}

// pragma adds a setting that the caller has not made, in any of the driver's ways to make it.
func (a address) pragma(name, value string, keys ...string) {
	for _, k := range keys {
		if a.query.Has(k) {
			return
		}
	}
	for _, p := range a.query["_pragma"] {
		if p = strings.ToLower(strings.TrimSpace(p)); strings.HasPrefix(p, name) {
			return
		}
	}
	a.query.Add("_pragma", name+"("+value+")")
}

// beginImmediate takes the write lock at once: a transaction that read first could be refused it later, as beginDeferred is.
const (
	beginImmediate = "BEGIN IMMEDIATE"
	beginDeferred  = "BEGIN DEFERRED"
)

// begin heeds the caller's _txlock.
func (a address) begin() string {
	switch strings.ToLower(a.query.Get("_txlock")) {
	case "deferred":
		return beginDeferred
	case "exclusive":
		return "BEGIN EXCLUSIVE"
	}
	return beginImmediate
}
