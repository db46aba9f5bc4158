package hook

import (
	"context"
	"fmt"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// Access says what a statement wants with the rows of a model it touches.
type Access uint8

// The ways of touching rows.
const (
	Reading   Access = iota // selected, included, counted or filtered by
	Changing                // updated, or the existing row of an upsert
	Removing                // deleted
	Referring               // looked for by key only, as the parent of a row that is written or as that row itself
)

// Touch is one model touched by a statement.
type Touch struct {
	Model   *model.Model
	Access  Access
	Deleted builder.Deleted // which soft-deleted rows the caller asked to see
	Root    bool            // the statement's own model, not an include or a relation filter
}

// Rule is what a scope demands of one model. Any of the functions may be nil.
type Rule struct {
	// Filter gives the predicate every touched row must pass. An error denies the statement.
	Filter func(ctx context.Context, t Touch) (builder.Expr, error)
	// Insert checks new rows and fills what the scope owns. Rows can be changed through it only.
	Insert func(ctx context.Context, rows NewRows) error
	// Verify says that rows written must pass Filter afterwards, read again in the same transaction: for
	// scopes whose Insert and Assign cannot tell by themselves.
	Verify bool
	// Assign checks an assignment of an update or of an upsert's conflict arm.
	Assign func(ctx context.Context, s *builder.Set) error
	// Holds is the column that the scope keeps to one value for each caller: it fills it in new rows and never lets it
	// change, so that the column is compared in writes of whole rows and not assigned. nil for none.
	Holds *model.Field
	// Delete may turn a delete into an update by giving assignments.
	Delete func(ctx context.Context) ([]builder.Set, error)
}

// NewRows are rows about to be inserted.
type NewRows interface {
	Len() int
	Get(row int, f *model.Field) model.Value
	// Set changes the value of a column, in the statement and in the caller's struct.
	Set(row int, f *model.Field, v model.Value) error
}

// Scope makes the rules of every model. Bind is called for each registered model when the scope is
// registered; nil means the model is not concerned, an error refuses the registration.
type Scope struct {
	Name string
	// Secures marks a scope that keeps rows from people, rather than out of sight: SQL text, which no
	// scope can reach into, then needs a bypass.
	Secures bool
	// Native says that the database's own row policies hold what the scope holds, once they are registered
	// (rls.Native): SQL text is then held too.
	Native bool
	// Value gives what the scope holds the caller to, where actors alone do not tell it: cursors of pages are bound to it.
	// nil for a scope that goes by the actor's id, tenant and role.
	Value func(ctx context.Context) (any, error)
	Bind  func(m *model.Model) (*Rule, error)
}

func (s Scope) bind(m *model.Model) (rule *Rule, err error) {
	if s.Bind == nil {
		return nil, fault.New(fault.ErrInvalid, m.Name, "", fmt.Sprintf("scope %q has no Bind", s.Name))
	}
	defer safely(m, &err)
	return s.Bind(m)
}

// Extend adds the scope to a registry.
func (s Scope) Extend(r *Registrar) error {
	r.Scope(s)
	return nil
}
