//go:build unix

package bench

import (
	"os"
	"runtime"
	"syscall"
)

// peakOfChild gives the most memory that a process had, 0 where the system is asked another way.
func peakOfChild(p *os.ProcessState) int64 {
	u, ok := p.SysUsage().(*syscall.Rusage)
	switch {
	case !ok, runtime.GOOS == "linux": // there it begins with the parent's, which the child was forked from
		return 0
	case runtime.GOOS == "darwin":
		return int64(u.Maxrss) // bytes
	}
	return int64(u.Maxrss) << 10
}
