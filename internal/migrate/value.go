package migrate

import (
	"strings"

	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/ddl"
	"github.com/multi-orm/orm/model"
)

// initial is the expression for rows that a new column finds: what the library gives to rows that it creates. ok is false where there
// is none, or none that SQL can say.
func initial(d dialect.Dialect, f *model.Field) (expression string, ok bool) {
	switch {
	case f.Default == model.FillLiteral:
		return ddl.LiteralDefault(d, f)
	case f.Default == model.FillDatabase && f.DBDefault != "":
		return "(" + f.DBDefault + ")", true
	case f.Default == model.FillUUID:
		return madeUUID(d, f), true
	case (f.Default == model.FillNow || f.Default == model.NoFill && f.Update == model.FillNow) && f.TimeForm == model.TimeNative:
		return now(d, f), true
	case f == f.Model.Version:
		return "0", true
	}
	return "", false
}

// saidDefault is the default that a model says for a column.
func saidDefault(d dialect.Dialect, c *ddl.Column) (expression string, ok bool) {
	if _, made, ok := strings.Cut(c.Type, " DEFAULT "); ok && c.Made && !strings.Contains(c.Type, " GENERATED ") {
		return made, true
	}
	return initial(d, c.Field)
}

// now is the moment, or the midnight UTC before it where the column keeps days.
func now(d dialect.Dialect, f *model.Field) string {
	switch d.Name() {
	case dialect.SQLServer{}.Name():
		return "SYSUTCDATETIME()"
	case dialect.SQLite{}.Name():
		if f.Civil == model.Day {
			return "(CURRENT_DATE || ' 00:00:00')"
		}
	default:
		if f.Civil == model.Day {
			return "((CURRENT_TIMESTAMP AT TIME ZONE 'UTC')::date)"
		}
	}
	return "CURRENT_TIMESTAMP"
}

func madeUUID(d dialect.Dialect, f *model.Field) string {
	_, text, _ := strings.Cut(d.ColumnType(dialect.Type{Kind: dialect.UUID}, true), " DEFAULT ")
	if f.Kind == model.String && d.Name() == (dialect.Postgres{}).Name() {
		return text + "::text"
	}
	return text
}
