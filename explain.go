package orm

import (
	"context"
	"reflect"

	"github.com/multi-orm/orm/internal/engine"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/reading"
)

// SQL gives the statement's text and arguments as All would send them, scopes excluded since they need
// a context. Explain shows those too.
func (q Query[T]) SQL() (string, []any, error) {
	q.stable(q.st.HasTake || q.st.Skip > 0)
	if q.st.Err != nil {
		return "", nil, fault.Fill(q.st.Err, "SQL", modelName(q.st.Model), "")
	}
	st := q.st
	return reading.Text(q.s, &st)
}

// Explain gives what All would run, without running it: every statement on every source, includes too,
// and which scope added which predicate. With Analyze it runs them, as All would, drops the rows and tells what each
// step cost.
func (q Query[T]) Explain(ctx context.Context, opts ...ExplainOption) (*Plan, error) {
	var o explainOptions
	for _, opt := range opts {
		if opt == nil {
			return nil, &Error{Op: "Explain", Model: modelName(q.st.Model), Err: ErrInvalid, Detail: "an option is nil"}
		}
		opt(&o)
	}
	q.stable(q.st.HasTake || q.st.Skip > 0)
	if q.st.Err != nil {
		return nil, fault.Fill(q.st.Err, "Explain", modelName(q.st.Model), "")
	}
	st := q.st
	if !o.analyze {
		return reading.Explain(ctx, q.s, &st)
	}
	if q.everyRow {
		return nil, &Error{Op: "Explain", Model: st.Model.Name, Err: ErrInvalid, Detail: "EveryRow is said of mass writes, and Analyze runs reads only"}
	}
	return reading.Analyze(ctx, q.s, &st, reflect.TypeFor[T]())
}

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
