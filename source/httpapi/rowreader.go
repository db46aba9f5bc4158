package httpapi

import (
	"fmt"
	"strconv"
	"unsafe"

	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/jsonstream"
	"github.com/multi-orm/orm/model"
)

// rowPlan says how an object becomes a row of a model; made once, when the source opens.
type rowPlan struct {
	model  *model.Model
	fields map[string]int // by column
}

func planRows(m *model.Model) *rowPlan {
	p := &rowPlan{model: m, fields: make(map[string]int, len(m.Fields))}
	for i, f := range m.Fields {
		p.fields[f.Column] = i
	}
	return p
}

// rowReader reads rows, one after the other.
type rowReader struct {
	*rowPlan
	values [][]byte // of the current item in step with the model's fields; nil where it has none
	usual  []int    // the field of the n-th member in the item before: most APIs keep an order
	text   []byte   // the texts of a row in one piece
	built  weight   // of the JSON columns and arrays of one reply
	most   int
	null   []byte
}

func (d *DataSource) rowReader(mp *mapping) *rowReader {
	return &rowReader{rowPlan: mp.rows, values: make([][]byte, len(mp.model.Fields)), most: d.maxRows, null: []byte("null")}
}

// read takes an item apart. Of members with one name the last counts; those that are no column are skipped.
func (r *rowReader) read(item []byte) error {
	if item[0] != '{' {
		return upstream(r.model, nil, "the reply has "+kindOf(item)+" where a row, an object, belongs")
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

// field finds the column of the n-th member, -1 for none.
func (r *rowReader) field(name []byte, n int) int {
	if n < len(r.usual) {
		if i := r.usual[n]; i >= 0 && jsonstream.Is(name, r.model.Fields[i].Column) {
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

// decode puts the columns of one item into a row. JSON types are taken strictly: text is no number,
// but for whole numbers that are written as texts.
func (r *rowReader) decode(fields []*model.Field, item []byte, row unsafe.Pointer) error {
	if err := r.read(item); err != nil {
		return err
	}
	r.room(fields)
	for _, f := range fields {
		v := r.values[f.Index]
		if v == nil {
			if !f.Nullable {
				return upstream(r.model, f, "the reply has no "+strconv.Quote(f.Column))
			}
			v = r.null
		}
		if err := r.put(f, v, row); err != nil {
			return err
		}
	}
	return nil
}

// over puts what the reply to a write tells of the row into row. required columns must be there; others that are not
// keep what was sent.
func (r *rowReader) over(required []*model.Field, item []byte, row unsafe.Pointer) error {
	if err := r.decode(required, item, row); err != nil {
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
func (r *rowReader) room(fields []*model.Field) {
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
func (r *rowReader) string(quoted []byte) string {
	from := len(r.text)
	r.text = jsonstream.AppendText(r.text, quoted[1:len(quoted)-1])
	if len(r.text) == from {
		return ""
	}
	return unsafe.String(&r.text[from], len(r.text)-from)
}

// count bounds what the JSON columns and arrays of one reply may be made of.
func (r *rowReader) count(f *model.Field, v []byte) error {
	if r.built.add(v); r.built.exceeds(r.most) {
		return fault.New(fault.ErrLimit, r.model.Name, f.Name, fmt.Sprintf("the JSON columns and arrays of the reply hold more objects and lists than %d, or more values than %d, for each of MaxRows (%d) rows", objectsPerRow, valuesPerRow, r.most))
	}
	return nil
}
