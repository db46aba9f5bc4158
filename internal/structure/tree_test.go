package structure

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// folders are what may stand at the top level; hidden ones are the tools' own.
const folders = "builder dialect examples hook internal model rls source testdata bench"

func TestTopLevel(t *testing.T) {
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
