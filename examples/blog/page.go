package main

import (
	"embed"
	"net/http"
)

//go:embed page/index.html page/style.css page/app.js page/client.js
var page embed.FS

// showPage serves the page that uses the API.
func showPage(mux *http.ServeMux) {
	mux.Handle("GET /page/", http.FileServerFS(page))
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'self'")
		http.ServeFileFS(w, r, page, "page/index.html")
	})
}
