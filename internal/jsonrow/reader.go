// Package jsonrow makes rows of models of JSON objects, and JSON of values: what the sources over HTTP share.
package jsonrow

import (
	"fmt"
	"strconv"
	"unsafe"

	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/jsonstream"
	"github.com/multi-orm/orm/model"
)

// Plan says how an object becomes a row of a model; made once, when the source opens.
type Plan struct {
	model  *model.Model
	names  []string       // of the columns in step with the model's fields
	fields map[string]int // the same by name; what stands beside the columns follows their number

	beside int
	whole  bool   // a column that is not there is no NULL
	texted []bool // columns whose numbers and booleans are texts; nil for none
}

// NewPlan makes the plan of m, whose columns have their own names.
func NewPlan(m *model.Model) *Plan {
	p := &Plan{model: m, names: make([]string, len(m.Fields)), fields: make(map[string]int, len(m.Fields))}
	for i, f := range m.Fields {
		p.names[i], p.fields[f.Column] = f.Column, i
	}
	return p
}

// NewWirePlan makes a plan of columns that a wire calls names, "" for those that it does not know, and of other members
// beside them. All that is asked of an object must be there. texted tells the columns whose numbers and booleans are texts.
func NewWirePlan(m *model.Model, names []string, texted []bool, beside ...string) *Plan {
	p := &Plan{model: m, names: names, texted: texted, beside: len(beside), whole: true, fields: make(map[string]int, len(names)+len(beside))}
	for i, name := range names {
		if name != "" {
			p.fields[name] = i
		}
	}
	for i, name := range beside {
		p.fields[name] = len(names) + i
	}
	return p
}

// Reader reads rows, one after the other.
type Reader struct {
	*Plan
	values [][]byte // of the current item in step with the model's fields; nil where it has none
	usual  []int    // the field of the n-th member in the item before: most APIs keep an order
	text   []byte   // the texts of a row in one piece
	built  Weight   // of the JSON columns and arrays of one reply
	most   int
	null   []byte
}

// Reader makes a reader for replies of at most so many rows.
func (p *Plan) Reader(most int) *Reader {
	return &Reader{Plan: p, values: make([][]byte, len(p.names)+p.beside), most: most, null: []byte("null")}
}

// Read takes an item apart without making a row of it, for what stands beside the columns.
func (r *Reader) Read(item []byte) error { return r.read(item) }

// Begin begins a reply.
func (r *Reader) Begin() { r.built = Weight{} }

// Beside gives the i-th of the other members of the item that was read last, nil where it has none.
func (r *Reader) Beside(i int) []byte { return r.values[len(r.names)+i] }

// read takes an item apart. Of members with one name the last counts; those that are no column are skipped.
func (r *Reader) read(item []byte) error {
	if item[0] != '{' {
		return upstream(r.model, nil, "the reply has "+KindOf(item)+" where a row, an object, belongs")
	}
	clear(r.values)
	m := jsonstream.MembersOf(item)
	for n := 0; ; n++ {
		name, value, ok := m.Next()
		if !ok {
			return nil
		}
		if i := r.field(name, n); i >= 0 {
			r.values[i] = value
		}
	}
}

// field finds the place of the n-th member, -1 for none.
func (r *Reader) field(name []byte, n int) int {
	if n < len(r.usual) {
		if i := r.usual[n]; i >= 0 && i < len(r.names) && jsonstream.Is(name, r.names[i]) {
			return i
		}
	}
	i, ok := r.fields[string(name)]
	if !jsonstream.Plain(name) {
		i, ok = r.fields[string(jsonstream.AppendText(nil, name))]
	}
	if !ok {
		i = -1
	}
	if n < len(r.usual) {
		r.usual[n] = i
	} else if n == len(r.usual) && n < 2*len(r.values)+8 {
		r.usual = append(r.usual, i)
	}
	return i
}

// Decode puts the columns of one item into a row. JSON types are taken strictly: text is no number,
// but for whole numbers that are written as texts.
func (r *Reader) Decode(fields []*model.Field, item []byte, row unsafe.Pointer) error {
	if err := r.read(item); err != nil {
		return err
	}
	r.room(fields)
	for _, f := range fields {
		v := r.values[f.Index]
		if v == nil {
			if r.whole || !f.Nullable {
				return upstream(r.model, f, "the reply has no "+strconv.Quote(r.names[f.Index]))
			}
			v = r.null
		}
		if err := r.put(f, v, row); err != nil {
			return err
		}
	}
	return nil
}

// Over puts what the reply to a write tells of the row into row. required columns must be there; others that are not
// keep what was sent.
func (r *Reader) Over(required []*model.Field, item []byte, row unsafe.Pointer) error {
	if err := r.Decode(required, item, row); err != nil {
		return err
	}
	r.room(r.model.Fields)
	for _, f := range r.model.Fields {
		if v := r.values[f.Index]; v != nil {
			if err := r.put(f, v, row); err != nil {
				return err
			}
		}
	}
	return nil
}

// room makes one piece of memory for the texts of a row.
func (r *Reader) room(fields []*model.Field) {
	n := 0
	for _, f := range fields {
		if v := r.values[f.Index]; f.Kind == model.String && len(v) > 2 {
			n += len(v) - 2 // an escape is never shorter than what it says
		}
	}
	r.text = nil
	if n > 0 {
		r.text = make([]byte, 0, n)
	}
}

// string gives a text out of the row's piece, which is not written again.
func (r *Reader) string(quoted []byte) string {
	from := len(r.text)
	r.text = jsonstream.AppendText(r.text, quoted[1:len(quoted)-1])
	if len(r.text) == from {
		return ""
	}
	return unsafe.String(&r.text[from], len(r.text)-from)
}

// count bounds what the JSON columns and arrays of one reply may be made of.
func (r *Reader) count(f *model.Field, v []byte) error {
	if r.built.Add(v); r.built.exceeds(r.most) {
		return fault.New(fault.ErrLimit, r.model.Name, f.Name, fmt.Sprintf("the JSON columns and arrays of the reply hold more objects and lists than %d, or more values than %d, for each of MaxRows (%d) rows", ObjectsPerRow, ValuesPerRow, r.most))
	}
	return nil
}
