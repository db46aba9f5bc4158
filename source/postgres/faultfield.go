package postgres

import (
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/multi-orm/orm/model"
)

// fieldOf gives the field that the server complains about, nil when it cannot be told.
func fieldOf(m *model.Model, pg *pgconn.PgError) *model.Field {
	if m == nil || pg.TableName != m.Table {
		return nil
	}
	if pg.ColumnName != "" {
		return columnOf(m, pg.ColumnName)
	}
	if pg.ConstraintName == "" {
		return nil
	}
	if len(m.Key) == 1 && pg.ConstraintName == m.Table+"_pkey" {
		return m.Key[0]
	}
	for _, x := range m.Uniques {
		if x.Name == pg.ConstraintName {
			if len(x.Fields) == 1 {
				return x.Fields[0]
			}
			return nil
		}
	}
	return named(m, pg.ConstraintName)
}

// named reads a name made by PostgreSQL's own rule, table_column_kind. A name that joins several columns
// matches none, unless a column has that very name.
func named(m *model.Model, constraint string) *model.Field {
	rest, ok := strings.CutPrefix(constraint, m.Table+"_")
	if !ok {
		return nil
	}
	for _, suffix := range []string{"_key", "_fkey", "_check", "_excl", "_idx"} {
		column, ok := strings.CutSuffix(rest, suffix)
		if !ok {
			continue
		}
		if f := columnOf(m, column); f != nil {
			return f
		}
	}
	return nil
}

func columnOf(m *model.Model, column string) *model.Field {
	for _, f := range m.Fields {
		if f.Column == column {
			return f
		}
	}
	return nil
}
