package postgres

import (
	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

var _ source.Collated = (*DataSource)(nil)

// keyTypeQuery takes text and varchar with a deterministic collation for what compares byte by byte. Other types of texts,
// citext and char(n) among them, have rules of their own. A domain compares as the type below it. Databases without
// nondeterministic collations lack the column that tells of them, so it is looked for in the row.
const keyTypeQuery = `SELECT 'known'
	|| CASE WHEN b.typcategory = 'S' THEN ' text' ELSE '' END
	|| CASE WHEN b.typcategory <> 'S' OR b.oid IN ('pg_catalog.text'::pg_catalog.regtype, 'pg_catalog.varchar'::pg_catalog.regtype)
		AND COALESCE(pg_catalog.to_jsonb(c) ->> 'collisdeterministic', 'true') = 'true' THEN ' exact' ELSE '' END
	|| ':' || pg_catalog.format_type(b.oid, -1)
	|| CASE WHEN c.oid IS NULL OR c.collname = 'default' THEN '' ELSE ' COLLATE ' || pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.collname) END
FROM pg_catalog.pg_attribute a
JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
JOIN pg_catalog.pg_type b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END
LEFT JOIN pg_catalog.pg_collation c ON c.oid = a.attcollation
LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.collnamespace
WHERE a.attrelid = to_regclass($1) AND a.attname = $2 AND NOT a.attisdropped`

// KeyType asks the catalogue.
func (d *DataSource) KeyType(m *model.Model, f *model.Field) (text string, args []model.Value) {
	return keyTypeQuery, []model.Value{model.StringOf(dialect.Table(d.Dialect(), m.Schema, m.Table)), model.StringOf(f.Column)}
}
