//go:build unix

package pgcluster

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	startTimeout = 60 * time.Second
	stopTimeout  = 30 * time.Second
	startTries   = 3
	pause        = 20 * time.Millisecond // between two looks
)

// errPortTaken says that another process took the chosen port before the server did.
var errPortTaken = errors.New("pgcluster: the port was taken meanwhile")

// keeper is the shell process that owns the cluster. TERM before INT: a shell starts background processes with INT
// ignored, so a server that has not yet set its handlers dies by the first and a running one shuts down by the second.
const keeper = `
bin=$1 dir=$2 port=$3
exec 3<&0 </dev/null
if "$bin/initdb" -D "$dir/data" -U postgres -A trust -E UTF8 --locale=C --no-sync >&2; then
	"$bin/postgres" -D "$dir/data" -p "$port" \
		-c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=100 \
		-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c timezone=UTC 3<&- &
	server=$!
	( read -r line <&3; kill -TERM "$server"; kill -INT "$server" ) 2>/dev/null &
	reader=$!
	exec 3<&-
	wait "$server"
	kill "$reader" 2>/dev/null
fi
rm -rf "$dir"
`

// Cluster is a running throw-away PostgreSQL server. It trusts every connection and listens on 127.0.0.1 only.
type Cluster struct {
	dir    string
	port   int
	log    *os.File
	hold   *os.File // the write end of the keeper's pipe; closing it ends the cluster
	keeper int      // its process
	exited bool
}

// Start makes a cluster in a temporary folder, on a free loopback port, and waits until it takes connections.
// It returns [ErrNoPostgres] where PostgreSQL is not installed.
func Start() (*Cluster, error) {
	bin, err := findBinaries(binaryFolders())
	if err != nil {
		return nil, err
	}
	for try := 1; ; try++ {
		c, err := start(bin)
		if err == nil || try == startTries || !errors.Is(err, errPortTaken) {
			return c, err
		}
	}
}

// URL returns the address of the cluster's maintenance database, as its superuser.
func (c *Cluster) URL() string {
	return fmt.Sprintf("postgres://postgres@127.0.0.1:%d/postgres?sslmode=disable", c.port)
}

// Dir returns the folder that holds the cluster while it runs.
func (c *Cluster) Dir() string { return c.dir }

// Stop ends the server, open connections included, and removes its folder.
func (c *Cluster) Stop() error {
	closed := c.hold.Close()
	for deadline := time.Now().Add(stopTimeout); !c.ended(); time.Sleep(pause) {
		if time.Now().After(deadline) {
			return fmt.Errorf("pgcluster: the server in %s did not stop within %v", c.dir, stopTimeout)
		}
	}
	return errors.Join(closed, c.log.Close(), os.RemoveAll(c.dir))
}

func start(bin string) (*Cluster, error) {
	as, err := serverUser()
	if err != nil {
		return nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	dir, err := makeDir(as)
	if err != nil {
		return nil, err
	}
	c := &Cluster{dir: dir, port: port}
	if err := c.launch(bin, as); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	if err := c.waitReady(); err != nil {
		return nil, errors.Join(err, c.Stop())
	}
	return c, nil
}

// launch starts the keeper.
func (c *Cluster) launch(bin string, as *syscall.Credential) error {
	log, err := os.Create(filepath.Join(c.dir, "log"))
	if err != nil {
		return fmt.Errorf("pgcluster: %w", err)
	}
	read, hold, err := os.Pipe()
	if err != nil {
		return errors.Join(fmt.Errorf("pgcluster: %w", err), log.Close())
	}
	cmd := exec.Command("/bin/sh", "-c", keeper, "keeper", bin, c.dir, strconv.Itoa(c.port))
	cmd.Dir = "/"
	cmd.Env = serverEnv(os.Environ())
	cmd.Stdin, cmd.Stdout, cmd.Stderr = read, log, log
	// A session of its own: a Ctrl-C meant for the tests must not reach the server before they end.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Credential: as}
	err = cmd.Start()
	err = errors.Join(err, read.Close())
	if err != nil {
		return errors.Join(fmt.Errorf("pgcluster: %w", err), hold.Close(), log.Close())
	}
	c.log, c.hold, c.keeper = log, hold, cmd.Process.Pid
	return cmd.Process.Release() // ended asks for it by its number
}

// ended reports whether the keeper has ended. How it ended does not matter: the log tells. It is asked for its end instead of waited
// for, since a goroutine that waits as long as the cluster runs would look like a leak of the tests.
func (c *Cluster) ended() bool {
	if !c.exited {
		pid, err := syscall.Wait4(c.keeper, nil, syscall.WNOHANG, nil)
		c.exited = pid == c.keeper || err != nil && !errors.Is(err, syscall.EINTR)
	}
	return c.exited
}

// waitReady waits for the server's own word in its lock file, which no other server on the port can give.
func (c *Cluster) waitReady() error {
	for deadline := time.Now().Add(startTimeout); ; time.Sleep(pause) {
		switch {
		case c.ended():
			text := c.logText()
			if strings.Contains(text, "could not bind") || strings.Contains(text, "could not create any TCP/IP sockets") {
				return fmt.Errorf("%w:\n%s", errPortTaken, text)
			}
			return fmt.Errorf("pgcluster: the server did not start:\n%s", text)
		case ready(filepath.Join(c.dir, "data", "postmaster.pid")):
			return nil
		case time.Now().After(deadline):
			return fmt.Errorf("pgcluster: the server was not ready within %v:\n%s", startTimeout, c.logText())
		}
	}
}

// ready reports whether the lock file's eighth line, the server's status, says so.
func ready(lockFile string) bool {
	text, err := os.ReadFile(lockFile)
	if err != nil {
		return false
	}
	lines := strings.Split(string(text), "\n")
	return len(lines) >= 8 && strings.TrimSpace(lines[7]) == "ready"
}

// logText returns the log, also after the keeper removed the file.
func (c *Cluster) logText() string {
	text, err := io.ReadAll(io.NewSectionReader(c.log, 0, 1<<20))
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// serverEnv drops PostgreSQL's own variables, so that the caller's settings for another server don't reach this one.
func serverEnv(environ []string) []string {
	var env []string
	for _, v := range environ {
		if !strings.HasPrefix(v, "PG") && !strings.HasPrefix(v, "LC_") && !strings.HasPrefix(v, "LANG") {
			env = append(env, v)
		}
	}
	return append(env, "LC_ALL=C")
}

func freePort() (int, error) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("pgcluster: %w", err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	if err := l.Close(); err != nil {
		return 0, fmt.Errorf("pgcluster: %w", err)
	}
	return port, nil
}
