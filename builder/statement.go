package builder

import (
	"github.com/multi-orm/orm/model"
)

// Statement is a *Select, *Insert, *Update or *Delete.
type Statement interface {
	// Root is the model the statement is about.
	Root() *model.Model
	// Verb is "select", "insert", "update" or "delete".
	Verb() string
	// IsScoped reports whether the scoping step has run. Sources refuse statements it has not seen.
	IsScoped() bool

	shape(s *shaper)
	compile(c *compiler) error
}

// Root is the model the statement is about.
func (q *Select) Root() *model.Model { return q.Model }

// Verb is "select".
func (q *Select) Verb() string { return "select" }

// IsScoped reports whether the scoping step has run.
func (q *Select) IsScoped() bool { return q.Scoped }

// Root is the model the statement is about.
func (q *Insert) Root() *model.Model { return q.Model }

// Verb is "insert".
func (q *Insert) Verb() string { return "insert" }

// IsScoped reports whether the scoping step has run.
func (q *Insert) IsScoped() bool { return q.Scoped }

// Root is the model the statement is about.
func (q *Update) Root() *model.Model { return q.Model }

// Verb is "update".
func (q *Update) Verb() string { return "update" }

// IsScoped reports whether the scoping step has run.
func (q *Update) IsScoped() bool { return q.Scoped }

// Root is the model the statement is about.
func (q *Delete) Root() *model.Model { return q.Model }

// Verb is "delete".
func (q *Delete) Verb() string { return "delete" }

// IsScoped reports whether the scoping step has run.
func (q *Delete) IsScoped() bool { return q.Scoped }
