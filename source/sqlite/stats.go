package sqlite

import "github.com/multi-orm/orm/source"

// Stats tells how the statements and the connections are used.
func (d *DataSource) Stats() source.Stats { return d.pool.Usage() }

var _ source.Measured = (*DataSource)(nil)
