//go:build unix

package pgcluster

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
)

// binaryFolders lists where distributions keep initdb and postgres without putting them on PATH.
func binaryFolders() []string {
	return []string{
		"/usr/lib/postgresql/*/bin",
		"/usr/pgsql-*/bin",
		"/opt/homebrew/opt/postgresql*/bin",
		"/usr/local/opt/postgresql*/bin",
		"/opt/homebrew/bin",
	}
}

// findBinaries returns the folder that holds both initdb and postgres: the one on PATH, else the newest that the
// patterns match.
func findBinaries(patterns []string) (string, error) {
	if initdb, err := exec.LookPath("initdb"); err == nil {
		// A link on PATH may stand alone; the real folder has the rest.
		if target, err := filepath.EvalSymlinks(initdb); err == nil {
			initdb = target
		}
		if dir := filepath.Dir(initdb); complete(dir) {
			return filepath.Abs(dir)
		}
	}
	for _, pattern := range patterns {
		dirs, err := filepath.Glob(pattern)
		if err != nil {
			return "", err
		}
		sortNewestFirst(dirs)
		for _, dir := range dirs {
			if complete(dir) {
				return dir, nil
			}
		}
	}
	return "", ErrNoPostgres
}

// complete reports whether dir holds everything a cluster needs.
func complete(dir string) bool {
	for _, name := range []string{"initdb", "postgres"} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || info.IsDir() || info.Mode()&0o111 == 0 {
			return false
		}
	}
	return true
}

// sortNewestFirst orders folders by the version in their path; one without a version comes last.
func sortNewestFirst(dirs []string) {
	number := regexp.MustCompile(`\d+(\.\d+)?`)
	version := func(dir string) float64 {
		v, err := strconv.ParseFloat(number.FindString(dir), 64)
		if err != nil {
			return 0
		}
		return v
	}
	slices.SortStableFunc(dirs, func(a, b string) int {
		switch va, vb := version(a), version(b); {
		case va > vb:
			return -1
		case va < vb:
			return 1
		}
		return 0
	})
}
