package client

import (
	"fmt"
	"net/http"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/jsonstream"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/rls/rest/rjson"
)

// maxPages bounds the pages of one list.
const maxPages = 10_000

// walk is a list being read: in one request where its rows are few, else page by page with the service's cursors.
type walk struct {
	x          *reading
	part       part
	skip, take int64
	limited    bool
	begin      func() // of each reply; nil for nothing
	visit      func(item []byte) (enough bool, err error)

	got int64 // rows seen, those that are left out too
}

// run gives the rows to visit.
func (w *walk) run() error {
	r := w.x.r
	if w.limited && w.take == 0 {
		return nil
	}
	if w.limited && w.take <= r.pageMost() {
		done, err := w.whole()
		if done || err != nil {
			return err
		}
	}
	return w.pages()
}

// whole asks for the page in one request; done is false where the service does not allow that.
func (w *walk) whole() (done bool, err error) {
	r := w.x.r
	a, err := w.fetch(window{limit: w.take, offset: w.skip})
	if err != nil {
		words, p := refusedPart(err)
		switch {
		case p == nil || len(words) != 1:
			return false, err
		case words[0] == wordLimit && p.Status == http.StatusRequestEntityTooLarge:
			r.refuseLimit(w.take)
			return false, nil
		case words[0] == wordOffset && w.skip > 0: // turned by cursors, and cut here
			return false, nil
		}
		return false, err
	}
	_, err = w.items(a)
	return true, err
}

// pages follows the cursors of the service to the end of the list, or to the rows that are wanted.
func (w *walk) pages() error {
	x, r := w.x, w.x.r
	at := window{paged: true}
	seen := map[string]bool{}
	before := uint64(0)
	for n := 0; ; n++ {
		if n == maxPages {
			return fault.New(fault.ErrLimit, x.st.Model.Name, "", fmt.Sprintf("more than %d pages: narrow the query", maxPages))
		}
		a, err := w.fetch(at)
		if words, p := refusedPart(err); p != nil && len(words) == 1 && words[0] == wordLimit && at.limit > 0 {
			r.refuseLimit(at.limit)
			at.limit = 0
			a, err = w.fetch(at)
		}
		if err != nil {
			return err
		}
		if n > 0 && a.rep.Sum == before {
			return a.wrong("the service gave the same page twice")
		}
		before = a.rep.Sum
		if enough, err := w.items(a); err != nil || enough {
			return err
		}
		next, err := a.next()
		if err != nil || next == "" {
			return err
		}
		if seen[next] {
			return a.wrong("the cursor of the next page leads back to a page that was read already")
		}
		seen[next] = true
		at.cursor = next
		if at.limit = r.pageMost(); at.limit < firstInset { // the service's own is no smaller
			at.limit = 0
		}
	}
}

// items visits the rows of a reply, those after the ones that are left out.
func (w *walk) items(a *answer) (enough bool, err error) {
	array, n, err := a.rows()
	if err != nil {
		return false, err
	}
	whole := w.limited && !a.paged
	if whole && int64(n) > w.take {
		return false, a.wrong("the reply has more rows than were asked for")
	}
	if w.begin != nil {
		w.begin()
	}
	each := jsonstream.ElementsOf(array)
	for item, more := each.Next(); more; item, more = each.Next() {
		if w.got++; a.paged && w.got <= w.skip {
			if err := w.x.overPost(int(w.got)); err != nil {
				return false, err
			}
			continue
		}
		if enough, err := w.visit(item); enough || err != nil {
			return true, err
		}
		if w.limited && a.paged && w.got == w.skip+w.take {
			return true, nil
		}
	}
	return false, nil
}

// fetch asks for one page, in other words where refusals teach some.
func (w *walk) fetch(at window) (*answer, error) {
	x := w.x
	for try := 0; ; try++ {
		was := x.sentAs()
		sel, err := x.words.selection(&x.level, w.part.where, at, func(in *inset) int64 { return was.limits[in] })
		if err != nil {
			return nil, err
		}
		req, err := x.d.request(x.r, http.MethodGet, nil, &sel)
		if err != nil {
			return nil, err
		}
		a, err := x.d.ask(x.ctx, x.r, req, &x.r.list, x.d.maxRows)
		if err == nil {
			a.paged = at.paged
			return a, nil
		}
		if try == maxTries+maxTries/2*len(was.limits) || !x.adapts(err, was) {
			return nil, err
		}
	}
}

// maxTries bounds how often a request is written in other words; half as many come on top for each list of related rows.
const maxTries = 20

// count asks for the number of the rows of a part.
func (x *reading) countPart(p part) (int64, error) {
	sel := object()
	if len(p.where.Members) > 0 {
		sel.Members = append(sel.Members, rjson.Member{Name: wordWhere, Value: p.where})
	}
	sel.Members = append(sel.Members, rjson.Member{Name: wordColumns, Value: boolean(false)})
	req, err := x.d.request(x.r, http.MethodGet, nil, &sel)
	if err != nil {
		return 0, err
	}
	a, err := x.d.ask(x.ctx, x.r, req, &x.r.list, 0)
	if err != nil {
		return 0, err
	}
	return a.number(a.at.count, "count")
}

// byKey reads the row of a key; done is false where the service has no paths for rows.
func (x *reading) byKey(key []model.Value) (done bool, err error) {
	for try := 0; ; try++ {
		was := x.sentAs()
		sel, err := x.words.selection(&x.level, object(), window{}, func(in *inset) int64 { return was.limits[in] })
		if err != nil {
			return false, err
		}
		for i := range sel.Members { // a row has no order
			if sel.Members[i].Name == wordOrder {
				sel.Members = append(sel.Members[:i], sel.Members[i+1:]...)
				break
			}
		}
		req, err := x.d.request(x.r, http.MethodGet, key, &sel)
		if err != nil {
			return false, err
		}
		a, err := x.d.ask(x.ctx, x.r, req, &x.r.single, 0)
		if err == nil {
			return true, x.one(a)
		}
		switch p := problemIn(err); {
		case p != nil && p.strict && p.Status == http.StatusNotFound:
			return true, nil
		case pathless(p):
			x.r.flag(&x.r.noPath)
			return false, nil
		case try == maxTries+maxTries/2*len(was.limits) || !x.adapts(err, was):
			return false, err
		}
	}
}

// pathless reports that a resource does not name rows by their primary key in a path.
func pathless(p *Problem) bool {
	return p != nil && p.strict && (p.Status == http.StatusMethodNotAllowed || p.Status == http.StatusBadRequest && p.Path == "key")
}

// one hands on the row of a reply.
func (x *reading) one(a *answer) error {
	item, err := a.row()
	if err != nil {
		return err
	}
	if x.st.Want == builder.WantExists {
		return x.number(1)
	}
	c := x.collector(part{})
	c.begin()
	if _, err := c.take(item); err != nil {
		return err
	}
	return x.finish([]*collector{c})
}
