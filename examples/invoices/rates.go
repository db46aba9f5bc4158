package main

import (
	"encoding/json"
	"net"
	"net/http"
	"time"
)

// serveRates starts a stand-in for the other team's service of exchange rates.
func serveRates() (stop func(), url string, err error) {
	rates := map[string]Rate{"USD": {Currency: "USD", Euros: "0.92"}, "CHF": {Currency: "CHF", Euros: "1.05"}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /rates/{currency}", func(w http.ResponseWriter, r *http.Request) {
		rate, ok := rates[r.PathValue("currency")]
		if !ok {
			http.Error(w, `{"error":"no such currency"}`, http.StatusNotFound)
			return
		}
		_ = json.NewEncoder(w).Encode(rate)
	})
	l, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		return nil, "", err
	}
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(l) // it ends by Close
	}()
	return func() { _ = server.Close(); <-done }, "http://" + l.Addr().String(), nil
}
