package source

import (
	"context"

	"github.com/multi-orm/orm/source/catalogue"
)

// Catalogue is a SQL source that can tell what tables it holds.
type Catalogue interface {
	SQL
	// Catalogue reads the tables, views, enums and domains of every schema but the system's own, sorted, by a number of
	// statements that does not grow with the number of tables. x runs them: the source itself, or a transaction of it.
	Catalogue(ctx context.Context, x RawExecutor) (*catalogue.Schema, error)
}
