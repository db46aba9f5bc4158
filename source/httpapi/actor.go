package httpapi

import (
	"context"

	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/identity"
)

// actorKey tells actors apart: what one may see is never handed to another. What differs from request to request
// without changing who asks is left out.
func actorKey(ctx context.Context) string {
	a, ok := hook.ActorFrom(ctx)
	if !ok {
		return ""
	}
	return string(identity.Key(nil, a.ID, a.TenantID, a.Role, a.Permissions, a.Values))
}
