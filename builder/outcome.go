package builder

import (
	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/fault"
)

// Outcome is a dialect that can tell, in the row that an upsert gives back, whether it was inserted.
type Outcome interface {
	// Inserted is an expression of RETURNING: 1 for a row that was inserted, 0 for one that was there.
	Inserted() string
}

// TellsOutcome reports whether an upsert on d says by itself what it did.
func TellsOutcome(d dialect.Dialect) bool {
	_, ok := d.(Outcome)
	return ok
}

// inserted adds what an upsert did to the columns that it gives back, as the one column of the link row.
func (c *compiler) inserted(q *Insert) (string, error) {
	d, ok := c.d.(Outcome)
	if !ok || len(q.Returning) == 0 {
		return "", fault.New(fault.ErrUnsupported, q.Model.Name, "", "an upsert on "+c.d.Name()+" does not say whether it inserted the row")
	}
	c.columns = append(c.columns, Column{Field: countField, Link: true})
	return ", " + d.Inserted(), nil
}
