package httpcall

import (
	"net/http"
	"testing"
	"time"
)

func FuzzRetryAfter(f *testing.F) {
	f.Add("120")
	f.Add("Wed, 21 Oct 2015 07:28:00 GMT")
	f.Add("99999999999999999999")
	f.Fuzz(func(t *testing.T, text string) {
		if d, ok := retryAfter(http.Header{"Retry-After": {text}}, time.Now()); ok && d < 0 {
			t.Fatal(d)
		}
	})
}
