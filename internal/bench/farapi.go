package bench

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
)

// farAPI gives the orders of users, which it has written down already.
type farAPI struct {
	orders [][]byte // by user, from 1
	calls  atomic.Int64
}

func newFarAPI(tb testing.TB) (*farAPI, string) {
	tb.Helper()
	a := &farAPI{orders: make([][]byte, userRows+1)}
	for i := range userRows * orderRows {
		o := FarOrder(OrderAt(i + 1))
		text, err := json.Marshal(o)
		if err != nil {
			tb.Fatal(err)
		}
		if len(a.orders[o.UserID]) > 0 {
			text = append([]byte(","), text...)
		}
		a.orders[o.UserID] = append(a.orders[o.UserID], text...)
	}
	server := httptest.NewServer(a)
	tb.Cleanup(server.Close)
	return a, server.URL
}

func (a *farAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.calls.Add(1)
	var asked struct {
		IDs []int64 `json:"user_ids"`
	}
	if r.Method != http.MethodPost || r.URL.Path != "/orders/bulk" || json.NewDecoder(r.Body).Decode(&asked) != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	out := []byte(`{"data":[`)
	for i, id := range asked.IDs {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, a.orders[id]...)
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(append(out, "]}"...))
}
