package guard

import (
	"context"
	"fmt"
	"unsafe"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/builder"
)

// Imported says what became of one row of an Import.
type Imported[T any] struct {
	Index int     // of the row in the request
	Row   *Row[T] // as it is stored; nil where there is an error, and where the actor may not see what was written
	Err   *Error  // why it was not inserted
}

// Import inserts those of the rows that can be, and gives a result for each: {"data": […], "select"}. A row that the shape
// refuses, or that the database does, leaves the others alone; see [orm.Repo.Import].
func (c *Compiled[T]) Import(ctx context.Context, repo orm.Repo[T], body []byte, opts ...orm.ImportOption) ([]Imported[T], error) {
	return c.json(body).Import(ctx, repo, opts...)
}

// Import is [Compiled.Import].
func (a Ask[T]) Import(ctx context.Context, repo orm.Repo[T], opts ...orm.ImportOption) ([]Imported[T], error) {
	p, q, l, err := a.write(ctx, false, wordData)
	if err != nil {
		return nil, err
	}
	data := a.member(wordData)
	switch {
	case p.create == nil:
		return nil, refusal(wordData, "the shape does not allow the write")
	case data == nil || data.Kind != List:
		return nil, refusal(wordData, "it is a list of rows")
	case len(data.Items) > MaxItems:
		return nil, beyond(wordData, fmt.Sprintf("a list holds %d rows at most", MaxItems))
	}
	if err := p.create.scopes(repo.DB()); err != nil {
		return nil, err
	}
	out := make([]Imported[T], len(data.Items))
	var rows []T
	var at []int // of rows, in the request
	for i := range data.Items {
		out[i].Index = i
		row, err := imported[T](q, p, &data.Items[i], root(wordData).item(i))
		if err != nil {
			out[i].Err = ErrorOf(err)
			continue
		}
		rows, at = append(rows, row), append(at, i)
	}
	err = repo.DB().Tx(ctx, func(tx orm.DB) error {
		results, err := orm.Repo[T](tx).Import(ctx, rows, opts...)
		if err != nil {
			return err
		}
		for k := range results {
			o := &out[at[k]]
			if o.Err = nil; results[k].Err != nil {
				o.Err = ErrorOf(translated(results[k].Err, &l))
				continue
			}
			if o.Row, err = stored(ctx, orm.Repo[T](tx), &l, &rows[k]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, translated(err, &l)
	}
	return out, nil
}

// imported makes a row of what a request gives.
func imported[T any](q *asking, p *plan, n *Node, at *place) (row T, err error) {
	w, err := q.data(p.create, n, at)
	if err != nil {
		return row, err
	}
	if len(w.nested) > 0 {
		return row, refusal(at.String(), "an import writes no related rows")
	}
	if _, said, err := p.create.row(&w); err != nil {
		return row, err
	} else if len(said) > 0 {
		wire, _ := wireOf(said[0])
		return row, refusal(at.at(wire).String(), "an import takes no zero in place of a default: leave it out")
	}
	for _, s := range w.sets {
		if err := s.Field.Store(unsafe.Pointer(&row), s.Value); err != nil {
			return row, err
		}
	}
	return row, nil
}

// stored reads a row back that was written, nil where the actor may not see it.
func stored[T any](ctx context.Context, repo orm.Repo[T], l *list, row *T) (*Row[T], error) {
	key := make([]builder.Expr, len(l.p.m.Key))
	for i, f := range l.p.m.Key {
		v, err := f.Load(unsafe.Pointer(row))
		if err != nil {
			return nil, err
		}
		key[i] = builder.Compare(builder.OpEq, f, v)
	}
	rows, err := conditions(including(repo.Query().Strict().Select(selectables[T](l.fields())...), &l.selection), key).All(ctx)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return shown(ctx, repo, l, rows[0])
}
