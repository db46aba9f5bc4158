package httpapi

import (
	"encoding/binary"
	"errors"
	"net/http"
	"net/url"
	"unsafe"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/filter"
	"github.com/multi-orm/orm/internal/httpcall"
)

// errMoved says that the place where the page before ended is no longer where it was.
var errMoved = errors.New("the place where the page before ended is not there any more")

// position is where an API's list has a row: the request that gave it, and its number in the reply. It travels in the
// cursor of the next page, which is sealed; a row is looked at before it is believed.
type position struct {
	start  int64 // rows of the list before the reply
	page   int64
	cursor string
	link   string
	row    int64 // rows of the reply before this one
}

func (p position) append(b []byte) []byte {
	for _, n := range []int64{p.start, p.page, p.row} {
		b = binary.AppendVarint(b, n)
	}
	for _, s := range []string{p.cursor, p.link} {
		b = append(binary.AppendUvarint(b, uint64(len(s))), s...)
	}
	return b
}

// readPosition reads what append wrote; ok is false for anything else.
func readPosition(b []byte) (p position, ok bool) {
	for _, to := range []*int64{&p.start, &p.page, &p.row} {
		v, n := binary.Varint(b)
		if n <= 0 {
			return position{}, false
		}
		*to, b = v, b[n:]
	}
	for _, to := range []*string{&p.cursor, &p.link} {
		size, n := binary.Uvarint(b)
		if n <= 0 || size > uint64(len(b)-n) {
			return position{}, false
		}
		*to, b = string(b[n:n+int(size)]), b[n+int(size):]
	}
	return p, len(b) == 0 && p.start >= 0 && p.row >= 0
}

// positionOf is where the first row of the page at hand is.
func positionOf(w *walk, at window, link *url.URL) position {
	p := position{start: w.first.skip + w.got, page: at.page, cursor: at.cursor}
	if link != nil {
		p.link = link.String()
	}
	return p
}

// planPage decides how st is read. Where the API cuts the pages and cannot be told after which row one begins, it is asked for
// its own page of that row.
func (d *DataSource) planPage(st *builder.Select, how asking) (*reading, error) {
	r, err := d.plan(st, how == checked)
	res := st.Resume
	if res != nil {
		res.Next = nil // what a reading before this one said of a list that was not as it should be
	}
	if err != nil && (res == nil || res.Seek.Op == 0) || res == nil || how == checked {
		return r, err
	}
	if res.Seek.Op == 0 { // the first page
		if r.cutThere() {
			r.resume = res
		}
		return r, nil
	}
	all, found := st.Where.Without(&res.Seek)
	if !found {
		return r, err
	}
	list := *st
	list.Where = all
	whole, wrong := d.plan(&list, false)
	switch {
	case wrong != nil || !whole.cutThere():
		return r, err
	case r != nil && (r.ep != whole.ep || len(r.match.used) != len(whole.match.used)): // the API is told
		return r, err
	}
	if whole.after, err = filter.Compile(st.Model, res.Seek); err != nil {
		return nil, err
	}
	whole.resume = res
	if how == resumed && len(res.From) > 0 {
		whole.from, whole.resuming = readPosition(res.From)
	}
	return whole, nil
}

// cutThere reports whether the API sorts and filters the list, so that its pages are parts of the answer.
func (r *reading) cutThere() bool {
	return r.limit > 0 && !r.sorts && !r.filters && !r.local && r.match.split < 0 && r.st.Group == nil && r.st.Want == builder.WantRows && r.ep.paged()
}

// resume makes the walk begin where the page before ended.
func (w *walk) resume(r *reading) {
	w.steady = true
	if r.after == nil {
		return
	}
	w.limit = 0 // it is not known how many rows come before the page
	if !r.resuming {
		return
	}
	p := r.from
	w.resumed = true
	switch {
	case p.link != "":
		link, err := url.Parse(p.link)
		if err != nil {
			w.resumed = false
			return
		}
		w.link = link
	case w.ep.uses[cursor]:
		w.first.cursor = p.cursor
	case w.ep.uses[page]:
		w.first.page, w.first.skip = p.page, p.start
		return
	case w.ep.uses[skip]:
		w.first.skip = p.start + p.row
		p.row = 0
	}
	w.limit = p.row + 1 + r.limit
}

// after reports whether a row belongs to a page that follows another. The first row of a walk that begins within the list must
// not: else rows of the page may stand before it, as when others were deleted meanwhile.
func (x *reader) after(row unsafe.Pointer) (bool, error) {
	if x.r.after == nil {
		return true, nil
	}
	ok, err := x.r.after.Passes(row)
	if err != nil {
		return false, err
	}
	first := !x.placed
	x.placed = true
	switch {
	case ok && first && x.r.resuming:
		return false, errMoved
	case !ok && x.slab.Len() > 1: // a row of the page came before this one, which is none
		return false, errIgnored
	}
	return ok, nil
}

// resumedWell fails where a walk that began within the list found nothing there.
func (x *reader) resumedWell() error {
	if x.r.resuming && !x.placed {
		return errMoved
	}
	return nil
}

// lost reports that the API does not know the place any more, as when a cursor of its own is too old.
func lost(rep *httpcall.Reply, err error) bool {
	if errors.Is(err, errMoved) {
		return true
	}
	if rep == nil {
		return false
	}
	switch rep.Status {
	case http.StatusBadRequest, http.StatusNotFound, http.StatusGone, http.StatusRequestedRangeNotSatisfiable, http.StatusUnprocessableEntity:
		return true
	}
	return false
}
