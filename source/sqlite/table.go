package sqlite

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/sqldb"
)

// table is a table as it is.
type table struct {
	view    bool
	columns map[string]column // by their names in small letters; nil where there is no such table
}

type column struct {
	Type string
	Made bool // by the database
}

// tableOf asks for a table.
func tableOf(ctx context.Context, x sqldb.Executor, d dialect.Dialect, schema, name string) (table, error) {
	from := quoteText(name)
	if schema != "" {
		from += ", " + quoteText(schema)
	} else {
		schema = "main"
	}
	v, err := sqldb.Ask(ctx, x, `SELECT json_object(
		'view', (SELECT type = 'view' FROM `+d.Quote(schema)+`.sqlite_schema WHERE lower(name) = lower(`+quoteText(name)+`) AND type IN ('table', 'view')),
		'columns', (SELECT json_group_object(lower(name), json_object('Type', type, 'Made', hidden)) FROM pragma_table_xinfo(`+from+`)))`)
	if err != nil {
		return table{}, err
	}
	var found struct {
		View    int
		Columns map[string]struct {
			Type string
			Made int
		}
	}
	text, _ := v.(string)
	if err := json.NewDecoder(strings.NewReader(text)).Decode(&found); err != nil {
		return table{}, refuse("the database does not describe its tables")
	}
	t := table{view: found.View != 0}
	for name, c := range found.Columns {
		if t.columns == nil {
			t.columns = map[string]column{}
		}
		t.columns[name] = column{c.Type, c.Made != 0}
	}
	return t, nil
}
