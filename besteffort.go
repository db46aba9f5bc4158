package orm

import "github.com/multi-orm/orm/source"

// Issue is one part of a result that a best-effort read went without: the data source, the model and the include path
// whose rows are missing, the cause (an *Error) and the keys of the rows they belong to, where known.
type Issue = source.Issue

// BestEffort is an option of Open: reads that say nothing themselves go without the includes that their sources could
// not give, as Query.BestEffort does. What is missing is logged at warning level, through the Logger that Open was
// given or else slog's default. Query.Strict takes it back for one query.
func BestEffort() Option {
	return optionFunc(func(o *options) error { o.Config.BestEffort = true; return nil })
}

// BestEffort gives what could be had: an include whose source failed, or ran out of time, is left as one that was not
// asked for (a nil slice or pointer, never an empty slice), and a parent with more than MaxFanOut children keeps the
// first of them in the order of the include. Each is told in issues, which every run of the query writes anew; so the
// query must not run twice at once.
//
// What concerns the rows of T themselves fails as ever, and so do refusals (scopes, roles, credentials, hooks),
// mistakes in the query, a cancelled context, filters by relations into other sources, and a statement that fails
// inside its transaction. Count, Exists and writes are always strict.
func (q Query[T]) BestEffort(issues *[]Issue) Query[T] {
	if issues == nil {
		return q.invalid("", "BestEffort needs a variable to put the issues in")
	}
	if q.s != nil {
		q.s = q.s.BestEffort(issues)
	}
	return q
}

// Strict fails with whatever fails: the default, unless BestEffort was given to Open.
func (q Query[T]) Strict() Query[T] {
	if q.s != nil {
		q.s = q.s.Strict()
	}
	return q
}
