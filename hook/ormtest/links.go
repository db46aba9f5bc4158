package ormtest

import (
	"reflect"
	"strings"

	"github.com/multi-orm/orm/internal/rawsql"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// loose is two rows of one tenant that only a link row of the other tenant ties together.
type loose struct {
	me          *side
	relation    *model.Relation
	row, target reflect.Value
}

func (s *suite) plantLoose() bool {
	for _, x := range s.subjects {
		for _, r := range x.model().Relations {
			link := s.linkModel(r)
			if link == nil || link.Tenant == nil || x.model().Tenant == nil || r.Target.Tenant == nil || root(x.model()) || root(r.Target) {
				continue
			}
			for _, me := range s.sides {
				l := loose{me: me, relation: r, row: s.make(x, me), target: s.make(s.subject(r.Target), me)}
				tied := s.make(s.subject(link), s.other(me))
				for _, step := range []func() error{
					func() error { return x.create(bypass(), s.db, l.row) },
					func() error { return s.subject(r.Target).create(bypass(), s.db, l.target) },
					func() error {
						tie(tied, &reference{fields: columns(link, r.Through.Local), remote: r.Local}, l.row)
						tie(tied, &reference{fields: columns(link, r.Through.Remote), remote: r.Remote}, l.target)
						return s.subject(link).create(bypass(), s.db, tied)
					},
				} {
					if err := step(); err != nil {
						s.t.Errorf("ormtest: planting a foreign link row in %s: %v", link.Name, err)
						return false
					}
				}
				s.loose = append(s.loose, l)
			}
		}
	}
	return true
}

func (s *suite) subject(m *model.Model) subject {
	for _, x := range s.subjects {
		if x.model() == m {
			return x
		}
	}
	return nil
}

// plantLinks fills link tables that have no model, each tenant's rows with its own and with the other's.
func (s *suite) plantLinks() bool {
	seen := map[string]bool{}
	for _, x := range s.subjects {
		for _, r := range x.model().Relations {
			if r.Through == nil || s.linkModel(r) != nil || seen[r.Through.Schema+"."+r.Through.Table] {
				continue
			}
			seen[r.Through.Schema+"."+r.Through.Table] = true
			for _, me := range s.sides {
				for _, to := range s.sides {
					if !s.link(r, me, to) {
						return false
					}
				}
			}
		}
	}
	return true
}

func (s *suite) link(r *model.Relation, from, to *side) bool {
	if len(from.rows[r.Model]) == 0 || len(to.rows[r.Target]) == 0 {
		return true
	}
	src, err := s.session.SourceOf(r.Model)
	sql, ok := src.(source.SQL)
	if err != nil || !ok {
		return true
	}
	d := sql.Dialect()
	var names, marks []string
	var args []model.Value
	add := func(cols []string, fields []*model.Field, row reflect.Value) {
		for i, c := range cols {
			names = append(names, d.Quote(c))
			args = append(args, load(row, fields[i]))
			marks = append(marks, d.Placeholder(len(args)))
		}
	}
	add(r.Through.Local, r.Local, from.rows[r.Model][0].row)
	add(r.Through.Remote, r.Remote, to.rows[r.Target][0].row)
	table := d.Quote(r.Through.Table)
	if r.Through.Schema != "" {
		table = d.Quote(r.Through.Schema) + "." + table
	}
	in := *s.session
	in.Only = src
	if _, err := rawsql.Exec(bypass(), &in, "INSERT INTO "+table+" ("+strings.Join(names, ", ")+") VALUES ("+strings.Join(marks, ", ")+")", args); err != nil {
		s.t.Errorf("ormtest: planting a row in the link table %s: %v", r.Through.Table, err)
		return false
	}
	return true
}
