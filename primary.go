package orm

import (
	"context"

	"github.com/multi-orm/orm/source"
)

// Primary keeps the reads under ctx on the primary server of a source that has read replicas, so that they see what was
// just written. Writes and transactions are there anyway; a source without replicas takes no notice.
//
//	u, err := orm.Repo[User](db).ByID(id).One(orm.Primary(ctx))
func Primary(ctx context.Context) context.Context { return source.WithPrimary(ctx) }
