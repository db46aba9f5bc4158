// Package openapitest holds documents of package openapi against the specification and against the handler. It is a module of its
// own, so that what it needs stays out of go.sum.
package openapitest
