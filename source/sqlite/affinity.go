package sqlite

import (
	"database/sql/driver"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// admit refuses decimals that a table of another program would round: a column declared numeric(10,2) makes numbers of
// SQLite's own of them. ask gives the one value of a query.
func (d *DataSource) admit(st builder.Statement, ask func(text string) (driver.Value, error)) error {
	m := st.Root()
	if !hasDecimals(m) {
		return nil
	}
	rounds, err := d.rounding(m, ask)
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

func hasDecimals(m *model.Model) bool {
	for _, f := range m.Fields {
		if f.Decimal != nil {
			return true
		}
	}
	return false
}

// rounding are the decimal columns of a table that SQLite would keep as numbers, with the types that make it do so.
type rounding map[*model.Field]string

// rounding asks the table once; one that is not there yet is asked again.
func (d *DataSource) rounding(m *model.Model, ask func(text string) (driver.Value, error)) (rounding, error) {
	if known, ok := d.rounds.Load(m); ok {
		return known.(rounding), nil
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
	out := rounding{}
	for _, f := range m.Fields {
		if typ, ok := types[strings.ToLower(f.Column)]; ok && f.Decimal != nil && !keepsText(typ) {
			out[f] = typ
		}
	}
	d.rounds.Store(m, out)
	return out, nil
}

func quoteText(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// keepsText tells by the declared type whether text stays text (https://sqlite.org/datatype3.html, section 3.1).
func keepsText(typ string) bool {
	typ = strings.ToUpper(typ)
	for _, rule := range []struct {
		word  string
		keeps bool
	}{{"INT", false}, {"CHAR", true}, {"CLOB", true}, {"TEXT", true}, {"BLOB", true}} {
		if strings.Contains(typ, rule.word) {
			return rule.keeps
		}
	}
	return typ == ""
}

func (r rounding) checkSets(sets []builder.Set) error {
	for i := range sets {
		s := &sets[i]
		typ, rounds := r[s.Field]
		switch {
		case !rounds:
		case s.Op == builder.SetValue:
			if err := r.check(s.Field, s.Value); err != nil {
				return err
			}
		case s.Op == builder.SetInc, s.Op == builder.SetMul:
			return fault.New(fault.ErrUnsupported, s.Field.Model.Name, s.Field.Name, "what is computed might have more digits than SQLite keeps in a column that the table declares "+typ+": declare it TEXT, as orm.CreateTables does")
		}
	}
	return nil
}

func (r rounding) check(f *model.Field, v model.Value) error {
	typ, rounds := r[f]
	if !rounds || v.IsNull() {
		return nil
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
