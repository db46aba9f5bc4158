package sqlite

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/schemafit"
	"github.com/multi-orm/orm/internal/sqldb"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// Rewritten is what RewriteTimes did to a column.
type Rewritten struct {
	Model, Field  string // Field is "" for a column of a link table that has no model
	Table, Column string
	Rows          int64 // rewritten
	Left          int64 // left as they were: no times, or finer than the column keeps
}

// RewriteOption changes how RewriteTimes works.
type RewriteOption func(*rewriter)

// CutFractions makes RewriteTimes cut off what is finer than a column keeps, a microsecond where times are text. The library
// reads such a time so anyhow; other programs lose the rest.
func CutFractions() RewriteOption { return func(r *rewriter) { r.cut = 1 } }

type rewriter struct {
	d   *DataSource
	tx  *sqldb.Tx
	cut int
}

// RewriteTimes brings what other programs have written into the columns of times of the models that were opened to the form
// that the library writes, so that conditions, orders and pages take it as the times that it is, by the columns' indexes. It
// is for the deployment of a program, not for its requests: it works beside the hooks and scopes, on every row, in one
// transaction that keeps other writers out. Rows that are in that form already are not touched, so that it may run again.
//
// A row reads as the same time before and after. What cannot be read, and what is finer than the column keeps unless
// CutFractions is given, stays as it is: then the error is ErrInvalid and names the columns, and the rest is done all the
// same. Any other error leaves the file as it was. A database given to FromDB needs RegisterTimes.
func (d *DataSource) RewriteTimes(ctx context.Context, opts ...RewriteOption) ([]Rewritten, error) {
	r := rewriter{d: d}
	for _, o := range opts {
		o(&r)
	}
	out, left, err := r.run(ctx)
	if err != nil {
		return nil, fault.Fill(err, "rewrite times", "", d.Name())
	}
	return out, left
}

func (r *rewriter) run(ctx context.Context) (out []Rewritten, left, err error) {
	tx, err := r.d.Begin(ctx, source.TxOptions{})
	if err != nil {
		return nil, nil, err
	}
	r.tx = tx.(*sqldb.Tx)                     // as Begin makes them
	defer func() { _ = r.tx.Rollback(ctx) }() // after a commit it does nothing
	// Keys and what refers to them are rewritten one after the other.
	if _, err := r.tx.Exec(ctx, "PRAGMA defer_foreign_keys = 1", nil); err != nil {
		return nil, nil, err
	}
	r.d.mu.Lock()
	models := r.d.models
	r.d.mu.Unlock()
	var lefts []error
	for _, c := range timeColumns(models) {
		done, err := r.column(ctx, c)
		if err != nil {
			return nil, nil, fault.Fill(err, "", c.model, "")
		}
		if done.Rows+done.Left > 0 {
			out = append(out, done)
		}
		if done.Left > 0 {
			lefts = append(lefts, &fault.Error{Op: "rewrite times", Model: c.model, Field: done.Field, Source: r.d.Name(), Err: fault.ErrInvalid,
				Detail: fmt.Sprintf("%d rows of the column %s.%s are as they were: what they hold is no time, or finer than the column keeps", done.Left, c.table, c.column)})
		}
	}
	if err := r.tx.Commit(ctx); err != nil {
		return nil, nil, err
	}
	return out, errors.Join(lefts...), nil
}

// column rewrites one column.
func (r *rewriter) column(ctx context.Context, c timeColumn) (Rewritten, error) {
	done := Rewritten{Model: c.model, Table: c.table, Column: c.column}
	if c.field != nil {
		done.Field = c.field.Name
	}
	d := r.d.Dialect()
	t, err := tableOf(ctx, r.tx.Executor, d, c.schema, c.table)
	if err != nil {
		return done, err
	}
	declared, ok := t.columns[strings.ToLower(c.column)]
	if !ok || t.view || declared.Made { // what is not there holds nothing, and what the database makes is not written
		return done, nil
	}
	col, table := d.Quote(c.column), dialect.Table(d, c.schema, c.table)
	others := otherForms(col, c.form)
	if !schemafit.Bends(&model.Field{TimeForm: c.form}, declared.Type) { // else the numbers would be text
		one := fmt.Sprintf("%s(%s, %d, %d)", rewriteFunction, col, c.form, r.cut)
		done.Rows, err = r.tx.Exec(ctx, "UPDATE "+table+" SET "+col+" = "+one+" WHERE "+others+" AND "+one+" IS NOT "+col, nil)
		if err != nil {
			return done, named(err, done.Field)
		}
	}
	left, err := sqldb.Ask(ctx, r.tx.Executor, "SELECT count(*) FROM "+table+" WHERE "+others)
	done.Left, _ = left.(int64)
	return done, named(err, done.Field)
}

func named(err error, field string) error {
	if e, ok := err.(*fault.Error); ok && e.Field == "" { //nolint:errorlint // made here, not wrapped yet
		e.Field = field
	}
	return err
}
