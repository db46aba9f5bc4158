//go:build unix

package sqlserver_test

import (
	"syscall"
	"testing"
	"time"
)

// spent is what a turn took of the clock and of the processors, the collector's part included.
type spent struct{ wall, cpu time.Duration }

func (s *spent) least(o spent) {
	if s.wall == 0 || o.wall < s.wall {
		s.wall = o.wall
	}
	if s.cpu == 0 || o.cpu < s.cpu {
		s.cpu = o.cpu
	}
}

func cpuTime(tb testing.TB) time.Duration {
	tb.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkAgainstRaw runs both in turns, so that a busy machine slows both, and reports what a call took in the turn that was disturbed
// least: ns of the clock, cpu-ns of all processors, and allocations.
func BenchmarkAgainstRaw(b *testing.B) {
	for _, w := range workloads() {
		b.Run(w.name, func(b *testing.B) {
			all := w.contenders(b)
			best := make([]spent, len(all))
			for b.Loop() {
				for i, c := range all {
					start, cpu := time.Now(), cpuTime(b)
					for range w.block {
						if _, err := c.run(); err != nil {
							b.Fatal(err)
						}
					}
					n := time.Duration(w.block)
					best[i].least(spent{time.Since(start) / n, (cpuTime(b) - cpu) / n})
				}
			}
			var allocs [2]float64
			for i, c := range all {
				allocs[i] = perRun(b, c.run)
				b.ReportMetric(float64(best[i].wall), c.name+"-ns")
				b.ReportMetric(float64(best[i].cpu), c.name+"-cpu-ns")
				b.ReportMetric(allocs[i], c.name+"-allocs")
			}
			b.ReportMetric(float64(best[1].wall)/float64(best[0].wall), "time/raw")
			b.ReportMetric(float64(best[1].cpu)/float64(best[0].cpu), "cpu/raw")
			b.ReportMetric(allocs[1]/allocs[0], "allocs/raw")
			b.ReportMetric(0, "ns/op") // of both together, which says nothing
		})
	}
}
