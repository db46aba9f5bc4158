package postgres

import (
	"github.com/multi-orm/orm/builder"
)

// scratch is the memory one call needs besides its rows.
type scratch struct {
	args    builder.Args
	values  [][]byte
	formats []int16
	buf     []byte
	bad     int // the argument that could not be sent, from 1; 0 for none
}

// maxScratch bounds what is kept for the next call, so that one bulk insert does not hold its memory forever.
const maxScratch = 1 << 20

func (d *DataSource) take() *scratch {
	if c, ok := d.scratch.Get().(*scratch); ok {
		return c
	}
	return &scratch{buf: make([]byte, 0, 256), values: make([][]byte, 0, 16), formats: make([]int16, 0, 16)}
}

// give puts c back without the caller's values, which may be secret.
func (d *DataSource) give(c *scratch) {
	if cap(c.buf) > maxScratch || cap(c.values) > 1024 {
		return
	}
	c.args, c.bad = builder.Args{}, 0
	clear(c.values)
	clear(c.buf)
	c.values, c.formats, c.buf = c.values[:0], c.formats[:0], c.buf[:0]
	d.scratch.Put(c)
}
