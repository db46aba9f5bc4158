package httpapi

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/httpcall"
)

// maxPages bounds the pages of one list.
const maxPages = 10_000

// walk is a list being read page by page.
type walk struct {
	d  *DataSource
	mp *mapping
	ep *endpoint
	c  *conditions
	s  say
	// the rows wanted: all when limit is 0, else no more than that are needed
	limit int64
	first window
	whole bool // first is a later page, which must be as long as was asked for
	most  int  // rows that one reply may hold, 0 for any number

	resumed bool     // the walk begins within the list
	link    *url.URL // that it begins with; nil for none
	at      position // of the first row of the page at hand
	steady  bool     // pages of a number are of one size, whatever the limit

	got  int64
	full int64 // rows of a full page, once one was seen that others follow
	seen map[string]bool
	last uint64

	below string // the path that links must not leave
}

// run asks for page after page until the API has no more, or visit has enough.
func (w *walk) run(ctx context.Context, visit func(items items) (enough bool, err error)) error {
	at, link := w.first, w.link
	at.take, at.hasTake = w.size(0), true
	w.seen = map[string]bool{}
	for n := 0; ; n++ {
		if n == maxPages {
			return fault.New(fault.ErrLimit, w.mp.model.Name, "", fmt.Sprintf("%s: more than %d pages: add conditions that the API takes", w.ep.role, maxPages))
		}
		rep, err := w.ask(ctx, at, link)
		if n == 0 && w.resumed && lost(rep, err) {
			return errMoved
		}
		if err != nil {
			return err
		}
		w.at = positionOf(w, at, link)
		if rep.Status == http.StatusNotFound { // only where one row was asked for
			return nil
		}
		has := w.d.find(w.ep, rep)
		items, err := has.items()
		if err != nil {
			return err
		}
		if n > 0 && items.len() > 0 && rep.Sum == w.last {
			return w.loops("gave the same page twice: does it know the paging parameters?")
		}
		w.last = rep.Sum
		w.got += int64(items.len())
		if w.whole && int64(items.len()) < at.take { // pages of another size than was asked for begin elsewhere
			if total, known, err := has.total(); err != nil || !known || w.first.skip+w.got < total {
				return cmp.Or(err, errIgnored)
			}
		}
		enough, err := visit(items)
		if err != nil || enough {
			return err
		}
		if at, link, err = w.next(has, at, int64(items.len())); err != nil {
			return err
		}
		if at.over {
			return nil
		}
	}
}

func (w *walk) loops(detail string) error {
	return upstream(w.mp.model, nil, w.ep.role+": the API "+detail)
}

// size is the number of rows to ask for next.
func (w *walk) size(got int64) int64 {
	n := w.ep.rows()
	if w.limit > 0 {
		n = min(n, max(1, w.limit-got))
		if w.ep.uses[page] && w.steady {
			return w.ep.rows()
		}
		if w.ep.uses[page] { // pages of one size only tile the list
			n = min(w.ep.rows(), w.limit)
		}
	}
	return n
}

func (w *walk) ask(ctx context.Context, at window, link *url.URL) (*httpcall.Reply, error) {
	r, err := w.ep.request(w.d.call.Base, w.c, at, w.s)
	if err != nil {
		return nil, err
	}
	w.below, r.Most, r.TooMany = r.Below, w.most, func() error { return w.d.tooManyRows(w.mp.model) }
	if link != nil {
		if !w.d.call.SameHost(link) || !httpcall.Within(w.below, link) { // one that was followed stays good; a mapping may have changed since
			return nil, errMoved
		}
		r.URL = link
	}
	rep, err := w.d.fetch(ctx, w.mp, r)
	if err != nil && rep != nil && rep.Status == http.StatusNotFound {
		if w.ep.items == nil {
			return rep, nil
		}
		return nil, upstream(w.mp.model, nil, fmt.Sprintf("%s: the API has nothing at %s, where a list belongs", w.ep.role, describePath(w.ep.path)))
	}
	return rep, err
}

// next says where the page after this one is, or that there is none.
func (w *walk) next(has *found, at window, rows int64) (window, *url.URL, error) {
	end, rep := window{over: true}, has.rep
	total, known, err := has.total()
	if err != nil {
		return end, nil, err
	}
	switch {
	case w.ep.next != nil:
		text, err := has.next()
		if err != nil || text == "" {
			return end, nil, err
		}
		if err := w.fresh(text); err != nil {
			return end, nil, err
		}
		if w.ep.uses[cursor] {
			at.cursor, at.take = text, w.size(w.got)
			return at, nil, nil
		}
		link, err := w.follow(rep, text)
		return at, link, err
	case w.ep.nextLink:
		text := nextOf(rep.Header.Values("Link"))
		if text == "" {
			return end, nil, nil
		}
		if err := w.fresh(text); err != nil {
			return end, nil, err
		}
		link, err := w.follow(rep, text)
		return at, link, err
	case w.ep.uses[skip] || w.ep.uses[page]:
		if rows == 0 || known && w.first.skip+w.got >= total || !known && rows < w.full {
			if known && rows == 0 && w.first.skip+w.got < total {
				return end, nil, upstream(w.mp.model, nil, fmt.Sprintf("%s: the API gave fewer rows than its total says", w.ep.role))
			}
			return end, nil, nil
		}
		w.full = max(w.full, min(rows, w.ep.rows())) // what the API gives at a time, which may be less than it is asked for
		at.skip, at.take = w.first.skip+w.got, w.size(w.got)
		if w.ep.uses[page] {
			at.page, at.take = at.page+w.ep.pageStep, w.size(0)
		}
		return at, nil, nil
	case known && w.got < total:
		return end, nil, upstream(w.mp.model, nil, w.ep.role+": the reply holds a part of the rows, and the mapping does not say how to get the rest: map $skip, $page or Next")
	}
	return end, nil, nil
}

// fresh refuses to go where the list has been.
func (w *walk) fresh(to string) error {
	if w.seen[to] {
		return w.loops("leads back to a page that was read already")
	}
	w.seen[to] = true
	return nil
}

// follow resolves a link, which must stay on the API's host and below the endpoint's path.
func (w *walk) follow(rep *httpcall.Reply, text string) (*url.URL, error) {
	ref, err := url.Parse(text)
	if err != nil {
		return nil, upstream(w.mp.model, nil, w.ep.role+": the link to the next page is no URL")
	}
	u := rep.URL.ResolveReference(ref)
	if !w.d.call.SameHost(u) {
		return nil, upstream(w.mp.model, nil, w.ep.role+": the link to the next page leads to another host, which is not followed")
	}
	if !httpcall.Within(w.below, u) {
		return nil, upstream(w.mp.model, nil, w.ep.role+": the link to the next page leaves the path of the endpoint: say Below in the mapping where it may")
	}
	u.Fragment = ""
	return u, nil
}

// nextOf finds rel="next" in Link headers (RFC 8288).
func nextOf(headers []string) string {
	for _, h := range headers {
		for h != "" {
			open := strings.IndexByte(h, '<')
			end := strings.IndexByte(h, '>')
			if open < 0 || end < open {
				break
			}
			target, rest := h[open+1:end], h[end+1:]
			params := rest
			if i := strings.Index(rest, ",<"); i >= 0 {
				params, h = rest[:i], rest[i+1:]
			} else if i := strings.Index(rest, ", <"); i >= 0 {
				params, h = rest[:i], rest[i+2:]
			} else {
				h = ""
			}
			for p := range strings.SplitSeq(params, ";") {
				name, value, _ := strings.Cut(strings.TrimSpace(p), "=")
				if !strings.EqualFold(strings.TrimSpace(name), "rel") {
					continue
				}
				for rel := range strings.FieldsSeq(strings.Trim(strings.TrimSpace(value), `"`)) {
					if strings.EqualFold(rel, "next") {
						return target
					}
				}
			}
		}
	}
	return ""
}
