package postgres

import (
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/multi-orm/orm/source"
)

// Stats tells how the statements and the connections are used.
func (d *DataSource) Stats() source.Stats {
	out := source.Stats{Statements: d.cache.Stats()}
	if pool := d.pool.Load(); pool != nil {
		out.Pool = poolStats(pool)
	}
	if r := d.replicas.Load(); r != nil {
		for _, x := range r.all {
			c := x.pool.Config().ConnConfig
			out.Replicas = append(out.Replicas, source.ReplicaStats{Host: c.Host, Port: int(c.Port), Down: x.until.Load() != 0, Pool: poolStats(x.pool)})
		}
	}
	return out
}

func poolStats(p *pgxpool.Pool) source.PoolStats {
	s := p.Stat()
	return source.PoolStats{Max: int(s.MaxConns()), InUse: int(s.AcquiredConns()), Idle: int(s.IdleConns()), Waits: s.EmptyAcquireCount(), Waited: s.EmptyAcquireWaitTime()}
}

var _ source.Measured = (*DataSource)(nil)
