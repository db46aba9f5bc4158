package client

import (
	"context"
	"unsafe"

	"golang.org/x/sync/errgroup"

	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/filter"
	"github.com/multi-orm/orm/internal/jsonrow"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// collector gathers the rows of one part.
type collector struct {
	x      *reading
	part   part
	reader *jsonrow.Reader
	slab   source.Slab
	items  [][]byte // of the rows, where more than their columns is read
	groups []int
	seen   map[string]int // keys of the rows, and the reply that gave them
	reply  int
	key    []byte
	keyed  bool // the key is read
}

func (x *reading) collector(p part) *collector {
	c := &collector{x: x, part: p, reader: x.r.rows.Reader(x.d.maxRows), slab: source.NewSlab(x.st.Model.Type), seen: map[string]int{}}
	c.keyed = len(x.st.Model.Key) > 0 && readAll(x.fields, x.st.Model.Key)
	return c
}

func readAll(fields, some []*model.Field) bool {
	for _, f := range some {
		found := false
		for _, g := range fields {
			found = found || f == g
		}
		if !found {
			return false
		}
	}
	return true
}

// begin begins a reply.
func (c *collector) begin() {
	c.reply++
	c.reader.Begin()
}

// take decodes one item.
func (c *collector) take(item []byte) (enough bool, err error) {
	x := c.x
	if err := x.hold(1); err != nil {
		return false, err
	}
	row := c.slab.Next()
	n := c.slab.Len()
	keep, err := c.fill(item, row)
	if err != nil || !keep {
		c.slab.Truncate(n - 1)
		return false, err
	}
	if len(x.insets) > 0 || len(x.counts) > 0 {
		c.items = append(c.items, item)
	}
	if x.bounded() {
		return false, x.overPost(c.slab.Len())
	}
	// the rows of all parents are bounded by what they may have, and one more
	return x.st.Group != nil && x.st.HasTake && int64(c.slab.Len()) >= x.st.Take, nil
}

// hold counts rows in memory.
func (x *reading) hold(n int) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.taken += n; x.taken > x.d.maxRows {
		return x.d.tooManyRows(x.st.Model)
	}
	return nil
}

// fill decodes an item into row; keep is false for a row that came before, or that belongs to no parent of a superset.
func (c *collector) fill(item []byte, row unsafe.Pointer) (keep bool, err error) {
	x := c.x
	if err := c.reader.Decode(x.fields, item, row); err != nil {
		return false, err
	}
	if err := x.holds(row); err != nil {
		return false, err
	}
	if c.keyed {
		if c.key, err = filter.AppendKey(c.key[:0], x.st.Model.Key, row); err != nil {
			return false, err
		}
		switch at := c.seen[string(c.key)]; {
		case at == c.reply:
			return false, fault.New(fault.ErrUpstream, x.st.Model.Name, "", "the service gave a row twice in one reply")
		case at > 0: // pages shift while they are read
			return false, nil
		}
		c.seen[string(c.key)] = c.reply
	}
	if x.groups == nil {
		return true, nil
	}
	var at int
	if at, c.key, err = x.place(row, c.key); err != nil {
		return false, err
	}
	switch single := len(x.st.Group.Columns) == 1; {
	case at >= c.part.from && at < c.part.to:
		c.groups = append(c.groups, at)
		return true, nil
	case single:
		f := x.st.Group.Columns[0]
		return false, fault.New(fault.ErrUpstream, x.st.Model.Name, f.Name, "the service gave a row that belongs to no parent: it does not compare the key byte by byte, or does not filter by it")
	}
	return false, nil // a column of each of two keys makes a third one
}

// holds refuses a row that a condition leaves out.
func (l *level) holds(row unsafe.Pointer) error {
	if l.pass == nil {
		return nil
	}
	ok, err := l.pass.Passes(row)
	if err == nil && !ok {
		err = fault.New(fault.ErrUpstream, l.st.Model.Name, "", "the service gave a row that a condition leaves out: it does not keep to what it is asked")
	}
	return err
}

// gather reads all parts, beside each other, and hands the rows on.
func (x *reading) gather(parts []part) error {
	all := make([]*collector, len(parts))
	skip, take, limited := x.take()
	if len(parts) > 1 { // each part may have all of the rows that are wanted
		take, skip = take+skip, 0
	}
	run := func(i int) error {
		all[i] = x.collector(parts[i])
		w := walk{x: x, part: parts[i], skip: skip, take: take, limited: limited, begin: all[i].begin, visit: all[i].take}
		return w.run()
	}
	if len(parts) == 1 {
		if err := run(0); err != nil {
			return err
		}
		return x.finish(all)
	}
	g, ctx := errgroup.WithContext(x.ctx)
	outer := x.ctx
	x.ctx = ctx
	g.SetLimit(x.d.limits.MaxConcurrentRequests)
	for i := range parts {
		if ctx.Err() != nil {
			break
		}
		g.Go(func() error { return run(i) })
	}
	err := g.Wait()
	x.ctx = outer
	if err != nil {
		return err
	}
	if err := context.Cause(outer); err != nil {
		return err
	}
	return x.finish(all)
}

// stream hands rows on as they come.
func (x *reading) stream(p part) error {
	c := x.collector(p)
	row := unsafe.Pointer(nil)
	tie := tying{l: &x.level}
	skip, take, limited := x.take()
	w := walk{x: x, part: p, skip: skip, take: take, limited: limited, begin: c.begin, visit: func(item []byte) (bool, error) {
		c.slab.Reset()
		row = c.slab.Next()
		keep, err := c.fill(item, row)
		if err != nil || !keep {
			return false, err
		}
		if err := tie.next(row); err != nil {
			return false, err
		}
		return false, x.emit(row, c.reader)
	}}
	return w.run()
}
