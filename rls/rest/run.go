package rest

import (
	"errors"
	"net/http"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/rls/guard"
)

// run runs the statements of a request, in a transaction where the source has them: a write in one of its own, a read in one
// where it takes several statements or the program's functions see it.
func (c *call) run(verb string) error {
	var err error
	if c.must, err = c.ifMatch(); err != nil {
		return err
	}
	res := c.res
	hooked := res.before != nil || res.after != nil
	reads := verb == http.MethodGet
	var opts []orm.TxOption
	if reads {
		opts = append(opts, orm.RepeatableRead)
		if !hooked {
			opts = append(opts, orm.ReadOnly)
		}
	}
	if res.transacts && (!reads || c.caller.local && (hooked || c.several())) {
		err = c.api.db.Tx(c.ctx, func(tx orm.DB) error { return c.within(tx, verb) }, opts...)
	} else {
		err = c.within(c.api.db, verb)
	}
	c.op.DB = c.api.db
	if err != nil {
		return err
	}
	if !reads && res.afterCommit != nil {
		c.afterCommit()
	}
	return nil
}

// afterCommit runs the program's function; what is committed stays, whatever becomes of it.
func (c *call) afterCommit() {
	defer func() {
		if p := recover(); p != nil {
			c.api.log.ErrorContext(c.ctx, "rest: AfterCommit panicked", "resource", c.res.name, "requestId", c.id, "panic", p)
		}
	}()
	c.res.afterCommit(c.ctx, c.op)
}

// within runs the statements on the handle of the request.
func (c *call) within(db orm.DB, verb string) error {
	op, res := c.op, c.res
	op.DB = db
	c.out, c.tag = c.out[:0], ""
	op.Result = nil
	if res.before != nil {
		if err := res.before(c.ctx, op); err != nil {
			return err
		}
	}
	op.Result = &Result{Resource: res.name, Status: http.StatusOK, Rowless: c.rowless, Count: -1, RowsAffected: -1, Total: -1, Matched: -1}
	var err error
	switch verb {
	case http.MethodGet:
		err = c.caller.shape.read(c)
	case http.MethodPost:
		op.Result.Status = http.StatusCreated
		err = c.caller.shape.create(c)
	case methodImport:
		err = c.caller.shape.imports(c)
	case http.MethodPatch:
		err = c.caller.shape.update(c)
	default:
		err = c.caller.shape.remove(c)
	}
	if err != nil {
		return err
	}
	if res.after != nil {
		if err := res.after(c.ctx, op); err != nil {
			return err
		}
	}
	return c.encode()
}

// encode writes the answer while the transaction can still be undone.
func (c *call) encode() (err error) {
	r := c.op.Result
	if r == nil {
		return &Error{Status: http.StatusInternalServerError, Detail: "a hook took the result away"}
	}
	if r.format = c.res.format.known(); r.format == nil || !c.body {
		return nil
	}
	c.out, err = r.format(c.out, r)
	return err
}

// part gives the request with these of its members only.
func part(r guard.Request, words ...string) guard.Request {
	out := guard.Node{Kind: guard.Object}
	for _, w := range words {
		if n := r.Root.Member(w); n != nil {
			out.Members = append(out.Members, guard.Member{Name: w, Value: *n})
		}
	}
	return guard.Request{Root: out}
}

// writesAll reports whether a write without a condition may write every row of the rule.
func (c *call) writesAll() bool { return c.caller.narrow || c.res.everyRow }

// missing tells what is wrong where a write of one row found none: a version that If-Match does not name, or no row.
func missing(err error, exists func() (bool, error)) error {
	if !errors.Is(err, orm.ErrNotFound) {
		return err
	}
	there, failed := exists()
	switch {
	case failed != nil:
		return failed
	case there:
		return &Error{Status: http.StatusPreconditionFailed, Detail: "the row has changed: read it again", Err: orm.ErrStale}
	}
	return err
}
