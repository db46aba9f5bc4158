package guard

import (
	"context"
	"strings"
	"unsafe"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// Compiled answers requests as a shape allows. It is safe for concurrent use.
//
// Each verb takes a request as the JSON that came; [Compiled.Ask] takes one that another grammar made. What is not
// allowed is an *Error that says where; so is what the repo answers, in words that may be shown.
type Compiled[T any] struct {
	choose func(ctx context.Context) (*plan, error)
}

// Compile reads a shape. Every mistake is told at once, as ErrInvalid: a column that stands where it may not, an
// operator that does not suit, a unique set that is none, a Create that leaves out what every row needs.
func Compile[T any](s Shape[T]) (*Compiled[T], error) {
	p, err := compiled(s.plain())
	if err != nil {
		return nil, err
	}
	return &Compiled[T]{func(context.Context) (*plan, error) { return p, nil }}, nil
}

// MustCompile is Compile for package variables: it panics where Compile gives an error.
func MustCompile[T any](s Shape[T]) *Compiled[T] {
	c, err := Compile(s)
	if err != nil {
		panic(err)
	}
	return c
}

func compiled(s *shape) (*plan, error) {
	var c compiler
	p := c.compile(s, true)
	if err := fault.Join(c.errs); err != nil {
		return nil, err
	}
	return p, nil
}

// Dynamic answers each request as the shape allows that fn gives for it: nothing is kept between requests. An error
// of fn, a panic and a shape with a mistake refuse the request.
func Dynamic[T any](fn func(ctx context.Context) (Shape[T], error)) *Compiled[T] {
	return &Compiled[T]{func(ctx context.Context) (*plan, error) {
		if fn == nil {
			return nil, denied(errNilFunc)
		}
		p, err := called(func() (*plan, error) {
			s, err := fn(ctx)
			if err != nil {
				return nil, err
			}
			return compiled(s.plain())
		})
		if err != nil {
			return nil, denied(err)
		}
		return p, nil
	}}
}

// Ask is a request that goes on to a verb. It is a value: Where, Reading, EveryRow and OnExisting give another.
type Ask[T any] struct {
	c   *Compiled[T]
	r   Request
	err error

	where    []orm.Pred[T]
	also     []orm.Selectable[T]
	every    bool
	existing orm.Existing
}

// Where adds conditions of the server's own, such as one that a URL or a header says. They stand beside those that the shape
// forces, and like them do not count as a condition of the request's own. New rows heed none; a soft-deleted
// one that OnExisting gives way to does.
func (a Ask[T]) Where(ps ...orm.Pred[T]) Ask[T] {
	a.where = append(a.where[:len(a.where):len(a.where)], ps...)
	return a
}

// Reading adds columns that are read for the server's own eyes: rows hold them, their JSON does not show them.
func (a Ask[T]) Reading(cols ...orm.Selectable[T]) Ask[T] {
	a.also = append(a.also[:len(a.also):len(a.also)], cols...)
	return a
}

// EveryRow says that a write of many rows without a condition of its own means every row that the shape, the server's own
// conditions and the scopes let be seen.
func (a Ask[T]) EveryRow() Ask[T] {
	a.every = true
	return a
}

// OnExisting says what Create, and the create of an Upsert, do where a soft-deleted row is in the way of the new one; see
// [orm.Query.OnExisting]. What the shape forces, the server's own conditions and the where of an Upsert are about that row
// too: one that does not pass them stays, and the answer is a conflict.
func (a Ask[T]) OnExisting(mode orm.Existing) Ask[T] {
	a.existing = mode
	return a
}

// Ask takes a request that is a tree already.
func (c *Compiled[T]) Ask(r Request) Ask[T] { return Ask[T]{c: c, r: r, err: r.check()} }

func (c *Compiled[T]) json(body []byte) Ask[T] {
	r, err := ParseJSON(body)
	return Ask[T]{c: c, r: r, err: err}
}

// FindMany gives the rows that a request asks for: {"where", "orderBy", "take", "skip", "select" or "include"}.
func (c *Compiled[T]) FindMany(ctx context.Context, repo orm.Repo[T], body []byte) (*Result[T], error) {
	return c.json(body).FindMany(ctx, repo)
}

// FindFirst gives the first row of those that FindMany would give; no row is the code NOT_FOUND.
func (c *Compiled[T]) FindFirst(ctx context.Context, repo orm.Repo[T], body []byte) (*Row[T], error) {
	return c.json(body).FindFirst(ctx, repo)
}

// FindUnique gives the row that a unique set names: {"where", "select" or "include"}.
func (c *Compiled[T]) FindUnique(ctx context.Context, repo orm.Repo[T], body []byte) (*Row[T], error) {
	return c.json(body).FindUnique(ctx, repo)
}

// Count gives the number of rows that pass: {"where"}.
func (c *Compiled[T]) Count(ctx context.Context, repo orm.Repo[T], body []byte) (int64, error) {
	return c.json(body).Count(ctx, repo)
}

// Page gives a page of rows and the cursors of those around it: {"where", "orderBy", "take", "cursor", "total", "select" or
// "include"}. See [orm.Query.Page] for what a cursor is bound to.
func (c *Compiled[T]) Page(ctx context.Context, repo orm.Repo[T], body []byte) (*Page[T], error) {
	return c.json(body).Page(ctx, repo)
}

// Query gives the query that FindMany would run, to go on with in Go.
func (c *Compiled[T]) Query(ctx context.Context, repo orm.Repo[T], body []byte) (orm.Query[T], error) {
	return c.json(body).Query(ctx, repo)
}

// start chooses the plan and begins the request.
func (a Ask[T]) start(ctx context.Context) (*plan, *asking, error) {
	if a.err != nil {
		return nil, nil, a.err
	}
	p, err := a.c.choose(ctx)
	if err != nil {
		return nil, nil, err
	}
	return p, &asking{ctx: ctx}, nil
}

func (a Ask[T]) list(ctx context.Context, unique bool, allowed ...string) (list, error) {
	p, q, err := a.start(ctx)
	if err != nil {
		return list{}, err
	}
	l, err := q.list(p, &a.r.Root, nil, unique, allowed...)
	if err != nil {
		return l, err
	}
	return l, a.add(&l)
}

// add adds what the server itself says.
func (a *Ask[T]) add(l *list) error {
	if len(a.where) > 0 {
		own := make([]builder.Expr, 0, len(a.where)+len(l.where))
		for _, p := range a.where {
			if !p.IsZero() {
				own = append(own, p.Expr())
			}
		}
		l.where = append(own, l.where...)
	}
	for _, c := range a.also {
		f, err := fieldOf(c)
		if err != nil {
			return outside(err, func(string) string { return "" })
		}
		l.also = append(l.also, f)
	}
	return nil
}

// query builds the query of a list.
func query[T any](repo orm.Repo[T], l *list) orm.Query[T] {
	q := repo.Query().Strict().Select(selectables[T](l.fields())...) // an answer has no place for what is missing
	q = conditions(q, l.where)
	for i := range l.order {
		q = q.OrderBy(builder.OrderOf[T](l.order[i]))
	}
	if l.skip > 0 {
		q = q.Skip(int(l.skip))
	}
	return including(q, &l.selection)
}

func conditions[T any](q orm.Query[T], es []builder.Expr) orm.Query[T] {
	var few [4]orm.Pred[T]
	ps := few[:0]
	for _, e := range es {
		ps = append(ps, builder.PredOf[T](e))
	}
	return q.Where(ps...)
}

func including[T any](q orm.Query[T], s *selection) orm.Query[T] {
	for _, r := range s.relations {
		q = q.With(builder.InclusionOf[T](r.include))
	}
	return q
}

func selectables[T any](fields []*model.Field) []orm.Selectable[T] {
	out := make([]orm.Selectable[T], len(fields))
	for i, f := range fields {
		out[i] = builder.ColumnOf[T](f)
	}
	return out
}

// FindMany is [Compiled.FindMany].
func (a Ask[T]) FindMany(ctx context.Context, repo orm.Repo[T]) (*Result[T], error) {
	l, err := a.list(ctx, false, wordWhere, wordOrder, wordTake, wordSkip, wordSelect, wordInclude)
	if err != nil {
		return nil, err
	}
	q := query(repo, &l)
	if l.bounds {
		q = q.Take(int(l.take))
	}
	rows, err := q.All(ctx)
	if err != nil {
		return nil, translated(err, &l)
	}
	out := &Result[T]{Rows: rows, a: answer{s: &l.selection}}
	return out, out.a.gather(ctx, repo.DB(), addresses(rows))
}

// FindFirst is [Compiled.FindFirst].
func (a Ask[T]) FindFirst(ctx context.Context, repo orm.Repo[T]) (*Row[T], error) {
	l, err := a.list(ctx, false, wordWhere, wordOrder, wordSkip, wordSelect, wordInclude)
	if err != nil {
		return nil, err
	}
	return one(ctx, repo, &l, query(repo, &l).First)
}

// FindUnique is [Compiled.FindUnique].
func (a Ask[T]) FindUnique(ctx context.Context, repo orm.Repo[T]) (*Row[T], error) {
	l, err := a.list(ctx, true, wordWhere, wordSelect, wordInclude)
	if err != nil {
		return nil, err
	}
	l.order = nil
	return one(ctx, repo, &l, query(repo, &l).One)
}

func one[T any](ctx context.Context, repo orm.Repo[T], l *list, read func(context.Context) (T, error)) (*Row[T], error) {
	row, err := read(ctx)
	if err != nil {
		return nil, translated(err, l)
	}
	return shown(ctx, repo, l, row)
}

func shown[T any](ctx context.Context, repo orm.Repo[T], l *list, row T) (*Row[T], error) {
	out := &Row[T]{Value: row, a: answer{s: &l.selection}}
	return out, out.a.gather(ctx, repo.DB(), []unsafe.Pointer{unsafe.Pointer(&out.Value)})
}

// Count is [Compiled.Count].
func (a Ask[T]) Count(ctx context.Context, repo orm.Repo[T]) (int64, error) {
	l, err := a.list(ctx, false, wordWhere)
	if err != nil {
		return 0, err
	}
	n, err := conditions(repo.Query(), l.where).Count(ctx)
	return n, translated(err, &l)
}

// Page is [Compiled.Page].
func (a Ask[T]) Page(ctx context.Context, repo orm.Repo[T]) (*Page[T], error) {
	l, err := a.list(ctx, false, wordWhere, wordOrder, wordTake, wordCursor, wordTotal, wordSelect, wordInclude)
	if err != nil {
		return nil, err
	}
	q := query(repo, &l)
	if !l.bounds {
		l.take = orm.PageSize
	}
	var opts []orm.PageOption
	if l.total {
		opts = append(opts, orm.WithTotal)
	}
	token, ok := strings.CutPrefix(l.cursor, l.p.mark+".")
	if !ok && l.cursor != "" {
		return nil, translated(orm.ErrBadCursor, &l)
	}
	page, err := q.Take(int(l.take)).Page(ctx, token, opts...)
	if err != nil {
		return nil, translated(err, &l)
	}
	marked := func(token string) string {
		if token == "" {
			return ""
		}
		return l.p.mark + "." + token
	}
	out := &Page[T]{Result[T]{page.Rows, answer{s: &l.selection}}, marked(page.Next), marked(page.Prev), page.Total}
	return out, out.a.gather(ctx, repo.DB(), addresses(out.Rows))
}

// Query is [Compiled.Query].
func (a Ask[T]) Query(ctx context.Context, repo orm.Repo[T]) (orm.Query[T], error) {
	l, err := a.list(ctx, false, wordWhere, wordOrder, wordTake, wordSkip, wordSelect, wordInclude)
	if err != nil {
		return orm.Query[T]{}, err
	}
	if len(l.counts) > 0 {
		return orm.Query[T]{}, refusal("select._count", "a query has no place for counts")
	}
	q := query(repo, &l)
	if l.bounds {
		q = q.Take(int(l.take))
	}
	return q, nil
}

// translated gives the repo's error in words that may be shown. A column that requests may give is no secret to them.
func translated(err error, l *list) error {
	return outside(err, func(field string) string {
		for _, c := range l.p.shown {
			if c.field.Name == field {
				return c.wire
			}
		}
		for _, w := range []*writing{l.p.create, l.p.update} {
			if w == nil {
				continue
			}
			for wire, a := range w.accepts {
				if a.field.Name == field {
					return wire
				}
			}
		}
		return ""
	})
}

func addresses[T any](rows []T) []unsafe.Pointer {
	out := make([]unsafe.Pointer, len(rows))
	for i := range rows {
		out[i] = unsafe.Pointer(&rows[i])
	}
	return out
}

// gather counts what is to be counted of the rows and of those included in them, one statement for each count.
func (a *answer) gather(ctx context.Context, db orm.DB, rows []unsafe.Pointer) error {
	if !a.s.counting() {
		return nil
	}
	a.counts = &counts{map[countedRow][]int64{}}
	return outside(a.counts.gather(ctx, db, a.s, rows), func(string) string { return "" })
}

// counting reports whether something is counted at any depth.
func (s *selection) counting() bool {
	if len(s.counts) > 0 {
		return true
	}
	for _, r := range s.relations {
		if r.counting() {
			return true
		}
	}
	return false
}

func (c *counts) gather(ctx context.Context, db orm.DB, s *selection, rows []unsafe.Pointer) error {
	if len(rows) == 0 {
		return nil
	}
	for i, n := range s.counts {
		numbers, err := n.count.count(ctx, db, rows, n.where)
		if err != nil {
			return err
		}
		for k, p := range rows {
			at, err := countedAt(s, p)
			if err != nil {
				return err
			}
			if i == 0 {
				c.of[at] = make([]int64, len(s.counts))
			}
			c.of[at][i] = numbers[k] // a row that stands twice has the same number twice
		}
	}
	for _, r := range s.relations {
		if !r.counting() {
			continue
		}
		var below []unsafe.Pointer
		for _, p := range rows {
			if r.relation.r.Many {
				_ = eachRelated(r, p, func(row unsafe.Pointer) error {
					below = append(below, row)
					return nil
				})
			} else if row := *(*unsafe.Pointer)(unsafe.Add(p, r.relation.r.Offset)); row != nil {
				below = append(below, row)
			}
		}
		if err := c.gather(ctx, db, &r.selection, below); err != nil {
			return err
		}
	}
	return nil
}
