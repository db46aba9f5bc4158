package orm

import "github.com/multi-orm/orm/internal/engine"

// Plan is what a query would run: a statement for the root and one for each include, with the scopes that
// bound each. It prints as a tree.
type Plan = engine.Plan

// Step is one statement of a Plan.
type Step = engine.Step
