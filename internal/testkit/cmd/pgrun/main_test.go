//go:build unix

package main

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// selfVariable makes the test binary be pgrun, instead of running tests.
const selfVariable = "PGRUN_TEST_SELF"

func TestMain(m *testing.M) {
	if os.Getenv(selfVariable) != "" {
		main()
	}
	os.Exit(m.Run())
}

func TestRunUsesAGivenServer(t *testing.T) {
	t.Setenv(variable, "postgres://given")
	for _, c := range []struct {
		args   []string
		code   int
		stdout string
	}{
		{[]string{"--", "sh", "-c", "echo $ORM_TEST_POSTGRES"}, 0, "postgres://given\n"},
		{[]string{"sh", "-c", "exit 7"}, 7, ""},
		{[]string{"sh", "-c", "kill -TERM $$"}, 128 + int(syscall.SIGTERM), ""},
		{[]string{"/no/such/command"}, failed, ""},
		{[]string{"--"}, failed, ""},
	} {
		var stdout bytes.Buffer
		if code := run(c.args, nil, &stdout, io.Discard); code != c.code || stdout.String() != c.stdout {
			t.Errorf("%q: code %d, output %q; want %d, %q", c.args, code, stdout.String(), c.code, c.stdout)
		}
	}
}

func TestRunStartsAServerAndPassesSignals(t *testing.T) {
	self := exec.Command(os.Args[0], "--", "sh", "-c", `
		trap 'echo stopped; exit 3' TERM
		echo "$ORM_TEST_POSTGRES"
		while :; do sleep 0.1; done`)
	self.Env = append(os.Environ(), selfVariable+"=1", variable+"=")
	var stderr bytes.Buffer
	self.Stderr = &stderr
	out, err := self.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := self.Start(); err != nil {
		t.Fatal(err)
	}
	first := make([]byte, len("postgres://"))
	if _, err := io.ReadFull(out, first); err != nil {
		_ = self.Wait()
		if strings.Contains(stderr.String(), "no PostgreSQL binaries") && os.Getenv("ORM_TEST_REQUIRE_POSTGRES") != "1" && os.Getenv("CI") != "true" {
			t.Skip(stderr.String())
		}
		t.Fatalf("%v: %s", err, stderr.String())
	}
	if err := self.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	rest, err := io.ReadAll(out)
	if err != nil {
		t.Error(err)
	}
	_ = self.Wait() // the code is checked below
	if code := self.ProcessState.ExitCode(); code != 3 || !strings.HasSuffix(string(rest), "stopped\n") {
		t.Errorf("code %d, output %q; want the command's own 3 after the signal", code, rest)
	}
}
