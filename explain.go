package orm

import "github.com/multi-orm/orm/internal/engine"

// Plan is what a query would run: a statement for the root and one for each include, with the scopes that
// bound each. It prints as a tree, and as JSON with keys that stay as they are.
type Plan = engine.Plan

// Step is one statement of a Plan.
type Step = engine.Step

// Ran is what one Step of an analysed Plan cost.
type Ran = engine.Ran

// ExplainOption is an option of Explain: Analyze.
type ExplainOption func(*explainOptions)

type explainOptions struct{ analyze bool }

// Analyze makes Explain run the query, includes and all, with its hooks and scopes, and tell the rows and the
// time of each step. The text of a step is then the one that ran, hooks included.
func Analyze(o *explainOptions) { o.analyze = true }
