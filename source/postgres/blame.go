package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/blame"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// told gives what the server says of a constraint, by its fields; ok is false where it speaks of none. m is the model of
// the statement, known that of the table which the server names.
func told(m, known *model.Model, pg *pgconn.PgError) (t blame.Told, ok bool) {
	t = blame.Told{Table: pg.TableName, Constraint: pg.ConstraintName, Columns: keyOf(pg.Detail)}
	if pg.ColumnName != "" {
		t.Columns = []string{pg.ColumnName}
	}
	switch pg.Code {
	case "23502":
		t.Kind = blame.Required
	case "23505":
		t.Kind = blame.Unique
	case "23P01":
		t.Kind = blame.Excluded
	case "23514":
		t.Kind, t.Columns = blame.Check, nil // its detail is the row
		if pg.ColumnName != "" {
			t.Columns = []string{pg.ColumnName}
		}
	case "23503":
		t.Kind = blame.Lost
		if m == nil { // at COMMIT, where no statement is spoken of
			m = known
		}
		// the table is the one that refers in both cases; the key is that of the row that is spoken of
		if m != nil && (!strings.EqualFold(m.Table, pg.TableName) || len(t.Columns) > 0 && !blame.Holds(m, t.Columns)) {
			t.Kind, t.Columns = blame.Held, nil
		}
	case "23001":
		t.Kind, t.Columns = blame.Held, nil
	default:
		return t, false
	}
	return t, true
}

// keyOf reads the columns out of a detail such as Key (a, b)=(1, 2) already exists, whatever its language. What comes
// behind them are values.
func keyOf(detail string) []string {
	columns, _, ok := strings.Cut(detail, ")=(")
	if !ok {
		return nil
	}
	if _, columns, ok = strings.Cut(columns, "("); !ok {
		return nil
	}
	var out []string
	depth, from := 0, 0
	for i := range len(columns) {
		switch columns[i] {
		case '(':
			depth++
		case ')':
			depth--
		case ',':
			if depth == 0 {
				out = append(out, strings.TrimSpace(columns[from:i]))
				from = i + 1
			}
		}
	}
	return append(out, strings.TrimSpace(columns[from:]))
}

// blamed names the field whose value the server, or the encoder, did not take. Of values the server tells no column, so
// it is found by what was sent.
func (r *run) blamed(ctx context.Context, err error) error {
	e, ok := err.(*fault.Error) //nolint:errorlint // made by fail, not wrapped yet
	if !ok || r.st == nil || e.Field != "" {
		return err
	}
	fields, failed := builder.ArgumentFields(r.d.Dialect(), r.st)
	if failed != nil || len(fields) != len(r.args) {
		return err
	}
	if at := r.scratch.bad - 1; at >= 0 && at < len(fields) {
		if f := fields[at]; f != nil {
			e.Field = f.Name
			e.Model = f.Model.Name
			e.Detail = strings.TrimPrefix(e.Detail, argument(at))
		}
		return e
	}
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return err
	}
	s := suspicion{st: r.st, args: r.args, fields: fields, oids: make([]uint32, len(r.args))}
	if r.sd != nil && len(r.sd.ParamOIDs) == len(r.args) {
		s.oids = r.sd.ParamOIDs
	}
	t := blame.Told{}
	switch pg.Code {
	case "22001":
		if t.Kind, t.Suspects = blame.Length, s.long(nil); len(t.Suspects) > 1 {
			t.Suspects = s.long(r.limits(ctx))
		}
	case "22003":
		if t.Kind, t.Suspects = blame.Range, blame.Computed(r.st); t.Suspects == nil {
			t.Suspects = s.of(func(_ *model.Field, oid uint32, v model.Value) bool {
				return oid == pgtype.NumericOID || oid == pgtype.Float4OID || oid == 0 && v.Kind() != model.StringValue
			})
		}
	case "22012":
		t.Suspects = blame.Computed(r.st)
	case "22P02", "22P03", "22007", "22008":
		t.Kind, t.Suspects = blame.Form, s.malformed()
	default:
		return err
	}
	if len(t.Suspects) > 0 {
		blame.Locate(e, t.Suspects[0].Model, nil, t)
	}
	return e
}

// suspicion looks for the arguments that may be at fault.
type suspicion struct {
	st     builder.Statement
	args   []model.Value
	fields []*model.Field
	oids   []uint32 // 0 for one that is not known
}

// of gives the columns of arguments that pass, elements of lists one by one.
func (s suspicion) of(pass func(f *model.Field, oid uint32, v model.Value) bool) (out []*model.Field) {
	for i, f := range s.fields {
		if f == nil || has(out, f) {
			continue
		}
		bad := false
		if s.args[i].Kind() == model.ListValue {
			for _, v := range s.args[i].List() {
				bad = bad || !v.IsNull() && pass(f, elemOf(s.oids[i]), v)
			}
		} else {
			bad = !s.args[i].IsNull() && pass(f, s.oids[i], s.args[i])
		}
		if bad {
			out = append(out, f)
		}
	}
	return out
}

func has(fields []*model.Field, f *model.Field) bool {
	for _, x := range fields {
		if x == f {
			return true
		}
	}
	return false
}

// long gives the columns of limited length that are given text. Those whose limit the tags tell are judged by it.
func (s suspicion) long(limits map[string]int) (out []*model.Field) {
	var unsure []*model.Field
	limited := func(f *model.Field, oid uint32, v model.Value) bool {
		switch oid {
		case pgtype.VarcharOID, pgtype.BPCharOID, pgtype.BitOID, pgtype.VarbitOID:
			return true
		}
		return (oid == 0 || oid == pgtype.TextOID) && v.Kind() == model.StringValue && blame.Longest(s.st, f) > 0
	}
	for _, f := range s.of(limited) {
		n := blame.Longest(s.st, f)
		limit := limitOf(f)
		if l, known := limits[f.Column]; known {
			limit = l
		}
		switch {
		case n < 0: // compared with, and no more
		case limit == 0:
			unsure = append(unsure, f)
		case n > limit:
			out = append(out, f)
		}
	}
	if out == nil {
		return unsure
	}
	return out
}

// limits asks the catalog how long texts may be, where the connection is free to. A limit is never told of text columns.
func (r *run) limits(ctx context.Context) map[string]int {
	if r.tx || len(r.settings) > 0 || r.model == nil {
		return nil
	}
	const text = `SELECT attname::text, CASE WHEN atttypmod > 4 THEN atttypmod - 4 ELSE 2147483647 END FROM pg_attribute
		WHERE attrelid = to_regclass($1) AND attnum > 0 AND atttypid IN (25, 1042, 1043)`
	rows, err := r.conn.Query(ctx, text, r.d.nameless(), dialect.Table(r.d.Dialect(), r.model.Schema, r.model.Table))
	if err != nil {
		return nil
	}
	out := map[string]int{}
	var column string
	var limit int
	if _, err := pgx.ForEachRow(rows, []any{&column, &limit}, func() error {
		out[column] = limit
		return nil
	}); err != nil {
		return nil
	}
	return out
}

// limitOf gives the n of type=varchar(n), 0 for none.
func limitOf(f *model.Field) int {
	name, rest, ok := strings.Cut(f.DBType, "(")
	if !ok || !strings.Contains(strings.ToLower(name), "char") {
		return f.Size
	}
	n, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(rest), ")"))
	if err != nil {
		return f.Size
	}
	return n
}

// malformed gives the columns of another type than text that are given text, only those whose text is surely wrong where
// there are such.
func (s suspicion) malformed() []*model.Field {
	text := func(f *model.Field, oid uint32, v model.Value) bool {
		switch oid {
		case 0:
			if typ := strings.ToLower(f.DBType); strings.Contains(typ, "char") || strings.Contains(typ, "text") {
				return false
			}
		case pgtype.TextOID, pgtype.VarcharOID, pgtype.BPCharOID, pgtype.NameOID, pgtype.ByteaOID:
			return false
		}
		k := v.Kind()
		return k == model.StringValue || k == model.BytesValue || k == model.AnyValue
	}
	surely := s.of(func(f *model.Field, oid uint32, v model.Value) bool {
		return text(f, oid, v) && v.Kind() == model.StringValue && !formed(oid, v.Str())
	})
	if len(surely) > 0 {
		return surely
	}
	return s.of(text)
}

// formed reports whether text may have the form of a type; true where that is not known.
func formed(oid uint32, text string) bool {
	text = strings.TrimSpace(text)
	switch oid {
	case pgtype.Int2OID, pgtype.Int4OID, pgtype.Int8OID:
		_, err := strconv.ParseInt(text, 0, 64)
		return err == nil
	case pgtype.Float4OID, pgtype.Float8OID, pgtype.NumericOID:
		_, err := strconv.ParseFloat(text, 64)
		return err == nil
	case pgtype.BoolOID:
		_, err := strconv.ParseBool(text)
		return err == nil
	case pgtype.UUIDOID:
		var u pgtype.UUID
		return u.Scan(text) == nil
	case pgtype.JSONOID, pgtype.JSONBOID:
		return json.Valid([]byte(text))
	case pgtype.DateOID:
		_, err := time.Parse(time.DateOnly, text)
		return err == nil
	}
	return true
}
