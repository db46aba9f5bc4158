package httpapi

import (
	"container/list"
	"sync"
	"time"

	"github.com/multi-orm/orm/internal/httpcall"
)

// cache keeps replies. The key holds the whole request and the actor; conditions and scopes are checked again on
// every use, as they are on a fresh reply.
type cache struct {
	ttl  time.Duration
	size int
	now  func() time.Time

	mu    sync.Mutex
	at    map[string]*list.Element // of *kept
	used  list.List                // the latest first
	bytes int64
	stats CacheStats
}

type kept struct {
	key   string
	epoch uint64
	until time.Time
	rep   *httpcall.Reply
}

// maxKept bounds the bytes of a model's kept replies, counted as they were sent; a reply above an eighth is not kept.
const maxKept = 64 << 20

// CacheStats count what a model's cache did since the source was opened.
type CacheStats struct {
	Hits, Misses, Evictions uint64
	Entries                 int
	Bytes                   int64 // as the replies were sent
}

func newCache(c Cache) *cache {
	if c.Size == 0 {
		c.Size = 256
	}
	return &cache{ttl: c.TTL, size: c.Size, now: time.Now, at: map[string]*list.Element{}}
}

// get gives a reply that is still good and was read after the last write.
func (c *cache) get(key string, epoch uint64) *httpcall.Reply {
	if c == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if e := c.at[key]; e != nil {
		k := e.Value.(*kept)
		if k.epoch == epoch && c.now().Before(k.until) {
			c.stats.Hits++
			c.used.MoveToFront(e)
			return k.rep
		}
		c.drop(e)
	}
	c.stats.Misses++
	return nil
}

func (c *cache) put(key string, epoch uint64, rep *httpcall.Reply) {
	if c == nil || int64(len(rep.Raw)) > maxKept/8 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if e := c.at[key]; e != nil {
		c.drop(e)
	}
	c.at[key] = c.used.PushFront(&kept{key, epoch, c.now().Add(c.ttl), rep})
	c.bytes += int64(len(rep.Raw))
	for c.used.Len() > c.size || c.bytes > maxKept {
		c.stats.Evictions++
		c.drop(c.used.Back())
	}
}

func (c *cache) drop(e *list.Element) {
	k := c.used.Remove(e).(*kept)
	delete(c.at, k.key)
	c.bytes -= int64(len(k.rep.Raw))
}

// CacheStats gives the numbers of the cache of the model whose Go type is named name; ok is false where it has none.
func (d *DataSource) CacheStats(name string) (s CacheStats, ok bool) {
	mp := d.named(name)
	if mp == nil || mp.cache == nil {
		return s, false
	}
	mp.cache.mu.Lock()
	defer mp.cache.mu.Unlock()
	s = mp.cache.stats
	s.Entries, s.Bytes = mp.cache.used.Len(), mp.cache.bytes
	return s, true
}

func (d *DataSource) named(name string) *mapping {
	o := d.state.Load()
	if o == nil {
		return nil
	}
	for m, mp := range o.models {
		if m.Name == name {
			return mp
		}
	}
	return nil
}
