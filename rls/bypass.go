package rls

import (
	"context"
	"strings"

	"github.com/multi-orm/orm/hook"
)

// Bypass returns a context whose statements step out of the scopes of tenant, column, role, owner and policy, for jobs
// that belong to no tenant. The reason is written into the audit with every operation; without one every
// statement fails with ErrDenied. Soft delete still holds. Rows created under a bypass must say their tenant and what else scopes would fill.
func Bypass(ctx context.Context, reason string) context.Context {
	return hook.WithBypass(ctx, strings.TrimSpace(reason))
}

// bypassed reports whether ctx steps out of the scopes.
func bypassed(ctx context.Context) (bool, error) { return hook.Bypassed(ctx) }
