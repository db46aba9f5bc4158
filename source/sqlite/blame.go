package sqlite

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	driver "modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/blame"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/sqldb"
	"github.com/multi-orm/orm/model"
)

// foreignKey is what SQLite says of every foreign key, whatever the table.
const foreignKey = "FOREIGN KEY constraint failed"

// restricted reports ON DELETE RESTRICT, which SQLite carries out with a trigger of its own.
func restricted(e *driver.Error) bool {
	return e.Code() == lib.SQLITE_CONSTRAINT_TRIGGER && strings.Contains(e.Error(), foreignKey)
}

// told reads what SQLite says of a constraint: it has the names in its words alone, which are always English.
func told(e *driver.Error) (t blame.Told, ok bool) {
	words := e.Error()
	after := func(sign string) (rest string, ok bool) {
		_, rest, ok = strings.Cut(words, sign)
		if at := strings.LastIndex(rest, " ("); at >= 0 { // the code
			rest = rest[:at]
		}
		return rest, ok
	}
	switch e.Code() {
	case lib.SQLITE_CONSTRAINT_NOTNULL:
		t.Kind = blame.Required
	case lib.SQLITE_CONSTRAINT_UNIQUE, lib.SQLITE_CONSTRAINT_PRIMARYKEY, lib.SQLITE_CONSTRAINT_ROWID:
		t.Kind = blame.Unique
	case lib.SQLITE_CONSTRAINT_CHECK:
		t.Kind = blame.Check
		rest, ok := after("CHECK constraint failed: ")
		switch {
		case !ok:
		case isName(rest):
			t.Constraint = rest
		default:
			t.Columns = []string{rest}
		}
		return t, ok
	case lib.SQLITE_CONSTRAINT_DATATYPE:
		t.Kind = blame.Form
		rest, ok := after(" column ")
		t.Table, t.Columns = split(rest)
		return t, ok
	default:
		return t, false
	}
	rest, ok := after("constraint failed: ")
	if _, again, twice := strings.Cut(rest, "constraint failed: "); twice { // the driver says it before SQLite does
		rest = again
	}
	if name, index := strings.CutPrefix(rest, "index '"); index {
		t.Constraint = strings.TrimSuffix(name, "'")
		return t, ok
	}
	t.Table, t.Columns = split(rest)
	return t, ok
}

// split reads t.a, t.b.
func split(names string) (table string, columns []string) {
	for name := range strings.SplitSeq(names, ", ") {
		t, c, ok := strings.Cut(name, ".")
		if !ok {
			return "", nil
		}
		table, columns = t, append(columns, c)
	}
	return table, columns
}

// isName tells the name of a constraint from its text.
func isName(s string) bool {
	for _, c := range s {
		if c != '_' && (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') && c < 0x80 {
			return false
		}
	}
	return s != ""
}

// located names the fields of a refusal that the database tells nothing of: what was computed, and foreign keys.
func (d *DataSource) located(err error, st builder.Statement) {
	e, ok := err.(*fault.Error) //nolint:errorlint // made by fail, not wrapped yet
	if !ok || e.Field != "" {
		return
	}
	var lost lostReference
	var said *driver.Error
	switch {
	case errors.As(err, &lost):
		blame.Locate(e, st.Root(), d.models, lost.told)
	case errors.As(err, &said) && said.Code()&0xff == lib.SQLITE_ERROR && outOfRange(said.Error()):
		blame.Locate(e, st.Root(), d.models, blame.Told{Kind: blame.Range, Suspects: blame.Computed(st)})
	case errors.As(err, &said) && said.Code()&0xff == lib.SQLITE_MISMATCH && len(st.Root().Key) == 1:
		blame.Locate(e, st.Root(), d.models, blame.Told{Kind: blame.Form, Suspects: st.Root().Key})
	}
}

// lostReference is a foreign key that failed, and which one.
type lostReference struct {
	error
	told blame.Told
}

func (l lostReference) Unwrap() error { return l.error }

// mostProbed bounds the rows that are looked at to find out which foreign key failed.
const mostProbed = 200

// probe finds out which foreign key a statement broke, on its connection: SQLite tells that there is one.
func (d *DataSource) probe(ctx context.Context, c *sqldb.Conn, st builder.Statement, err error) error {
	var e *driver.Error
	if !errors.As(err, &e) || e.Code() != lib.SQLITE_CONSTRAINT_FOREIGNKEY && !restricted(e) {
		return err
	}
	m := st.Root()
	if t, ok := d.leadingNowhere(ctx, c, st, m); ok {
		return lostReference{err, t}
	}
	if t, ok := referring(ctx, c, st, m); ok {
		return lostReference{err, t}
	}
	return err
}

type reference struct {
	ID    int
	Table string
	From  string
	To    string
}

func (d *DataSource) leadingNowhere(ctx context.Context, c *sqldb.Conn, st builder.Statement, m *model.Model) (t blame.Told, ok bool) {
	if st.Verb() == "delete" {
		return t, false
	}
	var all []reference
	const list = "SELECT json_group_array(json_object('ID', id, 'Table', \"table\", 'From', \"from\", 'To', coalesce(\"to\", ''))) FROM pragma_foreign_key_list(?1)"
	if !ask(ctx, c, &all, list, m.Table) {
		return t, false
	}
	byKey := map[int][]reference{}
	for _, r := range all {
		byKey[r.ID] = append(byKey[r.ID], r)
	}
	var suspects []blame.Told
	for id := range len(byKey) {
		key := byKey[id]
		told := blame.Told{Kind: blame.Lost, Table: m.Table}
		for _, r := range key {
			told.Columns = append(told.Columns, r.From)
		}
		switch missing, sure := absent(ctx, c, st, m, key); {
		case missing && sure:
			return told, true
		case missing:
			suspects = append(suspects, told)
		}
	}
	if len(suspects) == 1 {
		return suspects[0], true
	}
	return t, false
}

// absent reports whether a row that is written refers to one that is not there; it is not sure where that row may be
// among those that are written, or cannot be asked for.
func absent(ctx context.Context, c *sqldb.Conn, st builder.Statement, m *model.Model, key []reference) (missing, sure bool) {
	r := key[0]
	f := blame.Column(m, r.From)
	if len(key) > 1 || f == nil || r.To == "" {
		return f != nil, false
	}
	n, self := 0, strings.EqualFold(r.Table, m.Table)
	text := "SELECT EXISTS (SELECT 1 FROM " + quoteName(r.Table) + " WHERE " + quoteName(r.To) + " = ?1)"
	blame.Values(st, f, func(v model.Value) {
		if n++; n > mostProbed || missing || v.IsNull() {
			return
		}
		arg, err := bind(v)
		if err != nil {
			return
		}
		there, err := c.Value(ctx, text, arg)
		if missing = err == nil && there == int64(0); missing {
			sure = !self
		}
	})
	return missing, sure
}

// referring gives the table whose rows refer to those of m: the one that there is, or that refers to the row of st.
func referring(ctx context.Context, c *sqldb.Conn, st builder.Statement, m *model.Model) (t blame.Told, ok bool) {
	var all []reference
	const list = "SELECT json_group_array(json_object('Table', s.name, 'From', p.\"from\")) FROM sqlite_schema s, pragma_foreign_key_list(s.name) p WHERE s.type = 'table' AND p.\"table\" = ?1 COLLATE NOCASE"
	if !ask(ctx, c, &all, list, m.Table) || len(all) == 0 {
		return t, false
	}
	t = blame.Told{Kind: blame.Held, Table: all[0].Table}
	one := true
	for _, r := range all {
		one = one && r.Table == t.Table
		t.Columns = append(t.Columns, r.From)
	}
	if one && len(all) == 1 {
		return t, true
	}
	key, known := keyOf(st, m)
	for _, r := range all {
		if !known {
			break
		}
		refers, err := c.Value(ctx, "SELECT EXISTS (SELECT 1 FROM "+quoteName(r.Table)+" WHERE "+quoteName(r.From)+" = ?1)", key)
		if err == nil && refers == int64(1) {
			return blame.Told{Kind: blame.Held, Table: r.Table, Columns: []string{r.From}}, true
		}
	}
	return t, one
}

// keyOf gives the one key that a delete or an update names.
func keyOf(st builder.Statement, m *model.Model) (any, bool) {
	var where builder.Conjunction
	switch q := st.(type) {
	case *builder.Delete:
		where = q.Where
	case *builder.Update:
		where = q.Where
	}
	for i := range where.Len() {
		if e := where.At(i); len(m.Key) == 1 && e.Op == builder.OpEq && e.Field == m.Key[0] {
			v, err := bind(e.Value)
			return v, err == nil
		}
	}
	return nil, false
}

func ask(ctx context.Context, c *sqldb.Conn, into any, text, table string) bool {
	v, err := c.Value(ctx, text, table)
	said, ok := v.(string)
	return err == nil && ok && json.Unmarshal([]byte(said), into) == nil
}

func quoteName(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

func outOfRange(words string) bool {
	return strings.Contains(words, "integer overflow") || strings.Contains(words, "orm_decimal: out of range")
}
