package httpapi

import (
	"strconv"

	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/jsonrow"
)

// items gives the rows in a reply.
func (f *found) items() (items, error) {
	e := f.ep
	if e.items == nil {
		item, err := f.item()
		if item == nil || err != nil {
			return items{}, err
		}
		return items{list: [][]byte{item}}, nil
	}
	if !f.rep.Body {
		return items{}, upstream(e.model, nil, e.role+": the reply is empty where a list of rows belongs")
	}
	l, err := f.values(&e.at.items)
	if err != nil || !single(e.items) {
		return l, err
	}
	if l.len() == 0 {
		return items{}, upstream(e.model, nil, e.role+": the reply has nothing at "+e.items.String())
	}
	list := l.list[0]
	if kind := jsonrow.KindOf(list); kind != jsonrow.AnArray {
		return items{}, upstream(e.model, nil, e.role+": the reply has "+kind+" where a list of rows belongs, at "+e.items.String())
	}
	if e.at.items.streamed {
		return arrayItems(list, f.at.Count, nil), nil
	}
	l = arrayItems(list, 0, nil)
	for range l.all() {
		l.n++
	}
	return l, nil
}

// item gives the one row in a reply, nil for none.
func (f *found) item() ([]byte, error) {
	e := f.ep
	if e.item == nil || !f.rep.Body {
		return nil, nil
	}
	l, err := f.values(&e.at.item)
	switch {
	case err != nil || l.len() == 0: // an envelope without a row
		return nil, err
	case l.len() > 1:
		return nil, upstream(e.model, nil, e.role+": the reply has several values at "+e.item.String())
	}
	for v := range l.all() {
		if v[0] != 'n' {
			return v, nil
		}
	}
	return nil, nil
}

// total gives the number of all rows; ok is false where the endpoint maps none.
func (f *found) total() (n int64, ok bool, err error) {
	e := f.ep
	if e.total == nil {
		return 0, false, nil
	}
	l, err := f.values(&e.at.total)
	if err != nil {
		return 0, false, err
	}
	if l.len() == 1 {
		for v := range l.all() {
			if n, err := strconv.ParseInt(jsonrow.View(v), 10, 64); err == nil && n >= 0 {
				return n, true, nil
			}
		}
	}
	return 0, false, fault.New(fault.ErrUpstream, e.model.Name, "", e.role+": the reply has no whole number at "+e.total.String())
}

// next gives what leads to the next page, "" for nothing.
func (f *found) next() (string, error) {
	e := f.ep
	l, err := f.values(&e.at.next)
	if err != nil {
		return "", err
	}
	for v := range l.all() {
		switch v[0] {
		case 'n', 'f':
			return "", nil
		case '"':
			return jsonrow.TextOf(v), nil
		case '{', '[', 't':
			return "", upstream(e.model, nil, e.role+": the reply has "+jsonrow.KindOf(v)+" at "+e.next.String()+", where the next page belongs")
		}
		return string(v), nil
	}
	return "", nil
}
