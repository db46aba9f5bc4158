package guard

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"unsafe"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/builder"
)

const wordSkipDuplicates = "skipDuplicates"

// Create inserts a row: {"data", "select" or "include"}. It gives the row as the shape shows it.
func (c *Compiled[T]) Create(ctx context.Context, repo orm.Repo[T], body []byte) (*Row[T], error) {
	return c.json(body).Create(ctx, repo)
}

// CreateMany inserts rows, all or none, and gives their number: {"data": […], "skipDuplicates": true}.
func (c *Compiled[T]) CreateMany(ctx context.Context, repo orm.Repo[T], body []byte) (int64, error) {
	return c.json(body).CreateMany(ctx, repo)
}

// Update changes the row that a unique set names, where the forced conditions let it be seen: {"where", "data", "select" or
// "include"}. It gives the row as it then is.
func (c *Compiled[T]) Update(ctx context.Context, repo orm.Repo[T], body []byte) (*Row[T], error) {
	return c.json(body).Update(ctx, repo)
}

// UpdateMany changes the rows that pass and gives their number: {"where", "data"}. A request without a condition of its own is
// refused; what the shape forces does not count as one.
func (c *Compiled[T]) UpdateMany(ctx context.Context, repo orm.Repo[T], body []byte) (int64, error) {
	return c.json(body).UpdateMany(ctx, repo)
}

// Upsert changes the row that a unique set names, or inserts one where there is none to be seen: {"where", "create", "update",
// "select" or "include"}. What where says of columns that the shape accepts and create leaves out is filled in.
func (c *Compiled[T]) Upsert(ctx context.Context, repo orm.Repo[T], body []byte) (*Row[T], error) {
	return c.json(body).Upsert(ctx, repo)
}

// Delete removes the row that a unique set names: {"where", "select" or "include"}. It gives the row as it was.
func (c *Compiled[T]) Delete(ctx context.Context, repo orm.Repo[T], body []byte) (*Row[T], error) {
	return c.json(body).Delete(ctx, repo)
}

// DeleteMany removes the rows that pass and gives their number: {"where"}. Like UpdateMany it needs a condition.
func (c *Compiled[T]) DeleteMany(ctx context.Context, repo orm.Repo[T], body []byte) (int64, error) {
	return c.json(body).DeleteMany(ctx, repo)
}

// scopes refuses a new row whose tenant, owner or other scope column nobody fills.
func (w *writing) scopes(db orm.DB) error {
	if w == nil || len(w.scoped)+len(w.nests) == 0 {
		return nil
	}
	names := db.Scopes()
	for _, s := range w.scoped {
		if !slices.Contains(names, s.scope) {
			return &Error{Status: 500, Code: CodeInternal, Err: &orm.Error{Op: "guard", Model: w.m.Name, Field: s.field.Name, Err: orm.ErrInvalid,
				Detail: fmt.Sprintf("a new row needs the column, and the scope %q that would fill it is not registered: register it with DB.Use, or Fix the column", s.scope)}}
		}
	}
	for _, x := range w.nests {
		for _, p := range x.rules {
			if p != nil {
				if err := p.create.scopes(db); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func assigns[T any](sets []builder.Set) []orm.Assign[T] {
	out := make([]orm.Assign[T], len(sets))
	for i := range sets {
		out[i] = builder.AssignOf[T](sets[i])
	}
	return out
}

// returning is the query that a write gives its row back by. A write reads back what is stored: where a computed column is
// shown, that is the whole row, since only the resolver knows what it is made of.
func returning[T any](repo orm.Repo[T], l *list) orm.Query[T] {
	q := repo.Query()
	if !slices.ContainsFunc(l.columns, func(c *column) bool { return c.field.IsComputed }) {
		q = q.Select(selectables[T](l.fields())...)
	}
	return including(q, &l.selection)
}

// write starts a write that gives a row back.
func (a Ask[T]) write(ctx context.Context, unique bool, words ...string) (p *plan, q *asking, l list, err error) {
	if p, q, err = a.start(ctx); err != nil {
		return p, q, l, err
	}
	if l, err = q.list(p, &a.r.Root, nil, unique, append(words, wordSelect, wordInclude)...); err == nil {
		err = a.add(&l)
	}
	return p, q, l, err
}

func (a Ask[T]) member(word string) *Node { return a.r.Root.Member(word) }

func root(word string) *place { return (*place)(nil).at(word) }

// Create is [Compiled.Create].
func (a Ask[T]) Create(ctx context.Context, repo orm.Repo[T]) (*Row[T], error) {
	p, q, l, err := a.write(ctx, false, wordData)
	if err != nil {
		return nil, err
	}
	w, err := q.data(p.create, a.member(wordData), a.member(wordData).place(root(wordData)))
	if err == nil {
		err = p.create.scopes(repo.DB())
	}
	if err != nil {
		return nil, err
	}
	return a.insert(ctx, repo, &l, &w)
}

func (a Ask[T]) insert(ctx context.Context, repo orm.Repo[T], l *list, w *written) (*Row[T], error) {
	var row T
	q, sets := returning(repo, l), assigns[T](w.all())
	create := q.Create
	if a.existing != orm.Refuse {
		create = conditions(q, l.where).OnExisting(a.existing).Create
	}
	if err := create(ctx, &row, sets...); err != nil {
		return nil, translated(err, l)
	}
	return shown(ctx, repo, l, row)
}

// CreateMany is [Compiled.CreateMany].
func (a Ask[T]) CreateMany(ctx context.Context, repo orm.Repo[T]) (int64, error) {
	p, q, err := a.start(ctx)
	if err != nil {
		return 0, err
	}
	if err := only(&a.r.Root, nil, []string{wordData, wordSkipDuplicates}); err != nil {
		return 0, err
	}
	skip, err := flag(&a.r.Root, nil, wordSkipDuplicates)
	if err != nil {
		return 0, err
	}
	data := a.member(wordData)
	switch {
	case p.create == nil:
		return 0, refusal(wordData, "the shape does not allow the write")
	case data == nil || data.Kind != List:
		return 0, refusal(wordData, "it is a list of rows")
	case len(data.Items) > MaxItems:
		return 0, beyond(wordData, fmt.Sprintf("a list holds %d rows at most", MaxItems))
	}
	if err := p.create.scopes(repo.DB()); err != nil {
		return 0, err
	}
	all := make([]written, len(data.Items))
	plain := true
	for i := range data.Items {
		if all[i], err = q.data(p.create, &data.Items[i], root(wordData).item(i)); err != nil {
			return 0, err
		}
		_, said, err := p.create.row(&all[i])
		if err != nil {
			return 0, outside(err, func(string) string { return "" })
		}
		plain = plain && len(said)+len(all[i].nested) == 0
	}
	n, err := insertAll(ctx, repo, all, plain, skip)
	return n, translated(err, &list{selection: selection{p: p}})
}

// insertAll inserts rows by one statement where they say nothing but their columns.
func insertAll[T any](ctx context.Context, repo orm.Repo[T], all []written, plain, skip bool) (n int64, err error) {
	var opts []orm.BulkOption
	if skip {
		opts = append(opts, orm.SkipDuplicates())
	}
	if plain {
		rows := make([]T, len(all))
		for i := range rows {
			for _, s := range all[i].sets {
				if err := s.Field.Store(unsafe.Pointer(&rows[i]), s.Value); err != nil {
					return 0, err
				}
			}
		}
		return repo.CreateMany(ctx, rows, opts...)
	}
	if skip {
		return 0, refusal(wordSkipDuplicates, "it does not go with related rows, nor with a zero in place of a default: leave those out or create the rows one by one")
	}
	err = repo.DB().Tx(ctx, func(tx orm.DB) error {
		n = 0
		for i := range all {
			var row T
			if err := orm.Repo[T](tx).Create(ctx, &row, assigns[T](all[i].all())...); err != nil {
				return err
			}
			n++
		}
		return nil
	})
	return n, err
}

// Update is [Compiled.Update].
func (a Ask[T]) Update(ctx context.Context, repo orm.Repo[T]) (*Row[T], error) {
	p, q, l, err := a.write(ctx, true, wordWhere, wordData)
	if err != nil {
		return nil, err
	}
	w, err := q.data(p.update, a.member(wordData), a.member(wordData).place(root(wordData)))
	if err == nil {
		err = p.update.scopes(repo.DB())
	}
	if err != nil {
		return nil, err
	}
	return change(ctx, repo, &l, &w)
}

func change[T any](ctx context.Context, repo orm.Repo[T], l *list, w *written) (*Row[T], error) {
	row, err := conditions(returning(repo, l), l.where).Update(ctx, assigns[T](w.all())...)
	if err != nil {
		return nil, translated(err, l)
	}
	return shown(ctx, repo, l, row)
}

// UpdateMany is [Compiled.UpdateMany].
func (a Ask[T]) UpdateMany(ctx context.Context, repo orm.Repo[T]) (int64, error) {
	p, q, err := a.start(ctx)
	if err != nil {
		return 0, err
	}
	l, err := q.list(p, &a.r.Root, nil, false, wordWhere, wordData)
	if err == nil {
		err = a.add(&l)
	}
	if err != nil {
		return 0, err
	}
	w, err := a.many(q, p, &l)
	if err != nil {
		return 0, err
	}
	n, err := conditions(a.mass(repo.Query()), l.where).UpdateMany(ctx, assigns[T](w.sets)...)
	return n, translated(err, &l)
}

// many reads what a write of many rows gives them.
func (a Ask[T]) many(q *asking, p *plan, l *list) (written, error) {
	if !a.every && !l.bounded() {
		return written{}, unbounded(root(wordWhere))
	}
	w, err := q.data(p.update, a.member(wordData), a.member(wordData).place(root(wordData)))
	if err == nil && len(w.nested) > 0 {
		err = refusal(wordData, "a write of many rows writes no related rows")
	}
	return w, err
}

// mass lets a query write every row where the server said so.
func (a Ask[T]) mass(q orm.Query[T]) orm.Query[T] {
	if a.every {
		return q.EveryRow()
	}
	return q
}

func unbounded(at *place) error {
	e := refusal(at.String(), "a write of many rows needs a condition of the request's own")
	e.Err = orm.ErrUnboundedWrite
	return e
}

// Delete is [Compiled.Delete].
func (a Ask[T]) Delete(ctx context.Context, repo orm.Repo[T]) (*Row[T], error) {
	_, _, l, err := a.write(ctx, true, wordWhere)
	if err != nil {
		return nil, err
	}
	if l.counting() {
		return nil, refusal(wordSelect, "the row is gone: its related rows cannot be counted")
	}
	row, err := conditions(returning(repo, &l), l.where).Delete(ctx)
	if err != nil {
		return nil, translated(err, &l)
	}
	return shown(ctx, repo, &l, row)
}

// DeleteMany is [Compiled.DeleteMany].
func (a Ask[T]) DeleteMany(ctx context.Context, repo orm.Repo[T]) (int64, error) {
	l, err := a.list(ctx, false, wordWhere)
	if err != nil {
		return 0, err
	}
	if !a.every && !l.bounded() {
		return 0, unbounded(root(wordWhere))
	}
	n, err := conditions(a.mass(repo.Query()), l.where).DeleteMany(ctx)
	return n, translated(err, &l)
}

// Upsert is [Compiled.Upsert].
func (a Ask[T]) Upsert(ctx context.Context, repo orm.Repo[T]) (*Row[T], error) {
	p, q, l, err := a.write(ctx, true, wordWhere, wordCreate, wordUpdate)
	if err != nil {
		return nil, err
	}
	names := l.where[len(l.where)-len(a.member(wordWhere).Members):] // where stands last
	w, err := q.data(p.create, a.member(wordCreate), a.member(wordCreate).place(root(wordCreate)), names...)
	if err != nil {
		return nil, err
	}
	u, err := q.data(p.update, a.member(wordUpdate), a.member(wordUpdate).place(root(wordUpdate)))
	if err == nil {
		err = p.create.scopes(repo.DB())
	}
	if err == nil {
		err = p.update.scopes(repo.DB())
	}
	if err != nil {
		return nil, err
	}
	there := conditions(repo.Query(), l.where)
	for again := false; ; again = true {
		found, err := there.Exists(ctx)
		if err != nil {
			return nil, translated(err, &l)
		}
		if found {
			return change(ctx, repo, &l, &u)
		}
		row, err := a.insert(ctx, repo, &l, &w)
		if !again && errors.Is(err, orm.ErrConflict) { // somebody else was faster, or has the row out of sight
			if found, ferr := there.Exists(ctx); ferr == nil && found {
				continue
			}
		}
		return row, err
	}
}
