package postgres

import (
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/multi-orm/orm/source"
)

// Location is the database and the server that the pool connects to first.
func (d *DataSource) Location() source.Location {
	if l := d.location.Load(); l != nil {
		return *l
	}
	return source.Location{}
}

// locate keeps the location of an open pool, whose configuration is dear to ask for.
func (d *DataSource) locate(pool *pgxpool.Pool) {
	c := pool.Config().ConnConfig
	l := source.Location{Database: c.Database}
	if len(d.o.replicas) == 0 { // else nobody knows beforehand which server answers
		l.Host, l.Port = c.Host, int(c.Port)
	}
	d.location.Store(&l)
}

var _ source.Located = (*DataSource)(nil)
