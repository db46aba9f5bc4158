package source

import "context"

// Issue is one part of a result that a best-effort call went without.
type Issue struct {
	Source string // the data source
	Model  string // the model whose rows are missing
	Path   string // the include path, "" for the root
	Cause  error  // why, an *orm.Error
	Keys   []any  // the keys whose rows are missing; nil where they are not known
}

type issuesKey struct{}

// WithIssues makes what runs under ctx best effort: report is told of every part that could not be had. It may
// be called from several goroutines at once.
func WithIssues(ctx context.Context, report func(Issue)) context.Context {
	return context.WithValue(ctx, issuesKey{}, report)
}

// Degrade reports i and gives true where the call is best effort. Else it gives false, and the caller fails
// with the cause. What protects data (scopes, roles, credentials) must fail without asking.
func Degrade(ctx context.Context, i Issue) bool {
	report, _ := ctx.Value(issuesKey{}).(func(Issue))
	if report == nil {
		return false
	}
	report(i)
	return true
}

// BestEffort reports whether what runs under ctx is best effort.
func BestEffort(ctx context.Context) bool {
	report, _ := ctx.Value(issuesKey{}).(func(Issue))
	return report != nil
}

// Strict gives a context under which nothing is best effort, whatever ctx says.
func Strict(ctx context.Context) context.Context {
	if !BestEffort(ctx) {
		return ctx
	}
	return WithIssues(ctx, nil)
}
