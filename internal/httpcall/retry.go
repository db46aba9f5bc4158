package httpcall

import (
	"context"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"
)

// transient reports statuses that another try may not see.
func transient(status int) bool {
	switch status {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// backoff is the wait before try n, from 1: it doubles, and jitter keeps callers from coming back together.
func backoff(n int) time.Duration {
	most := min(100*time.Millisecond<<min(n-1, 10), 2*time.Second)
	return most/2 + rand.N(most/2+1)
}

// retryAfter reads the header, in seconds or as a date.
func retryAfter(h http.Header, now time.Time) (time.Duration, bool) {
	text := h.Get("Retry-After")
	if text == "" {
		return 0, false
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		if n < 0 {
			return 0, false
		}
		return time.Duration(min(n, 1<<31)) * time.Second, true
	}
	t, err := http.ParseTime(text)
	if err != nil {
		return 0, false
	}
	return max(0, t.Sub(now)), true
}

// pause waits, unless ctx ends first or would end before the wait does.
func pause(ctx context.Context, wait time.Duration) bool {
	if end, ok := ctx.Deadline(); ok && time.Until(end) <= wait {
		return false
	}
	t := time.NewTimer(wait)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
