package httpcall

import "sync/atomic"

// A retry costs retryCost, a request that succeeded gives one back; no more than mostBudget are kept. The numbers are those
// of gRPC's retry throttling.
const (
	retryCost  = 10
	mostBudget = 100
)

// budget is what the requests of a source have left for retries. The zero budget is full.
type budget struct{ spent atomic.Int64 }

// take pays for a retry, and reports whether there was enough.
func (b *budget) take() bool {
	for {
		n := b.spent.Load()
		if n+retryCost > mostBudget {
			return false
		}
		if b.spent.CompareAndSwap(n, n+retryCost) {
			return true
		}
	}
}

// give is told of each request that succeeded.
func (b *budget) give() {
	for {
		n := b.spent.Load()
		if n == 0 || b.spent.CompareAndSwap(n, n-1) {
			return
		}
	}
}
