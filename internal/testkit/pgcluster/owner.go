//go:build unix

package pgcluster

import (
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// serverUser returns whom the server runs as: nil for the caller, and for root, whom PostgreSQL refuses, an existing
// unprivileged user.
func serverUser() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "_postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err := strconv.ParseInt(u.Uid, 10, 64)
		if err != nil || uid == 0 {
			continue
		}
		gid, err := strconv.ParseInt(u.Gid, 10, 64)
		if err != nil {
			continue
		}
		// Some systems write nobody as -2: the conversion wraps it as the kernel does.
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
	}
	return nil, errors.New("pgcluster: running as root, and no unprivileged user (postgres, nobody) to run the server as")
}

// makeDir makes the cluster's private folder, given to the user the server runs as.
func makeDir(as *syscall.Credential) (string, error) {
	parent := os.TempDir()
	if as != nil && !openToAll(parent) {
		// The other user could neither reach its folder there nor remove it.
		parent = "/tmp"
	}
	dir, err := os.MkdirTemp(parent, "orm-test-postgres-")
	if err != nil {
		return "", fmt.Errorf("pgcluster: %w", err)
	}
	if as != nil {
		if err := os.Chown(dir, int(as.Uid), int(as.Gid)); err != nil {
			return "", errors.Join(fmt.Errorf("pgcluster: %w", err), os.Remove(dir))
		}
	}
	return dir, nil
}

// openToAll reports whether every user may reach dir and write in it.
func openToAll(dir string) bool {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return false
	}
	need := os.FileMode(0o003)
	for {
		info, err := os.Stat(dir)
		if err != nil || info.Mode().Perm()&need != need {
			return false
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return true
		}
		dir, need = parent, 0o001
	}
}
