package rest

import (
	"net/http"
	"strconv"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/rls/guard"
)

// importRows answers POST /{resource}/import.
func (c *call) importRows() (err error) {
	m := c.res.methods[http.MethodPost]
	if m == nil {
		return c.notAllowed(true)
	}
	if c.caller, err = m.choose(c.op.Actor, c.signed, c.asked.who); err != nil {
		return err
	}
	c.op.Who = c.caller.who
	if err := c.request(http.MethodPost); err != nil {
		return err
	}
	if c.rowless || c.asked.countTotal {
		return refuse("", "an import tells what became of each row")
	}
	return c.run(methodImport)
}

// methodImport is what run calls an import.
const methodImport = "IMPORT"

func (t *typed[T]) imports(c *call) error {
	repo, r := orm.Repo[T](c.op.DB), c.op.Result
	results, err := t.shape.Ask(c.op.Request).Import(c.ctx, repo)
	if err != nil {
		return err
	}
	var rows []T
	r.RowsAffected = 0
	for i := range results {
		if results[i].Err == nil {
			r.RowsAffected++
		}
		if results[i].Row != nil {
			rows = append(rows, results[i].Row.Value)
		}
	}
	if err := t.admitted(c, rows); err != nil {
		return err
	}
	r.Count, r.Rows, r.Imported = int64(len(results)), results, true
	r.append = func(b []byte) ([]byte, error) {
		b = append(b, '[')
		for i := range results {
			if i > 0 {
				b = append(b, ',')
			}
			if b, err = appendImported(b, c.res, &results[i]); err != nil {
				return b, err
			}
		}
		return append(b, ']'), nil
	}
	return nil
}

func appendImported[T any](b []byte, res *resource, x *guard.Imported[T]) (_ []byte, err error) {
	b = strconv.AppendInt(append(b, `{"index":`...), int64(x.Index), 10)
	b = strconv.AppendBool(append(b, `,"ok":`...), x.Err == nil)
	switch {
	case x.Row != nil:
		b = append(append(b, ','), res.nameJSON...)
		if b, err = x.Row.AppendJSON(b); err != nil {
			return b, err
		}
	case x.Err != nil:
		b = append(append(b, `,"error":`...), text(x.Err.Detail())...)
		b = append(append(b, `,"code":`...), text(x.Err.Code)...)
		if x.Err.Path != "" {
			b = append(append(b, `,"path":`...), text(x.Err.Path)...)
		}
	}
	return append(b, '}'), nil
}
