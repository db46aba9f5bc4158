//go:build unix

package pgcluster

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// ownerVariable makes the test binary own a cluster until it is killed, instead of running tests.
const ownerVariable = "PGCLUSTER_TEST_OWNER"

func TestMain(m *testing.M) {
	if os.Getenv(ownerVariable) == "" {
		os.Exit(m.Run())
	}
	c, err := Start()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Printf("%s\n%s\n", c.URL(), c.Dir())
	select {}
}

func TestStartStop(t *testing.T) {
	c, err := Start()
	skipWithout(t, err)
	if err != nil {
		t.Fatal(err)
	}
	if !listening(t, c.URL()) {
		t.Error("the server does not listen")
	}
	if err := c.Stop(); err != nil {
		t.Error(err)
	}
	if !gone(t, c.URL(), c.Dir()) {
		t.Error("the server or its folder is still there")
	}
}

func TestKilledOwnerLeavesNothing(t *testing.T) {
	_, err := findBinaries(binaryFolders())
	skipWithout(t, err)
	owner := exec.Command(os.Args[0])
	owner.Env = append(os.Environ(), ownerVariable+"=1")
	owner.Stderr = os.Stderr
	out, err := owner.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := owner.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	var told []string
	for len(told) < 2 && lines.Scan() {
		told = append(told, lines.Text())
	}
	if err := owner.Process.Kill(); err != nil {
		t.Error(err)
	}
	_ = owner.Wait() // it was killed, and says so
	if len(told) < 2 {
		t.Fatalf("the owner told %q; want a URL and a folder", told)
	}
	for deadline := time.Now().Add(stopTimeout); !gone(t, told[0], told[1]); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("the server on %s or its folder %s outlived its owner", told[0], told[1])
		}
	}
}

func TestSortNewestFirst(t *testing.T) {
	dirs := []string{
		"/usr/lib/postgresql/9.6/bin", "/opt/postgresql/bin", "/usr/lib/postgresql/17/bin", "/usr/lib/postgresql/9.5/bin",
		"/opt/homebrew/opt/postgresql@15/bin",
	}
	sortNewestFirst(dirs)
	want := []string{
		"/usr/lib/postgresql/17/bin", "/opt/homebrew/opt/postgresql@15/bin", "/usr/lib/postgresql/9.6/bin",
		"/usr/lib/postgresql/9.5/bin", "/opt/postgresql/bin",
	}
	if !slices.Equal(dirs, want) {
		t.Errorf("got %q", dirs)
	}
}

func TestFindBinaries(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	root := t.TempDir()
	install := func(version string, names ...string) string {
		dir := filepath.Join(root, version, "bin")
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if err := os.WriteFile(filepath.Join(dir, name), nil, 0o755); err != nil {
				t.Fatal(err)
			}
		}
		return dir
	}
	pattern := []string{filepath.Join(root, "*", "bin")}
	if _, err := findBinaries(pattern); !errors.Is(err, ErrNoPostgres) {
		t.Errorf("without any: %v; want ErrNoPostgres", err)
	}
	install("9", "initdb", "postgres")
	want := install("16", "initdb", "postgres")
	install("17", "initdb") // the client package alone
	if got, err := findBinaries(pattern); err != nil || got != want {
		t.Errorf("got %s, %v; want %s", got, err, want)
	}
}

// skipWithout skips the test where PostgreSQL is not installed and not required.
func skipWithout(t *testing.T, err error) {
	t.Helper()
	if errors.Is(err, ErrNoPostgres) && os.Getenv("ORM_TEST_REQUIRE_POSTGRES") != "1" && os.Getenv("CI") != "true" {
		t.Skip(err)
	}
}

func listening(t *testing.T, address string) bool {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.DialTimeout("tcp", u.Host, time.Second)
	if err != nil {
		return false
	}
	_ = conn.Close() // it said enough by opening
	return true
}

func gone(t *testing.T, address, dir string) bool {
	t.Helper()
	_, err := os.Stat(dir)
	return errors.Is(err, os.ErrNotExist) && !listening(t, address)
}
