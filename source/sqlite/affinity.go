package sqlite

import (
	"database/sql/driver"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/schemafit"
	"github.com/multi-orm/orm/model"
)

// admit refuses what a table of another program would bend: a column declared numeric(10,2) makes numbers of SQLite's own
// of decimals, one declared TEXT makes text of numbers. ask gives the one value of a query.
func (d *DataSource) admit(st builder.Statement, ask func(text string) (driver.Value, error)) error {
	m := st.Root()
	if !exact(m) {
		return nil
	}
	rounds, err := d.survey(m, ask)
	if err != nil || len(rounds) == 0 {
		return err
	}
	switch q := st.(type) {
	case *builder.Insert:
		for i, v := range q.Values {
			if err := rounds.check(q.Fields[i%len(q.Fields)], v); err != nil {
				return err
			}
		}
		if q.Conflict != nil {
			return rounds.checkSets(q.Conflict.Set)
		}
	case *builder.Update:
		if q.From != nil {
			var buf []builder.Set
			for i := range q.From.Rows {
				buf = q.From.Sets(i, buf)
				if err := rounds.checkSets(buf); err != nil {
					return err
				}
			}
		}
		return rounds.checkSets(q.Set)
	}
	return nil
}

// exact reports whether m has columns whose values a table could bend: decimals, and times kept as numbers.
func exact(m *model.Model) bool {
	for _, f := range m.Fields {
		if f.Decimal != nil || f.TimeForm != model.TimeNative {
			return true
		}
	}
	return false
}

// bending are the columns of a table that would bend what they are given, with the types that make them do so: decimals
// that SQLite would keep as numbers, times as numbers that it would keep as text or round.
type bending map[*model.Field]string

// surveyed is what the tables of a schema were found to be, while it was at that version.
type surveyed struct {
	version driver.Value
	bends   bending
}

// survey asks a table for its types, again when the schema has changed since, and while the table is not there.
func (d *DataSource) survey(m *model.Model, ask func(text string) (driver.Value, error)) (bending, error) {
	version, err := ask(schemaVersion(d.Dialect(), m.Schema))
	if err != nil {
		return nil, err
	}
	if known, ok := d.surveys.Load(m); ok && known.(surveyed).version == version {
		return known.(surveyed).bends, nil
	}
	from := quoteText(m.Table)
	if m.Schema != "" {
		from += ", " + quoteText(m.Schema)
	}
	v, err := ask("SELECT json_group_object(lower(name), type) FROM pragma_table_info(" + from + ")")
	if err != nil {
		return nil, err
	}
	text, _ := v.(string)
	types := map[string]string{}
	if json.Unmarshal([]byte(text), &types) != nil || len(types) == 0 {
		return nil, nil
	}
	out := bending{}
	for _, f := range m.Fields {
		if typ, ok := types[strings.ToLower(f.Column)]; ok && schemafit.Bends(f, typ) {
			out[f] = typ
		}
	}
	d.surveys.Store(m, surveyed{version, out})
	return out, nil
}

func schemaVersion(d dialect.Dialect, schema string) string {
	if schema == "" {
		schema = "main"
	}
	return "PRAGMA " + d.Quote(schema) + ".schema_version"
}

func quoteText(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

func (r bending) checkSets(sets []builder.Set) error {
	for i := range sets {
		s := &sets[i]
		typ, rounds := r[s.Field]
		switch {
		case !rounds:
		case s.Op == builder.SetValue, s.Field.Decimal == nil:
			if err := r.check(s.Field, s.Value); err != nil {
				return err
			}
		case s.Op == builder.SetInc, s.Op == builder.SetMul:
			return fault.New(fault.ErrUnsupported, s.Field.Model.Name, s.Field.Name, "what is computed might have more digits than SQLite keeps in a column that the table declares "+typ+": declare it TEXT, as orm.CreateTables does")
		}
	}
	return nil
}

func (r bending) check(f *model.Field, v model.Value) error {
	typ, rounds := r[f]
	if !rounds || v.IsNull() {
		return nil
	}
	if f.Decimal == nil {
		return fault.New(fault.ErrInvalid, f.Model.Name, f.Name, "the table declares the column "+typ+", which does not keep the numbers of type="+f.DBType+": declare it so, as orm.CreateTables does")
	}
	x, err := f.StoredDecimal(v)
	if err != nil || survives(x.Str()) {
		return err
	}
	return fault.New(fault.ErrInvalid, f.Model.Name, f.Name, "the value has more digits than SQLite keeps in a column that the table declares "+typ+": declare it TEXT, as orm.CreateTables does")
}

// survives reports whether a number is the same after SQLite has made an integer or a floating-point number of it, of
// which fifteen digits are sure.
func survives(text string) bool {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil && n < 1<<53 && n > -1<<53 {
		return true
	}
	digits := strings.Trim(strings.ReplaceAll(strings.TrimPrefix(text, "-"), ".", ""), "0")
	return len(digits) <= 15 && len(text) <= 300
}
