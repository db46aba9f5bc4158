package builder

import (
	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/model"
)

// Question appends what tells one question from another: the model, the conditions with their values, the order and
// which rows are seen, deleted ones or not. It does not depend on the source, the page or the process.
func (q *Select) Question(b []byte) ([]byte, error) {
	w := shaper{d: dialect.Postgres{}, key: b, asking: true}
	bare := Select{Model: q.Model, Where: q.Where, Order: q.Order, Deleted: q.Deleted, Err: q.Err}
	bare.shape(&w)
	if w.err != nil {
		return nil, w.err
	}
	for i := range q.Order.Len() { // positions of columns move when a struct changes, names do not
		if f := q.Order.At(i).Field; f != nil {
			w.name(f.Column)
			w.byte(byte(f.Kind))
		}
	}
	for _, v := range w.args {
		w.key = model.AppendKey(w.key, v)
	}
	return w.key, nil
}

func (s *shaper) name(text string) {
	s.number(len(text))
	s.key = append(s.key, text...)
}
