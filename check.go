package orm

import (
	"context"
	"strconv"

	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/source"
)

// Finding is one thing that Check found: a column that the table lacks, a role that row policies do not bind.
type Finding = source.Finding

// Check compares the models with the live schema of every source that can tell, and lints security where row
// policies are relied upon (rls.Native). A column tagged scope= whose scope is not registered is found whatever
// the source. An empty result means that nothing was found. Where a finding makes
// the row policies void, because the role is the tables' owner, a superuser or BYPASSRLS, or a table has
// none, the error is ErrDenied beside the findings.
func (db DB) Check(ctx context.Context) ([]Finding, error) {
	if err := db.usable(); err != nil {
		return nil, err
	}
	out := unregistered(db.s)
	for _, src := range db.s.Sources() {
		c, ok := src.(source.Checker)
		if !ok {
			continue
		}
		found, err := c.Check(ctx, db.s.ModelsOf(src), db.s.Registry().HasSettings())
		if err != nil {
			return nil, fault.Fill(err, "check", "", src.Name())
		}
		out = append(out, found...)
	}
	for _, f := range out {
		if f.Void {
			return out, &Error{Op: "check", Model: f.Model, Source: f.Source, Err: ErrDenied, Detail: f.Detail}
		}
	}
	return out, nil
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
