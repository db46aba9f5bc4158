// Package docs serves a page that shows an OpenAPI document and sends requests from it: Swagger UI, embedded, so that nothing is
// loaded from elsewhere. It is linked only where it is imported.
//
//	mux.Handle("GET /openapi.json", api.OpenAPI(rest.Info{Title: "Blog", Version: "1.2", Server: "/query"}))
//	mux.Handle("GET /docs/", http.StripPrefix("/docs", docs.Handler("/openapi.json")))
package docs

import (
	"html/template"
	"net/http"
	"strings"

	"github.com/swaggest/swgui/v5/static"
	"github.com/vearutop/statigz"
)

// Handler serves the page for the document at spec, an address on the same host, such as /openapi.json. It is mounted at a path that
// ends with a slash.
func Handler(spec string) http.Handler {
	page := template.Must(template.New("page").Parse(pageHTML))
	assets := statigz.FileServer(static.FS)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Content-Security-Policy", "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'self'")
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			h.Set("Allow", "GET, HEAD")
			http.Error(w, "the page is only read", http.StatusMethodNotAllowed)
			return
		}
		switch name := strings.TrimPrefix(r.URL.Path, "/"); name {
		case "", "index.html":
			h.Set("Content-Type", "text/html; charset=utf-8")
			_ = page.Execute(w, spec) // what fails is the connection
		case "page.js":
			h.Set("Content-Type", "text/javascript; charset=utf-8")
			_, _ = w.Write([]byte(pageJS))
		case "swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png", "favicon-16x16.png":
			r = r.Clone(r.Context())
			r.URL.Path = "/" + name
			assets.ServeHTTP(w, r)
		default:
			http.NotFound(w, r)
		}
	})
}

const pageHTML = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>API</title>
<link rel="stylesheet" href="swagger-ui.css">
<link rel="icon" type="image/png" href="favicon-32x32.png">
</head>
<body>
<div id="ui" data-spec="{{.}}"></div>
<script src="swagger-ui-bundle.js"></script>
<script src="page.js"></script>
</body>
</html>
`

// pageJS is a file of its own, so that the page needs no inline script.
const pageJS = `SwaggerUIBundle({
  url: document.getElementById('ui').dataset.spec,
  dom_id: '#ui',
  deepLinking: true,
  validatorUrl: null,
  tryItOutEnabled: true,
});
`
