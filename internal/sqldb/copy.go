package sqldb

import (
	"context"

	"github.com/multi-orm/orm/builder"
)

// Copy is a database's bulk load of rows.
type Copy struct {
	// Takes reports an insert that gives nothing back and is large enough.
	Takes func(st *builder.Insert) bool
	// Prepare gives the load of the rows, nil where they go as a statement after all.
	Prepare func(ctx context.Context, c *Conn, st *builder.Insert) (load func() (int64, error), err error)
	// Once reports that a connection on which a load was refused takes no other.
	Once func() bool
}

// copied runs an insert as a bulk load; done is false where it goes as a statement.
func (x Executor) copied(ctx context.Context, st *builder.Insert) (n int64, done bool, err error) {
	at, err := x.on(ctx, write, func(c *Conn) error {
		if c.doomed {
			return nil
		}
		load, err := x.s.Copy.Prepare(ctx, c, st)
		c.at = reached{} // no row was sent
		if err != nil || load == nil {
			return err
		}
		c.at, done = reached{sent: true}, true
		if n, err = load(); err != nil && x.s.Copy.Once() {
			c.doomed = true
		}
		return err
	})
	if err == nil {
		return n, done, nil
	}
	err = x.judged(ctx, st.Model, write, at, err, x.fail(ctx, st.Model, err))
	if x.s.Locate != nil {
		x.s.Locate(err, st)
	}
	return n, done, err
}

// inParts runs an insert of more rows than a statement takes, within the transaction of the caller.
func (x Executor) inParts(ctx context.Context, st *builder.Insert, most int) (total int64, err error) {
	part, width := *st, len(st.Fields)
	for from := 0; from < st.Rows; from += most {
		to := min(from+most, st.Rows)
		part.Rows, part.Values = to-from, st.Values[from*width:to*width]
		n, err := x.once(ctx, &part, nil, write, &x.s.Cache)
		if err != nil {
			return 0, err
		}
		total += n
	}
	return total, nil
}
