package structure

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// folders are what may stand at the top level; hidden ones are the tools' own.
const folders = "builder dialect examples hook internal model rls source"

func TestTopFolders(t *testing.T) {
	entries, err := os.ReadDir(top(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.IsDir() && !strings.HasPrefix(e.Name(), ".") && !contains(folders, e.Name()) {
			t.Errorf("folder %q is not in DESIGN.md's table of rooms", e.Name())
		}
	}
}

// mostFiles is how many files the top level may hold: what users see first, and find their way in.
const mostFiles = 66

// The top level holds the face: what goes on behind it, the benchmarks' workloads too, is in a room.
func TestTopLevelIsTheFace(t *testing.T) {
	entries, err := os.ReadDir(top(t))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, e := range entries {
		if e.IsDir() || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		n++
		if strings.HasPrefix(e.Name(), "bench") && e.Name() != "bench_test.go" {
			t.Errorf("%s: benchmarks but bench_test.go belong below internal/bench", e.Name())
		}
	}
	if n > mostFiles {
		t.Errorf("the top level holds %d files, more than %d: fold those that speak of one thing", n, mostFiles)
	}
}

// A file is named by what it is about; "more" says that another was full.
func TestNoFileIsCalledMore(t *testing.T) {
	root := top(t)
	err := filepath.WalkDir(root, func(p string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if name := d.Name(); d.IsDir() && p != root && (strings.HasPrefix(name, ".") || name == "node_modules") {
			return filepath.SkipDir
		}
		stem, _, _ := strings.Cut(d.Name(), ".")
		if stem = strings.TrimSuffix(stem, "_test"); strings.HasSuffix(stem, "more") || strings.HasPrefix(stem, "more_") {
			t.Errorf("%s: name it by its subject", p)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// replace works on the machine of whoever wrote it; only nested test modules may point at the root.
func TestNoReplace(t *testing.T) {
	root := top(t)
	err := filepath.WalkDir(root, func(p string, d os.DirEntry, err error) error {
		if err != nil || d.Name() != "go.mod" {
			return err
		}
		b, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		for _, line := range strings.Split(string(b), "\n") {
			line = strings.TrimPrefix(strings.TrimSpace(line), "replace ")
			from, to, ok := strings.Cut(line, " => ")
			if !ok || strings.HasPrefix(line, "//") {
				continue
			}
			if filepath.Dir(p) == root {
				t.Errorf("the root go.mod replaces %s", from)
				continue
			}
			if at, err := filepath.Abs(filepath.Join(filepath.Dir(p), strings.TrimSpace(to))); err != nil || at != root || !strings.HasPrefix(from, module) {
				t.Errorf("%s replaces %s by %s; only the root itself may be replaced", p, from, to)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
