package httpapi

import (
	"fmt"

	"github.com/ohler55/ojg/jp"

	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/httpcall"
	"github.com/multi-orm/orm/internal/jsonrow"
	"github.com/multi-orm/orm/internal/jsonstream"
)

// lookup is a JSONPath of a mapping as replies are searched for it.
type lookup struct {
	expr jp.Expr // nil where the endpoint maps none
	// streamed places are found while the reply arrives: those of members by name and elements by number, and one [*]
	// over an array among them. For every other form (.., filters, slices, unions, negative numbers, [*] twice or over
	// an object) the reply is built as a whole and searched, which jsonrow.ObjectsPerRow bounds.
	streamed bool
	slot     int
	every    bool              // the values are the elements of the array in the slot, or what they have below
	below    []jsonstream.Step // each element
}

// lookups is where an endpoint's replies have what is asked of them; made once, when the source opens.
type lookups struct {
	outline            jsonstream.Outline
	items, item        lookup
	total, next, error lookup
}

// compile plans how the endpoint's replies are read.
func (e *endpoint) compile() {
	p := &e.at
	p.items = p.add(e.items, true)
	p.item = p.add(e.item, false)
	p.total = p.add(e.total, false)
	p.next = p.add(e.next, false)
	p.error.expr = e.itemError
	if steps, more, every, ok := stepsOf(e.itemError); ok && !every { // inside an item, so in no slot
		p.error.streamed, p.error.below = true, append(steps, more...)
	}
}

func (p *lookups) add(x jp.Expr, rows bool) lookup {
	out := lookup{expr: x}
	if steps, below, every, ok := stepsOf(x); ok {
		out.streamed, out.every, out.below = true, every, below
		out.slot = p.outline.Add(rows && len(below) == 0, steps...)
	}
	return out
}

// stepsOf gives a path as the steps before and after its one [*]; ok is false where it has another form.
func stepsOf(x jp.Expr) (steps, below []jsonstream.Step, every, ok bool) {
	for i, f := range x {
		var step jsonstream.Step
		switch f := f.(type) {
		case jp.Root:
			if i > 0 {
				return nil, nil, false, false
			}
			ok = true
			continue
		case jp.Child:
			step.Name = string(f)
		case jp.Nth:
			step.Element, step.Index = true, int(f)
		case jp.Wildcard:
			if every {
				return nil, nil, false, false
			}
			every = true
			continue
		default:
			return nil, nil, false, false
		}
		if step.Index < 0 {
			return nil, nil, false, false
		}
		if every {
			below = append(below, step)
		} else {
			steps = append(steps, step)
		}
	}
	return steps, below, every, ok
}

// found is what an endpoint finds in a reply. Values are JSON, valid and not taken apart.
type found struct {
	ep   *endpoint
	rep  *httpcall.Reply
	most int // rows that the reply may be built for
	at   jsonstream.Found

	doc   any // the reply, where a place is of a form that needs it whole
	built bool
}

// find looks for what the endpoint maps. A reply that another endpoint asked for is searched again.
func (d *DataSource) find(e *endpoint, rep *httpcall.Reply) *found {
	f := &found{ep: e, rep: rep, most: d.maxRows, at: rep.At}
	if rep.Body && rep.Outline != &e.at.outline {
		f.at, _ = jsonstream.ScanBytes(rep.Raw).Find(&e.at.outline, 0) // it was valid before
	}
	return f
}

// values gives all values at p, in order.
func (f *found) values(p *lookup) (items, error) {
	if p.expr == nil || !f.rep.Body {
		return items{}, nil
	}
	if p.streamed {
		raw, ok := f.at.At(f.rep.Raw, p.slot)
		switch {
		case !ok || p.every && jsonrow.KindOf(raw) != jsonrow.AnArray && jsonrow.KindOf(raw) != jsonrow.AnObject:
			return items{}, nil
		case !p.every:
			return items{list: [][]byte{raw}}, nil
		case raw[0] == '[':
			return arrayItems(raw, f.at.Count, p.below), nil
		}
	}
	doc, err := f.document()
	if err != nil {
		return items{}, err
	}
	var out items
	for _, v := range p.expr.Get(doc) {
		text, err := jsonrow.Encode(v)
		if err != nil {
			return items{}, err
		}
		out.list = append(out.list, text)
	}
	return out, nil
}

// document gives the whole reply, built once.
func (f *found) document() (doc any, err error) {
	if !f.built {
		f.doc, err = build(f.ep, f.rep.Raw, f.most)
		f.built = err == nil
	}
	return f.doc, err
}

// build makes values of a valid document, once what it is made of is counted.
func build(e *endpoint, raw []byte, most int) (any, error) {
	if !jsonrow.Fits(most, raw) {
		return nil, fault.New(fault.ErrLimit, e.model.Name, "", fmt.Sprintf("the reply holds more objects and lists than %d, or more values than %d, for each of MaxRows (%d) rows", jsonrow.ObjectsPerRow, jsonrow.ValuesPerRow, most))
	}
	doc, err := jsonrow.Parse(raw)
	if err != nil {
		return nil, upstream(e.model, nil, e.role+": the reply is not valid JSON")
	}
	return doc, nil
}
