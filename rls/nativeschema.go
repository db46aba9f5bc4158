package rls

import (
	"fmt"
	"reflect"

	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// NativeSchema is NativeSchemaFor PostgreSQL.
func NativeSchema(models ...any) ([]string, error) {
	return NativeSchemaFor(dialect.Postgres{}, models...)
}

// NativeSchemaFor gives the statements that make row policies for the given models in a database of a dialect: PostgreSQL or SQL
// Server; others have none and are ErrUnsupported. A policy holds for what is read and for what is written. The statements are
// safe to run again. Models without a tenant column get none; a many-to-many link table without a model follows the rows it links.
//
// On PostgreSQL run them as the tables' owner, with the other migrations; the policies bind the owner too. On SQL Server each is a
// batch of its own, and a table has no policy between two of them: run them in one transaction, orm.Tx for one. There the policies
// are security policies with a predicate function beside each table; a table whose tag says no schema is one of dbo.
func NativeSchemaFor(d dialect.Dialect, models ...any) ([]string, error) {
	var policies interface {
		tenant(m *model.Model) []string
		link(r *model.Relation) []string
	}
	switch d := d.(type) {
	case dialect.Postgres:
		policies = postgresPolicies{d}
	case dialect.SQLServer:
		policies = sqlServerPolicies{d}
	default:
		name := "nil"
		if d != nil {
			name = d.Name()
		}
		return nil, fault.New(fault.ErrUnsupported, "", "", fmt.Sprintf("NativeSchemaFor makes row policies for PostgreSQL and SQL Server, not for %s", name))
	}
	var out []string
	linked, tables := map[[2]string]bool{}, map[[2]string]bool{} // schema and table
	var read []*model.Model
	for _, v := range models {
		if v == nil {
			return nil, fault.New(fault.ErrInvalid, "", "", "NativeSchema was given nil: give a value of the struct type")
		}
		m, err := model.Of(reflect.TypeOf(v))
		if err != nil {
			return nil, err
		}
		read = append(read, m)
		tables[[2]string{m.Schema, m.Table}] = true
	}
	for _, m := range read {
		if m.Tenant == nil {
			continue
		}
		out = append(out, policies.tenant(m)...)
		for _, r := range m.Relations {
			if err := r.Undecided(); err != nil { // it may go through a table whose rows need a policy
				return nil, err
			}
			t := r.Through
			if t == nil {
				continue
			}
			name := [2]string{t.Schema, t.Table}
			if tables[name] || linked[name] {
				continue
			}
			linked[name] = true
			out = append(out, policies.link(r)...)
		}
	}
	return out, nil
}
