//go:build unix

// Command pgrun runs a command with a throw-away PostgreSQL server:
//
//	go run ./internal/testkit/cmd/pgrun -- go test ./...
//
// It starts the server, names it to the command in ORM_TEST_POSTGRES, passes signals on, removes the server afterwards
// and exits with the command's exit code. A server that the environment already names is used instead.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"github.com/multi-orm/orm/internal/testkit/pgcluster"
)

const (
	variable = "ORM_TEST_POSTGRES"
	// failed is the exit code when pgrun itself could not do its work, as in env(1).
	failed = 125
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) == 0 {
		fmt.Fprintln(stderr, "usage: pgrun [--] command [argument...]")
		return failed
	}
	// Before the server: a signal that comes while it starts must not be lost.
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT)
	defer signal.Stop(signals)

	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = stdin, stdout, stderr
	// A group of its own: a Ctrl-C reaches it once, through us, and with it everything it started.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}

	if os.Getenv(variable) != "" {
		return report(stderr, follow(cmd, signals), nil)
	}
	cluster, err := pgcluster.Start()
	if err != nil {
		return report(stderr, err, nil)
	}
	cmd.Env = append(os.Environ(), variable+"="+cluster.URL())
	err = follow(cmd, signals)
	return report(stderr, err, cluster.Stop())
}

// follow runs cmd to its end and passes signals on to its process group.
func follow(cmd *exec.Cmd, signals <-chan os.Signal) error {
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for {
		select {
		case err := <-ended:
			return err
		case s := <-signals:
			// The group may be gone already; then its end is the next thing heard.
			_ = syscall.Kill(-cmd.Process.Pid, s.(syscall.Signal))
		}
	}
}

// report turns the command's end and the server's into an exit code; a command that a signal ended gives 128 + signal,
// as in a shell.
func report(stderr io.Writer, command, server error) int {
	code := 0
	var exit *exec.ExitError
	switch {
	case errors.As(command, &exit):
		code = exit.ExitCode()
		if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
			code = 128 + int(status.Signal())
		}
	case command != nil:
		fmt.Fprintln(stderr, "pgrun:", command)
		code = failed
	}
	if server != nil {
		fmt.Fprintln(stderr, "pgrun:", server)
		if code == 0 {
			code = failed
		}
	}
	return code
}
