package orm

import (
	"context"
	"fmt"

	"github.com/multi-orm/orm/internal/cursor"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/reading"
	"github.com/multi-orm/orm/source"
)

// PageSize is the number of rows of a page whose query says no Take.
const PageSize = 25

// Page is some rows of a query and the way to those around them.
type Page[T any] struct {
	Rows []T `json:"rows"` // in the query's order, whichever way the page was reached
	// Next and Prev are the cursors of the pages after and before, "" where there is none. A page whose rows are
	// deleted before it is asked for is empty.
	Next string `json:"next,omitempty"`
	Prev string `json:"prev,omitempty"`
	// Total is the number of rows of all pages, -1 unless WithTotal was given.
	Total int64 `json:"total"`
}

// PageOption is an option of Page: WithTotal.
type PageOption func(*reading.Paging)

// WithTotal counts the rows of all pages too, in the same snapshot where the source has any.
func WithTotal(p *reading.Paging) { p.Total = true }

// CursorKey gives the secret that seals the cursors of Page, 16 random bytes or more, and older ones that may still be
// in use. Processes that serve each other's cursors need the same; without it each Open makes one up.
func CursorKey(key []byte, older ...[]byte) Option {
	return optionFunc(func(o *options) error {
		keys := append([][]byte{key}, older...)
		for _, k := range keys {
			if len(k) < cursor.MinKey {
				return fault.New(fault.ErrInvalid, "", "", fmt.Sprintf("CursorKey needs %d random bytes or more", cursor.MinKey))
			}
		}
		o.CursorKeys = keys
		return nil
	})
}

// Page gives the page of Take rows (25 unless said) that begins at a cursor, "" for the first page. It finds the place
// by the values of the sort keys, with the primary key as tie-breaker, so pages neither repeat nor miss rows when
// others come and go, and a late page costs no more than an early one.
//
// A cursor is sealed: its holder can neither read nor change it. It belongs to the conditions with their values, the
// order and the actor (id, tenant and role); anywhere else, and for any other text, it is ErrBadCursor. The size of
// the page and the includes may change between pages.
//
// A computed sort key, such as a count of related rows or the rank of a search, is computed again for each condition of
// the place. Skip, Distinct, row locks and columns without an order, such as documents, are ErrInvalid. A place whose values do not fit into
// a cursor of 8 KiB is ErrLimit.
func (q Query[T]) Page(ctx context.Context, cursor string, opts ...PageOption) (Page[T], error) {
	p := reading.Paging{Cursor: cursor}
	for _, opt := range opts {
		if opt == nil {
			q = q.invalid("", "an option is nil")
			break
		}
		opt(&p)
	}
	if !q.st.HasTake {
		q.st.Take, q.st.HasTake = PageSize, true
	}
	q.stable(true)
	c, err := q.start("Page", 0)
	if err != nil {
		return Page[T]{}, err
	}
	out, err := reading.Page(ctx, q.s, c, p)
	if err != nil {
		return Page[T]{}, err
	}
	return Page[T]{Rows: source.Take[T](&c.Rows.Slab), Next: out.Next, Prev: out.Prev, Total: out.Total}, nil
}

// NumberedPage is a page that was asked for by its number.
type NumberedPage[T any] struct {
	Rows   []T   `json:"rows"`
	Number int   `json:"number"` // of this page, from 1
	Pages  int64 `json:"pages"`  // their number, 1 when there is no row
	Total  int64 `json:"total"`  // rows of all pages
}

// PageNumber gives page n, counted from 1, of Take rows (25 unless said), and how many there are, all as of one moment
// where the source has snapshots. Rows that come and go shift the pages: Page does not know that trouble. A page
// beyond the last is empty.
func (q Query[T]) PageNumber(ctx context.Context, n int) (NumberedPage[T], error) {
	if !q.st.HasTake {
		q.st.Take, q.st.HasTake = PageSize, true
	}
	switch {
	case n < 1:
		q = q.invalid("", "pages are counted from 1")
	case q.st.Take < 1:
		q = q.invalid("", "a page needs a row at least: say Take with a positive number, or leave it out")
	case q.st.Skip > 0:
		q = q.invalid("", "Skip does not go with PageNumber")
	case q.st.Distinct:
		q = q.invalid("", "Distinct does not go with PageNumber")
	case int64(n-1) > (1<<62)/q.st.Take:
		q = q.fail(fault.New(ErrLimit, modelName(q.st.Model), "", "there are no pages of that number"))
	default:
		q.st.Skip = int64(n-1) * q.st.Take
	}
	q.stable(true)
	c, err := q.start("PageNumber", 0)
	if err != nil {
		return NumberedPage[T]{}, err
	}
	total, err := reading.Numbered(ctx, q.s, c)
	if err != nil {
		return NumberedPage[T]{}, err
	}
	out := NumberedPage[T]{Rows: source.Take[T](&c.Rows.Slab), Number: n, Pages: 1, Total: total}
	if total > 0 {
		out.Pages = (total-1)/q.st.Take + 1
	}
	return out, nil
}
