package sqldb

import "github.com/multi-orm/orm/source"

// Usage tells how the statements and the connections are used.
func (p *Pool) Usage() source.Stats {
	s := p.Stats()
	return source.Stats{
		Statements: p.s.Cache.Stats(),
		Pool:       source.PoolStats{Max: s.MaxOpenConnections, InUse: s.InUse, Idle: s.Idle, Waits: s.WaitCount, Waited: s.WaitDuration},
	}
}
