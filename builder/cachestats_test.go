package builder_test

import (
	"testing"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/dialect"
)

func TestCacheStats(t *testing.T) {
	c := builder.Cache{Dialect: dialect.Postgres{}, Size: 4}
	ask := func(shape, times int) {
		for range times {
			if _, _, err := c.Compile(shaped(shape), new(builder.Args)); err != nil {
				t.Fatal(err)
			}
		}
	}
	want := func(about string, w builder.CacheStats) {
		t.Helper()
		if have := c.Stats(); have != w {
			t.Errorf("%s: %+v, want %+v", about, have, w)
		}
	}
	want("nothing yet", builder.CacheStats{Size: 4})
	ask(1, 5)
	ask(2, 1)
	want("two shapes", builder.CacheStats{Shapes: 2, Size: 4, Hits: 4, Misses: 2})
	ask(3, 2) // the first two grow old
	ask(1, 1) // and one is used again
	ask(4, 1) // so that the other is forgotten
	want("one forgotten", builder.CacheStats{Shapes: 3, Size: 4, Hits: 6, Misses: 4, Evictions: 1})
	ask(2, 1)
	if s := c.Stats(); s.Misses != 5 || s.Shapes != c.Len() {
		t.Errorf("a forgotten shape is a miss: %+v, %d shapes", s, c.Len())
	}
	for i := range 100 {
		ask(i%9+1, 1)
	}
	if s := c.Stats(); s.Hits+s.Misses != 111 || s.Shapes > 4 {
		t.Errorf("every call is a hit or a miss: %+v", s)
	}
}
