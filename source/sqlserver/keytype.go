package sqlserver

import (
	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

var _ source.Collated = (*DataSource)(nil)

// keyTypeQuery takes no type of texts for what compares byte by byte: whatever its collation, blanks at the end say nothing.
const keyTypeQuery = `SELECT 'known' + CASE WHEN c.collation_name IS NULL THEN ' exact:' ELSE ' text:nvarchar('
	+ CASE WHEN c.max_length = -1 OR t.name IN ('text', 'ntext') OR t.name IN ('varchar', 'char') AND c.max_length > 4000 THEN 'max' ELSE '4000' END + ') COLLATE ' + c.collation_name END
FROM sys.columns AS c JOIN sys.types AS t ON t.user_type_id = c.user_type_id WHERE c.object_id = OBJECT_ID(@p1) AND c.name = @p2`

// KeyType asks the catalogue.
func (d *DataSource) KeyType(m *model.Model, f *model.Field) (text string, args []model.Value) {
	return keyTypeQuery, []model.Value{model.StringOf(dialect.Table(d.Dialect(), m.Schema, m.Table)), model.StringOf(f.Column)}
}
