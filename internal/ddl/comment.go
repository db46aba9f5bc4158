package ddl

import "github.com/multi-orm/orm/dialect"

// comments are the statements that give columns their comments, where they have none. PostgreSQL alone keeps them.
func (t *Table) comments(d dialect.Dialect) (out []string) {
	if d.Name() != (dialect.Postgres{}).Name() {
		return nil
	}
	table := dialect.Table(d, t.Schema, t.Name)
	for i := range t.Columns {
		c := &t.Columns[i]
		if c.Comment == "" {
			continue
		}
		there := "SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid = " + Literal(d, table) + "::pg_catalog.regclass AND a.attname = " + Literal(d, c.Name) +
			" AND pg_catalog.col_description(a.attrelid, a.attnum) IS NULL"
		out = append(out, "DO "+Literal(d, "BEGIN IF EXISTS ("+there+") THEN "+CommentOn(d, table, c)+"; END IF; END"))
	}
	return out
}

// CommentOn is the statement that gives a column of a table, which is quoted, its comment.
func CommentOn(d dialect.Dialect, table string, c *Column) string {
	return "COMMENT ON COLUMN " + table + "." + d.Quote(c.Name) + " IS " + Literal(d, c.Comment)
}

// Comments are the statements that give the columns of a new table their comments.
func (t *Table) Comments(d dialect.Dialect) (out []string) {
	for i := range t.Columns {
		if c := &t.Columns[i]; c.Comment != "" && d.Name() == (dialect.Postgres{}).Name() {
			out = append(out, CommentOn(d, dialect.Table(d, t.Schema, t.Name), c))
		}
	}
	return out
}
