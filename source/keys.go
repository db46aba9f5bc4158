package source

import (
	"strings"

	"github.com/multi-orm/orm/model"
)

// KeyType is what a database tells of a column that holds texts.
type KeyType struct {
	// Exact says that two texts are equal where their bytes are.
	Exact bool
	// As is the SQL type, with its collation, as which a value is compared with the column as the column itself is; "" where
	// that goes without saying.
	As string
	// Text says that the type is one of texts, so that another column of texts can be compared with it.
	Text bool
	// Known says that the column was found. One that was not is asked for again.
	Known bool
}

// Collated is a SQL source whose texts may be equal though their bytes differ, by the collation or the type of a column.
type Collated interface {
	SQL
	// KeyType gives a query that tells the KeyType of a column, as ParseKeyType reads it.
	KeyType(m *model.Model, f *model.Field) (text string, args []model.Value)
}

// ParseKeyType reads the answer to the query of Collated: words, then the type after a colon.
func ParseKeyType(answer string) (k KeyType) {
	words, as, _ := strings.Cut(answer, ":")
	k.As = as
	for _, w := range strings.Fields(words) {
		switch w {
		case "exact":
			k.Exact = true
		case "text":
			k.Text = true
		case "known":
			k.Known = true
		}
	}
	return k
}
