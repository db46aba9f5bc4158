package guard

import (
	"context"
	"fmt"

	"github.com/multi-orm/orm"
)

// CreateReturning inserts rows, all or none, and gives them as the shape shows them: {"data": […], "select" or "include"}.
func (c *Compiled[T]) CreateReturning(ctx context.Context, repo orm.Repo[T], body []byte) (*Result[T], error) {
	return c.json(body).CreateReturning(ctx, repo)
}

// UpdateReturning changes the rows that pass and gives them as they then are: {"where", "data", "select" or "include"}. Like
// UpdateMany it needs a condition.
func (c *Compiled[T]) UpdateReturning(ctx context.Context, repo orm.Repo[T], body []byte) (*Result[T], error) {
	return c.json(body).UpdateReturning(ctx, repo)
}

// DeleteReturning removes the rows that pass and gives them as they were: {"where", "select" or "include"}. Like UpdateMany it
// needs a condition.
func (c *Compiled[T]) DeleteReturning(ctx context.Context, repo orm.Repo[T], body []byte) (*Result[T], error) {
	return c.json(body).DeleteReturning(ctx, repo)
}

// CreateReturning is [Compiled.CreateReturning].
func (a Ask[T]) CreateReturning(ctx context.Context, repo orm.Repo[T]) (*Result[T], error) {
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
	all := make([]written, len(data.Items))
	for i := range data.Items {
		if all[i], err = q.data(p.create, &data.Items[i], root(wordData).item(i)); err != nil {
			return nil, err
		}
	}
	rows := make([]T, len(all))
	err = repo.DB().Tx(ctx, func(tx orm.DB) error {
		clear(rows)
		for i := range all {
			if err := returning(orm.Repo[T](tx), &l).Create(ctx, &rows[i], assigns[T](all[i].all())...); err != nil {
				return err
			}
		}
		return nil
	})
	return rowsShown(ctx, repo, &l, rows, err)
}

// UpdateReturning is [Compiled.UpdateReturning].
func (a Ask[T]) UpdateReturning(ctx context.Context, repo orm.Repo[T]) (*Result[T], error) {
	p, q, l, err := a.write(ctx, false, wordWhere, wordData)
	if err != nil {
		return nil, err
	}
	w, err := a.many(q, p, &l)
	if err != nil {
		return nil, err
	}
	rows, err := conditions(a.mass(returning(repo, &l)), l.where).UpdateReturning(ctx, assigns[T](w.sets)...)
	return rowsShown(ctx, repo, &l, rows, err)
}

// DeleteReturning is [Compiled.DeleteReturning].
func (a Ask[T]) DeleteReturning(ctx context.Context, repo orm.Repo[T]) (*Result[T], error) {
	_, _, l, err := a.write(ctx, false, wordWhere)
	if err != nil {
		return nil, err
	}
	switch {
	case l.counting():
		return nil, refusal(wordSelect, "the rows are gone: their related rows cannot be counted")
	case !a.every && !l.bounded():
		return nil, unbounded(root(wordWhere))
	}
	rows, err := conditions(a.mass(returning(repo, &l)), l.where).DeleteReturning(ctx)
	return rowsShown(ctx, repo, &l, rows, err)
}

func rowsShown[T any](ctx context.Context, repo orm.Repo[T], l *list, rows []T, err error) (*Result[T], error) {
	if err != nil {
		return nil, translated(err, l)
	}
	out := &Result[T]{Rows: rows, a: answer{s: &l.selection}}
	return out, out.a.gather(ctx, repo.DB(), addresses(rows))
}
