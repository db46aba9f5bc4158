package builder

// CacheStats tells how well a Cache serves.
type CacheStats struct {
	Shapes    int    // kept now
	Size      int    // kept at most
	Hits      uint64 // statements whose shape was there
	Misses    uint64 // statements that had to be compiled, or could not be
	Evictions uint64 // shapes forgotten to make room
}

// Stats tells how the cache was used so far. Counts of calls under way may be missing.
func (c *Cache) Stats() CacheStats {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := c.gone
	out.Misses, out.Size = c.missed.Load(), c.size()
	g := c.shapes.Load()
	if g == nil {
		return out
	}
	for _, p := range g.young {
		out.Shapes++
		out.Hits += p.hits.Load()
	}
	for key, p := range g.old {
		if g.young[key] == nil {
			out.Shapes++
			out.Hits += p.hits.Load()
		}
	}
	return out
}

func (c *Cache) size() int {
	if c.Size <= 0 {
		return DefaultCacheSize
	}
	return c.Size
}

// forget keeps the counts of the shapes that go with the old generation, but for kept, which moves on; c.mu is held.
func (c *Cache) forget(g *generations, kept string) {
	for key, p := range g.old {
		if key != kept && g.young[key] == nil {
			c.gone.Evictions++
			c.gone.Hits += p.hits.Load()
		}
	}
}
