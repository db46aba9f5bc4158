package postgres

import (
	"crypto/sha256"
	"encoding/hex"
	"sync/atomic"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// statement is a text and what is learnt by running it. One is kept with each compiled shape.
type statement struct {
	sql     string
	name    string // on the server, where names mean what the connection says
	columns []builder.Column
	resolve func([]string) ([]builder.Column, error) // of raw text, instead of columns

	plan      atomic.Pointer[plan]
	described atomic.Pointer[pgconn.StatementDescription] // for CacheDescribe
	last      atomic.Int64                                // rows of the last run
}

func newStatement(sql string, columns []builder.Column) *statement {
	return &statement{sql: sql, columns: columns, name: nameOf(sql)}
}

// nameOf follows from the text, so that the same text is the same statement on every connection.
func nameOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "orm_" + hex.EncodeToString(sum[:16])
}

// nameIn is the name of the statement where names mean something else. No SQL text holds a NUL.
func (s *statement) nameIn(in namespace) string {
	if in == "" {
		return s.name
	}
	return nameOf(s.sql + "\x00" + string(in))
}

// statementOf gives what is known of a compiled shape.
func statementOf(c *builder.Compiled) *statement {
	if s, ok := c.State.Load().(*statement); ok {
		return s
	}
	c.State.CompareAndSwap(nil, newStatement(c.SQL, c.Columns))
	return c.State.Load().(*statement)
}

// planFor gives the decoders for a result of these columns, made anew when their types are other ones than last time.
func (s *statement) planFor(fields []pgconn.FieldDescription, m *model.Model, text bool) (*plan, error) {
	if p := s.plan.Load(); p != nil && p.fits(fields) {
		return p, nil
	}
	columns, err := s.columnsOf(fields)
	if err != nil {
		return nil, err
	}
	p, err := newPlan(columns, fields, m, func(_ int, oid uint32, f *model.Field) int16 {
		if text {
			return textFormat
		}
		return formatFor(oid, f)
	})
	if err == nil {
		s.plan.Store(p)
	}
	return p, err
}

// reserve makes room for as many rows as came last time. A stream reuses its memory, so it needs none.
func reserve(rows *source.Rows, n int) {
	if rows == nil || rows.Each != nil || n == 0 {
		return
	}
	rows.Reserve(rows.Len() + n)
	if rows.Links != nil {
		rows.Links.Reserve(rows.Links.Len() + n)
	}
}

// replan makes decoders for a result that came otherwise than it was announced, in the formats it came in.
func (s *statement) replan(fields []pgconn.FieldDescription, m *model.Model, types *pgtype.Map) (*plan, error) {
	columns, err := s.columnsOf(fields)
	if err != nil {
		return nil, err
	}
	p, err := newPlan(columns, fields, m, func(i int, _ uint32, _ *model.Field) int16 { return fields[i].Format })
	if err == nil {
		err = p.foreign(types)
	}
	return p, err
}

// columnsOf gives the columns of the statement, those of raw text by their names.
func (s *statement) columnsOf(fields []pgconn.FieldDescription) ([]builder.Column, error) {
	if s.resolve == nil {
		return s.columns, nil
	}
	names := make([]string, len(fields))
	for i := range fields {
		names[i] = fields[i].Name
	}
	return s.resolve(names)
}
