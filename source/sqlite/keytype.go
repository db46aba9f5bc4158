package sqlite

import (
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

var _ source.Collated = (*DataSource)(nil)

// keyTypeQuery takes a column for one that compares byte by byte where it cannot be otherwise: it belongs to a table, not
// to a view, whose definition names no other collation, and its type leaves text as it is.
const keyTypeQuery = `SELECT CASE
	WHEN s.name IS NULL OR c.name IS NULL THEN 'text'
	WHEN s.type = 'table' AND s.sql NOT LIKE 'create virtual%'
		AND instr(replace(replace(lower(s.sql), 'collate orm_decimal', ''), 'collate binary', ''), 'collate') = 0
		AND instr(upper(c.type), 'INT') = 0
		AND (instr(upper(c.type), 'CHAR') > 0 OR instr(upper(c.type), 'CLOB') > 0 OR instr(upper(c.type), 'TEXT') > 0 OR instr(upper(c.type), 'BLOB') > 0 OR c.type = '')
	THEN 'known text exact' ELSE 'known text' END
FROM (SELECT 1) LEFT JOIN `

// KeyType asks for the definition of the table: SQLite tells the collation of a column nowhere else.
func (d *DataSource) KeyType(m *model.Model, f *model.Field) (text string, args []model.Value) {
	schema, table := m.Schema, quoteText(m.Table)
	if schema == "" {
		schema = "main"
	}
	return keyTypeQuery + d.Dialect().Quote(schema) + ".sqlite_schema AS s ON lower(s.name) = lower(" + table + ") AND s.type IN ('table', 'view')" +
		" LEFT JOIN pragma_table_xinfo(" + table + ", " + quoteText(schema) + ") AS c ON lower(c.name) = lower(" + quoteText(f.Column) + ")", nil
}
