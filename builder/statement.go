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
func (s *Select) Root() *model.Model { return s.Model }

// Verb is "select".
func (s *Select) Verb() string { return "select" }

// IsScoped reports whether the scoping step has run.
func (s *Select) IsScoped() bool { return s.Scoped }

// Root is the model the statement is about.
func (s *Insert) Root() *model.Model { return s.Model }

// Verb is "insert".
func (s *Insert) Verb() string { return "insert" }

// IsScoped reports whether the scoping step has run.
func (s *Insert) IsScoped() bool { return s.Scoped }

// Root is the model the statement is about.
func (s *Update) Root() *model.Model { return s.Model }

// Verb is "update".
func (s *Update) Verb() string { return "update" }

// IsScoped reports whether the scoping step has run.
func (s *Update) IsScoped() bool { return s.Scoped }

// Root is the model the statement is about.
func (s *Delete) Root() *model.Model { return s.Model }

// Verb is "delete".
func (s *Delete) Verb() string { return "delete" }

// IsScoped reports whether the scoping step has run.
func (s *Delete) IsScoped() bool { return s.Scoped }
