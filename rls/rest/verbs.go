package rest

import (
	"errors"
	"fmt"
	"net/http"
	"unsafe"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/rls/guard"
)

func (t *typed[T]) read(c *call) error {
	repo, r := orm.Repo[T](c.op.DB), c.op.Result
	ask := t.shape.Ask(c.op.Request)
	switch {
	case c.key != nil:
		row, err := t.versioned(ask).FindUnique(c.ctx, repo)
		if err != nil {
			return err
		}
		t.one(c, row)
		return nil
	case c.rowless:
		n, err := ask.Count(c.ctx, repo)
		if err != nil {
			return err
		}
		r.Count = n
	case c.paged:
		page, err := ask.Page(c.ctx, repo)
		if err != nil {
			return err
		}
		many(r, &page.Result)
		r.Paged, r.Next, r.Prev = true, page.Next, page.Prev
	case c.single():
		row, err := t.versioned(ask).FindFirst(c.ctx, repo)
		switch {
		case errors.Is(err, orm.ErrNotFound):
			r.Single, r.Count = true, 0
		case err != nil:
			return err
		default:
			t.one(c, row)
		}
	default:
		rows, err := ask.FindMany(c.ctx, repo)
		if err != nil {
			return err
		}
		many(r, rows)
	}
	if err := t.totals(c); err != nil {
		return err
	}
	return t.extra(c)
}

// totals counts the rows that the rule admits, and those that pass.
func (t *typed[T]) totals(c *call) (err error) {
	repo, r := orm.Repo[T](c.op.DB), c.op.Result
	if p := c.number; p != nil {
		if r.Matched, err = t.shape.Ask(part(c.op.Request, "where")).Count(c.ctx, repo); err != nil {
			return err
		}
		p.Pages = (r.Matched + p.Size - 1) / p.Size
		r.Page = p
	}
	if !c.asked.countTotal {
		return nil
	}
	if r.Total, err = t.shape.Ask(guard.Request{Root: guard.Node{Kind: guard.Object}}).Count(c.ctx, repo); err != nil {
		return err
	}
	if c.http.Method == http.MethodGet || c.http.Method == http.MethodHead {
		if c.number != nil {
			return nil
		}
		where := part(c.op.Request, "where")
		if len(where.Root.Members) == 0 {
			r.Matched = r.Total
			return nil
		}
		r.Matched, err = t.shape.Ask(where).Count(c.ctx, repo)
	}
	return err
}

// versioned reads the version of a row beside what is shown.
func (t *typed[T]) versioned(a guard.Ask[T]) guard.Ask[T] {
	if t.version == nil {
		return a
	}
	return a.Reading(t.version)
}

// one makes a row the result.
func (t *typed[T]) one(c *call, row *guard.Row[T]) {
	r := c.op.Result
	r.Single, r.Count, r.Rows, r.append = true, 1, &row.Value, row.AppendJSON
	if t.version != nil {
		if v, err := c.res.m.Version.Load(unsafe.Pointer(&row.Value)); err == nil {
			c.tag = etag(v)
		}
	}
}

func many[T any](r *Result, rows *guard.Result[T]) {
	r.Count, r.Rows, r.append = int64(len(rows.Rows)), rows.Rows, rows.AppendJSON
}

func (t *typed[T]) create(c *call) error {
	repo, r := orm.Repo[T](c.op.DB), c.op.Result
	ask := t.shape.Ask(c.op.Request)
	data := c.op.Request.Root.Member("data")
	var rows []T
	switch {
	case c.res.flat.upserts() && data != nil && (data.Kind == guard.Object || data.Kind == guard.List):
		return t.createOrUpdate(c, data)
	case data != nil && data.Kind == guard.List && c.rowless && !c.caller.outline.Where.Forced:
		n, err := ask.CreateMany(c.ctx, repo)
		if err != nil {
			return err
		}
		r.Count, r.RowsAffected = n, n
		return t.totals(c)
	case data != nil && data.Kind == guard.List:
		made, err := ask.CreateReturning(c.ctx, repo)
		if err != nil {
			return err
		}
		many(r, made)
		rows = made.Rows
	default:
		row, err := t.versioned(ask).Create(c.ctx, repo)
		if err != nil {
			return err
		}
		t.one(c, row)
		r.Single, r.append = false, func(b []byte) ([]byte, error) { // a POST answers with a list, of one row too
			b, err := row.AppendJSON(append(b, '['))
			return append(b, ']'), err
		}
		rows = unsafe.Slice(&row.Value, 1)
		r.Rows = rows
	}
	r.RowsAffected = r.Count
	if err := t.admitted(c, rows); err != nil {
		return err
	}
	return t.totals(c)
}

// admitted refuses new rows that the rule's own conditions do not admit.
func (t *typed[T]) admitted(c *call, rows []T) error {
	if !c.caller.outline.Where.Forced || !c.res.transacts {
		return nil
	}
	repo, m := orm.Repo[T](c.op.DB), c.res.m
	all, err := t.shape.Ask(guard.Request{Root: guard.Node{Kind: guard.Object}}).Query(c.ctx, repo)
	if err != nil {
		return err
	}
	for i := range rows {
		var key []orm.Pred[T]
		for _, f := range m.Key {
			v, err := f.Load(unsafe.Pointer(&rows[i]))
			if err != nil {
				return err
			}
			key = append(key, builder.PredOf[T](builder.Compare(builder.OpEq, f, v)))
		}
		found, err := all.Where(key...).Exists(c.ctx)
		if err != nil {
			return err
		}
		if !found {
			return &Error{Status: http.StatusForbidden, Detail: "a new row would not be one that the rule admits", Err: orm.ErrDenied}
		}
	}
	return nil
}

// matching adds what If-Match says.
func (t *typed[T]) matching(c *call, a guard.Ask[T]) guard.Ask[T] {
	if !c.must.said {
		return a
	}
	return a.Where(builder.PredOf[T](builder.Within(c.res.m.Version, false, c.must.versions)))
}

func (t *typed[T]) update(c *call) error {
	repo, r := orm.Repo[T](c.op.DB), c.op.Result
	ask := t.shape.Ask(c.op.Request)
	if c.key != nil {
		row, err := t.versioned(t.matching(c, ask)).Update(c.ctx, repo)
		if err != nil {
			return t.stale(c, err)
		}
		t.one(c, row)
		r.RowsAffected = 1
		return t.totals(c)
	}
	if c.writesAll() {
		ask = ask.EveryRow()
	}
	if c.rowless {
		n, err := ask.UpdateMany(c.ctx, repo)
		if err != nil {
			return err
		}
		r.Count, r.RowsAffected = n, n
		return t.totals(c)
	}
	if err := t.few(c); err != nil {
		return err
	}
	rows, err := ask.UpdateReturning(c.ctx, repo)
	if err != nil {
		return err
	}
	many(r, rows)
	r.RowsAffected = r.Count
	return t.totals(c)
}

// stale tells a row that has changed from one that is not there.
func (t *typed[T]) stale(c *call, err error) error {
	if !c.must.said {
		return err
	}
	return missing(err, func() (bool, error) {
		_, err := t.shape.Ask(part(c.op.Request, "where")).FindUnique(c.ctx, orm.Repo[T](c.op.DB))
		if errors.Is(err, orm.ErrNotFound) {
			return false, nil
		}
		return err == nil, err
	})
}

// few refuses a write that would give more rows back than an answer may hold.
func (t *typed[T]) few(c *call) error {
	most := int64(c.api.limits.MaxRows)
	if most < 0 {
		return nil
	}
	n, err := t.shape.Ask(part(c.op.Request, "where")).Count(c.ctx, orm.Repo[T](c.op.DB))
	if err != nil {
		return err
	}
	if n > most {
		return tooLarge(fmt.Sprintf("it would give more than %d rows back: ask with columns:F for their number only", most))
	}
	return nil
}

func (t *typed[T]) remove(c *call) error {
	repo, r := orm.Repo[T](c.op.DB), c.op.Result
	ask := t.shape.Ask(c.op.Request)
	if c.key != nil {
		row, err := t.matching(c, ask).Delete(c.ctx, repo)
		if err != nil {
			return t.stale(c, err)
		}
		t.one(c, row)
		c.tag = ""
		r.RowsAffected = 1
		return t.totals(c)
	}
	if c.writesAll() {
		ask = ask.EveryRow()
	}
	if c.rowless {
		n, err := ask.DeleteMany(c.ctx, repo)
		if err != nil {
			return err
		}
		r.Count, r.RowsAffected = n, n
		return t.totals(c)
	}
	if err := t.few(c); err != nil {
		return err
	}
	rows, err := ask.DeleteReturning(c.ctx, repo)
	if err != nil {
		return err
	}
	many(r, rows)
	r.RowsAffected = r.Count
	return t.totals(c)
}
