package introspect

import (
	"strings"
	"time"

	"github.com/multi-orm/orm/internal/migrate"
)

// planOptions are those of Plan and of its files.
type planOptions struct {
	migrate.Options

	destructive bool
	now         func() time.Time
}

func planOption(name string, set func(*planOptions) error) Option {
	return Option{name, planning, func(o *options) error { return set(&o.plan) }}
}

// Destructive writes destructive steps into the files as the others, where they would stand as comments. Plan takes it.
func Destructive() Option {
	return planOption("Destructive", func(o *planOptions) error { o.destructive = true; return nil })
}

// UnmappedColumns plans to drop the columns that no field maps, of tables that a model maps. Such steps are Destructive. Plan takes it.
func UnmappedColumns() Option {
	return planOption("UnmappedColumns", func(o *planOptions) error { o.DropColumns = true; return nil })
}

// UnmappedIndexes plans to drop the indexes and unique sets that no model asks for, of tables that a model maps, but for those that a foreign
// key leads to. Such steps are Destructive. Plan takes it.
func UnmappedIndexes() Option {
	return planOption("UnmappedIndexes", func(o *planOptions) error { o.DropIndexes = true; return nil })
}

// UnmappedTables plans to drop the tables that no model maps, of the schemas that models of the source are in, but for those of migration tools
// and those that bear the name of another source's model. Such steps are Destructive. Plan takes it.
func UnmappedTables() Option {
	return planOption("UnmappedTables", func(o *planOptions) error { o.DropTables = true; return nil })
}

// Fill says the value that rows without one get in a column, named "table.column" or "schema.table.column": an SQL expression, which
// stands in the files as it is here and may name other columns of the row. A NOT NULL column then needs no Destructive step. A name that no
// model maps is ErrInvalid. Plan takes it.
func Fill(column, expression string) Option {
	return planOption("Fill", func(o *planOptions) error {
		if strings.TrimSpace(expression) == "" || strings.Contains(expression, ";") || strings.Contains(expression, "--") || strings.Contains(expression, "/*") {
			return invalid("", "the value of Fill for "+column+" is no expression: it is not empty and holds neither a semicolon nor a comment")
		}
		if o.Fills == nil {
			o.Fills = map[string]string{}
		}
		o.Fills[column] = expression
		return nil
	})
}

// Concurrently makes the indexes of tables that are there while others go on writing, on PostgreSQL: each in a file of its own,
// outside a transaction. Plan takes it; other databases have no such thing, and it says nothing to them.
func Concurrently() Option {
	return planOption("Concurrently", func(o *planOptions) error { o.Concurrently = true; return nil })
}

// NotValid adds constraints in two steps on PostgreSQL: new rows are held to them at once, and those that are there are looked into
// afterwards, without a lock that stops others. Plan takes it; it says nothing to other databases.
func NotValid() Option {
	return planOption("NotValid", func(o *planOptions) error { o.NotValid = true; return nil })
}

// ForeignKeysOn says that the connection which runs the files enforces foreign keys (PRAGMA foreign_keys = ON), as SQLite does only where it
// is told to. To make a table anew to which keys with an action lead (ON DELETE CASCADE, SET NULL, SET DEFAULT) the steps then switch them
// off and on again, outside a transaction; no SQL can do that only where they were on, so that the files fail before they do anything where they
// are off, and without the option where they are on. Where such a file fails, the connection may be left with foreign keys off or in a
// transaction: close it, or run ROLLBACK and PRAGMA foreign_keys = ON there. Plan takes it; it says nothing to other databases.
func ForeignKeysOn() Option {
	return planOption("ForeignKeysOn", func(o *planOptions) error { o.ForeignKeysOn = true; return nil })
}

// Clock is where the times in the names of files come from; time.Now where nothing is said. WriteFiles takes it.
func Clock(now func() time.Time) Option {
	return Option{"Clock", filing, func(o *options) error {
		if now == nil {
			return invalid("", "the clock is nil")
		}
		o.plan.now = now
		return nil
	}}
}
