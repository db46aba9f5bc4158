package httpapi

import (
	"context"
	"fmt"

	"github.com/multi-orm/orm/hook"
)

// actorKey tells actors apart: what one may see is never handed to another. What differs from request to request
// without changing who asks is left out.
func actorKey(ctx context.Context) string {
	a, ok := hook.ActorFrom(ctx)
	if !ok {
		return ""
	}
	return fmt.Sprintf("%T:%[1]q %T:%[2]q %q %q %v", a.ID, a.TenantID, a.Role, a.Permissions, a.Values)
}
