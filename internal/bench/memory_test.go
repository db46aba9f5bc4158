package bench

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/internal/testkit"
)

const (
	childEnv  = "ORM_BENCH_CHILD" // tells the child what to stream: an engine, then a path
	mostBytes = 45 << 20
)

// TestStreamMemory streams 100,000 rows in a process of its own, which must hold no more than a window of them.
func TestStreamMemory(t *testing.T) {
	if testkit.Race {
		t.Skip("the race detector takes memory too; .ci/modules runs this without it")
	}
	if what := os.Getenv(childEnv); what != "" {
		streamChild(t, what)
		return
	}
	if testing.Short() {
		t.Skip("it makes a large file")
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for engine, what := range map[string]string{
		"Postgres": "postgres",
		"SQLite":   "sqlite " + seededSQLite(t, scanRows).path,
	} {
		t.Run(engine, func(t *testing.T) {
			cmd := exec.CommandContext(t.Context(), exe, "-test.run=^TestStreamMemory$", "-test.v")
			cmd.Env = append(os.Environ(), childEnv+"="+what)
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			peak := peakOfChild(cmd.ProcessState)
			for line := range strings.Lines(string(out)) {
				if text, ok := strings.CutPrefix(strings.TrimSpace(line), "peak "); ok && peak == 0 {
					if peak, err = strconv.ParseInt(text, 10, 64); err != nil {
						t.Fatal(err)
					}
				}
			}
			switch {
			case peak == 0:
				t.Skipf("%s does not say how much memory a process had", runtime.GOOS)
			case peak > mostBytes:
				t.Errorf("the process held %.1f MB at its peak; want at most %d", float64(peak)/(1<<20), mostBytes>>20)
			default:
				t.Logf("%.1f MB at the peak", float64(peak)/(1<<20))
			}
		})
	}
}

func streamChild(t *testing.T, what string) {
	var ctx context.Context
	var db orm.DB
	if path, ok := strings.CutPrefix(what, "sqlite "); ok {
		ctx, db = (&sqliteFile{path: path}).orm(t, "", false)
	} else {
		ctx, db = replayed(t).orm(t, "Stream100k/orm", false)
	}
	s, err := ormStream100k(ctx, db)
	if err != nil {
		t.Fatal(err)
	}
	if s.Rows != scanRows {
		t.Fatalf("%d rows", s.Rows)
	}
	if text, err := os.ReadFile("/proc/self/status"); err == nil {
		for line := range strings.Lines(string(text)) {
			if f := strings.Fields(line); len(f) == 3 && f[0] == "VmHWM:" {
				if kb, err := strconv.ParseInt(f[1], 10, 64); err == nil {
					fmt.Printf("\npeak %d\n", kb<<10)
				}
			}
		}
	}
}
