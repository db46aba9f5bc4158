package model

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/multi-orm/orm/internal/fault"
)

// Ordered is a column of a model's default order.
type Ordered struct {
	Field *Field
	Desc  bool // from large to small, NULL first
}

// ranked is what order= of a column says, until every column is read.
type ranked struct {
	Ordered
	place int
}

// orders reads order=: the place of the column in the default order, and its direction.
func (d *draft) orders(f *Field, tg tag) error {
	text, ok := tg.find("order")
	if !ok {
		return nil
	}
	digits, direction, directed := strings.Cut(text, " ")
	n, err := strconv.Atoi(digits)
	switch {
	case err != nil || n < 1 || strconv.Itoa(n) != digits:
		return fmt.Errorf(`word "order=%s": %q is no place, a whole number from 1: write "order=1" or "order=1 desc"`, text, digits)
	case directed && direction != "asc" && direction != "desc":
		return fmt.Errorf(`word "order=%s": the direction is "asc" or "desc"%s`, text, suggest(direction, []string{"asc", "desc"}))
	case !f.sortable():
		return errors.New(`"order" needs a value that is sorted, not ` + f.Type.String())
	case slices.Contains([]string{"json", "jsonb", "xml"}, strings.ToLower(f.DBType)): // a text here, and no order there
		return fmt.Errorf(`"order" needs a value that is sorted, which a column of type=%s is not`, f.DBType)
	}
	for _, o := range d.ranked {
		if o.place == n {
			return fmt.Errorf(`word "order=%s": place %d is that of field %s already`, text, n, o.Field.Name)
		}
	}
	d.ranked = append(d.ranked, ranked{Ordered{f, direction == "desc"}, n})
	return nil
}

// sortable reports whether every source puts values of the column into the same order, which a cursor can hold.
func (f *Field) sortable() bool {
	switch f.Kind {
	case Bool, Int, Uint, Float, String, Time, UUID, Text:
		return true
	}
	return f.Decimal != nil
}

// settleOrder makes the default order of the places.
func (d *draft) settleOrder() error {
	slices.SortFunc(d.ranked, func(a, b ranked) int { return a.place - b.place })
	for i, o := range d.ranked {
		bad := func(detail string) error {
			return fault.New(fault.ErrInvalid, d.model.Name, o.Field.Name, fmt.Sprintf("tag %q: %s", o.Field.Tag, detail))
		}
		if d.model.Result {
			return bad(`a result has no default order: leave "order" out, and sort the groups with orm.GroupOrder`)
		}
		if o.place != i+1 {
			return bad(fmt.Sprintf(`the places of "order" count from 1 without a gap, and no field has place %d`, i+1))
		}
		d.model.Order = append(d.model.Order, o.Ordered)
	}
	return nil
}
