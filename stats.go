package orm

import "github.com/multi-orm/orm/source"

// Stats tells how one source is used: the compiled statements kept, how often they served, and its connections.
type Stats struct {
	Source string
	source.Stats
}

// Stats gives the numbers of every source that keeps any, in the order of Open. It is cheap enough for a metrics endpoint.
func (db DB) Stats() []Stats {
	if db.s == nil {
		return nil
	}
	var out []Stats
	for _, src := range db.s.Sources() {
		if m, ok := src.(source.Measured); ok {
			out = append(out, Stats{src.Name(), m.Stats()})
		}
	}
	return out
}
