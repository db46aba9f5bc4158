package orm

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/schemafit"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
	"github.com/multi-orm/orm/source/catalogue"
)

// Finding is one thing that Check found: a column that the table lacks, a role that row policies do not bind.
type Finding = source.Finding

// CheckOption is an option of [DB.Check]: [WithAdvice].
type CheckOption func(*checkOptions)

type checkOptions struct{ advice bool }

// WithAdvice makes Check tell advice too: what works as it is and could be better. Such findings have Advice set: relations
// without a foreign key or an index, tenant columns that no index begins with, fields that are wider than their column.
func WithAdvice() CheckOption { return func(o *checkOptions) { o.advice = true } }

// Check compares the models with the live schema of every source, and lints security where row
// policies are relied upon (rls.Native). A column tagged scope= whose scope is not registered is found whatever
// the source. An empty result means that nothing was found. Where a finding makes
// the row policies void, because the role is the tables' owner, a superuser or BYPASSRLS, or a table has
// none, the error is ErrDenied beside the findings.
//
// It reads the catalogue of each SQL source once, and finds tables and columns that are missing, columns whose type, size,
// digits or listed values do not suit the field, NULL where the field has none, columns that a new row must give and the
// model lacks, columns that the database makes and the model would write, keys and unique sets that the tags claim and the
// table has not, or holds so late that no upsert can go by them, two models of one table, and foreign keys that lead elsewhere
// than the relation. What keeps rows from being created is no finding of a model whose fields are all readonly. A view is
// compared by its columns. HTTP sources have no tables. A SQL source that cannot tell its catalogue says so as advice. Findings are in the order of the sources, the
// models and their fields.
func (db DB) Check(ctx context.Context, opts ...CheckOption) ([]Finding, error) {
	if err := db.usable(); err != nil {
		return nil, err
	}
	var o checkOptions
	for _, opt := range opts {
		if opt == nil {
			return nil, &Error{Op: "check", Err: ErrInvalid, Detail: "an option of Check is nil"}
		}
		opt(&o)
	}
	s := db.s.Begin(ctx)
	defer s.End()
	if s.Err != nil {
		return nil, fault.Fill(s.Err, "check", "", "")
	}
	db = DB{s}
	out := unregistered(s)
	for _, src := range db.s.Sources() {
		found, err := db.checkSource(ctx, src)
		if err != nil {
			return nil, fault.Fill(err, "check", "", src.Name())
		}
		out = append(out, found...)
	}
	if !o.advice {
		out = slices.DeleteFunc(out, func(f Finding) bool { return f.Advice })
	}
	for _, f := range out {
		if f.Void {
			return out, &Error{Op: "check", Model: f.Model, Source: f.Source, Err: ErrDenied, Detail: f.Detail}
		}
	}
	return out, nil
}

// checkSource compares the models of one source with its catalogue, and asks it for what is its own.
func (db DB) checkSource(ctx context.Context, src source.Source) (out []Finding, err error) {
	models := db.s.ModelsOf(src)
	var live *catalogue.Schema
	if _, tells := src.(source.Catalogue); tells {
		if live, err = db.Source(src.Name()).Catalogue(ctx); err != nil {
			return nil, err
		}
		out = schemafit.Compare(models, live)
	} else if _, sql := src.(source.SQL); sql && len(models) > 0 {
		out = append(out, Finding{Source: src.Name(), Advice: true,
			Detail: "the source cannot tell its catalogue: types, keys, unique sets and foreign keys were not compared"})
	}
	if c, ok := src.(source.Checker); ok {
		found, err := c.Check(ctx, models, db.s.Registry().HasSettings(), live)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	inOrder(out, models)
	return out, nil
}

// inOrder brings findings into the order of the models and their fields; those of the source come first.
func inOrder(found []Finding, models []*model.Model) {
	place := map[[2]string]int{}
	n := 1
	for _, m := range models {
		place[[2]string{m.Name, ""}] = n
		n++
		for _, f := range m.Fields {
			place[[2]string{m.Name, f.Name}] = n
			n++
		}
		for _, r := range m.Relations {
			place[[2]string{m.Name, r.Name}] = n
			n++
		}
	}
	slices.SortStableFunc(found, func(a, b Finding) int {
		return cmp.Compare(place[[2]string{a.Model, a.Field}], place[[2]string{b.Model, b.Field}])
	})
}

// unregistered finds the columns tagged scope= that no scope holds: their rows are not kept apart.
func unregistered(s *session) (out []Finding) {
	for _, m := range s.Models() {
		for _, f := range m.Scopes {
			if s.Registry().Holds(f) {
				continue
			}
			found := Finding{Model: m.Name, Field: f.Name,
				Detail: "the scope " + strconv.Quote(f.Scope) + " is not registered, so nothing keeps its rows apart: register rls.Scope with DB.Use"}
			if src, err := s.SourceOf(m); err == nil {
				found.Source = src.Name()
			}
			out = append(out, found)
		}
	}
	return out
}
