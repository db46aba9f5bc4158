package httpapi

import (
	"fmt"
	"strings"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
)

// Describe says which requests st would send and what is done here, without any value.
func (d *DataSource) Describe(st *builder.Select) (string, error) {
	r, err := d.plan(st, false)
	if err != nil {
		return "", fault.Fill(err, "", st.Model.Name, d.name)
	}
	w := window{skip: r.skip, take: 1, hasTake: true, page: r.ep.pageFrom + r.pages*r.ep.pageStep, cursor: r.ep.cursorFrom}
	text := r.ep.describe(d.call.Base.EscapedPath(), &r.conds, w, r.say)
	var notes []string
	note := func(on bool, say string) {
		if on {
			notes = append(notes, say)
		}
	}
	switch {
	case r.match.split < 0:
		note(r.ep.paged() && r.limit == 0, "every page")
	case r.match.one:
		notes = append(notes, "one request for each "+r.conds.list[r.match.split].field.Name)
	default:
		notes = append(notes, fmt.Sprintf("one request for each %d of %s", r.ep.keys(), r.conds.list[r.match.split].field.Name))
	}
	note(r.filters, "filtered here")
	note(r.sorts && !r.order.Empty(), "sorted here")
	note(r.cuts && r.limit == 0, "cut here")
	note(st.Distinct, "made distinct here")
	if len(notes) > 0 {
		text += " (" + strings.Join(notes, ", ") + ")"
	}
	return text, nil
}
