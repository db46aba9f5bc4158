package migrate

import (
	"strings"

	"github.com/multi-orm/orm/source/catalogue"
)

const partitioned = "the table is partitioned by it"

// heldBy says what goes by a column of a table.
func heldBy(t *catalogue.Table, h catalogue.Holder) string {
	of := ""
	if h.Table != "" {
		of = " of " + h.Table
	}
	switch h.Kind {
	case "partition key":
		if h.Table == "" {
			return partitioned
		}
		return "the part " + h.Table + " is partitioned by it"
	case "parent":
		return "it is the column" + of + ", which the table inherits from"
	case "type":
		return "the table is of the type " + h.Name
	case "column":
		return "the column " + h.Name + of + " is of the table's row type"
	}
	if h.Kind == "statistics" {
		return "the statistics " + h.Name + " are of it"
	}
	return "the " + h.Kind + " " + h.Name + of + " names it"
}

// byHand is the note on a step that something stands in the way of.
func byHand(engine string, c *Change, holders []string) string {
	return ", and " + engine + " refuses that, since " + list(holders) + ": take away what stands in the way, run " + strings.Join(c.Up, "; ") + ", and make it again"
}
