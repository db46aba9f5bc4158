package source

import (
	"context"

	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source/catalogue"
)

// Setting is a variable of the database, local to one transaction, that row policies read.
type Setting struct{ Name, Value string }

type settingsKey struct{}

// WithSettings asks a source with Capabilities.RowPolicies to set variables for the statement or the
// transaction that runs under ctx, in the same transaction and never for longer.
func WithSettings(ctx context.Context, s []Setting) context.Context {
	return context.WithValue(ctx, settingsKey{}, s)
}

// SettingsFrom gives the variables asked for, nil when there are none.
func SettingsFrom(ctx context.Context) []Setting {
	s, _ := ctx.Value(settingsKey{}).([]Setting)
	return s
}

// Settable is a transaction whose variables can be set again, for a statement with another context.
type Settable interface {
	Set(ctx context.Context, s []Setting) error
}

// Policed is a source with row policies that can tell whether they bind the role it works as.
type Policed interface {
	// PolicyFault gives a query of one text column: a row for each reason why the policies do not bind the role, in
	// words for the developer; none where they do.
	PolicyFault(models []*model.Model) (text string, args []model.Value)
}

// Checker is a source that can compare models with the live schema and lint its security.
type Checker interface {
	// Check gives what it found about the models bound to the source, beyond what the catalogue tells: columns, keys and
	// relations are compared for it. native says that row policies are relied upon. live is the catalogue, nil where the
	// source is no Catalogue.
	Check(ctx context.Context, models []*model.Model, native bool, live *catalogue.Schema) ([]Finding, error)
}

// Finding is one thing that Check found.
type Finding struct {
	Source string
	Model  string
	Field  string
	Detail string
	// Void says that the row policies that are relied upon do not hold.
	Void bool
	// Advice says that statements work as they are, and that something would be better. Of findings that are no advice
	// each is a statement that fails, or that gives or keeps something else than the model says.
	Advice bool
}
