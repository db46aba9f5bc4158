// Package rest serves models as resources over net/http: one definition of who may ask what gives the handler, its documents,
// a TypeScript client and a source for other services.
package rest
