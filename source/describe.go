package source

import "github.com/multi-orm/orm/builder"

// Describer is a source without SQL text that can say in words what a Select would ask of it.
type Describer interface {
	// Describe names the requests and what is done here, without values or secrets. It runs nothing. st is scoped;
	// the lists of a Group may be empty.
	Describe(st *builder.Select) (string, error)
}
