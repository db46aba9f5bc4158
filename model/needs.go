package model

import (
	"fmt"
	"strings"

	"github.com/multi-orm/orm/internal/fault"
)

// need is the text of needs= of a computed field, until the relations are known.
type need struct {
	field *Field
	text  string
}

// needs reads needs=, which only computed fields say.
func (d *draft) needs(f *Field, tg tag) error {
	text, ok := tg.find("needs")
	switch {
	case !ok:
		return nil
	case !f.IsComputed:
		return fmt.Errorf(`word "needs=%s" belongs on a computed field`, text)
	}
	d.needed = append(d.needed, need{f, text})
	return nil
}

// detail gives what an error of a lookup says without its prefix.
func detail(err error) string { return strings.TrimPrefix(err.Error(), "orm: ") }

// settleNeeds finds the relations that computed fields need.
func (d *draft) settleNeeds() (errs []error) {
	for _, n := range d.needed {
		for path := range strings.SplitSeq(n.text, "+") {
			var rs []*Relation
			m := d.model
			for name := range strings.SplitSeq(path, ".") {
				r, err := m.Relation(name)
				if err != nil {
					errs = append(errs, fault.New(fault.ErrInvalid, d.model.Name, n.field.Name, fmt.Sprintf(`tag %q: word "needs=%s": %s`, n.field.Tag, n.text, detail(err))))
					rs = nil
					break
				}
				rs, m = append(rs, r), r.Target
			}
			if rs != nil {
				n.field.Needs = append(n.field.Needs, rs)
			}
		}
	}
	return errs
}
