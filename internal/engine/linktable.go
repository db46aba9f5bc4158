package engine

import (
	"reflect"
	"strings"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/entity"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

type linkTable struct{ source, schema, table string }

// LinkRow is what the link columns of a many-to-many relation are read into.
type LinkRow struct {
	Type   reflect.Type
	Fields []*model.Field
}

// LinkRow gives the row of r, made once.
func (e *Engine) LinkRow(r *model.Relation) *LinkRow {
	if v, ok := e.linkRows.Load(r); ok {
		return v.(*LinkRow)
	}
	t, fields := builder.LinkRow(r)
	v, _ := e.linkRows.LoadOrStore(r, &LinkRow{t, fields})
	return v.(*LinkRow)
}

// LinkEnds is the link table of a relation: its model, and the columns that hold either end.
type LinkEnds struct {
	Model         *model.Model
	Local, Remote []*model.Field
	Made          bool            // no struct describes the table: its rows are links of the relation and nothing else
	Back          *model.Relation // from a related row to its link rows
}

// bindLinkTables makes models of the link tables that no struct describes, so that link rows are written like others.
func (e *Engine) bindLinkTables() {
	e.LinkEnds = map[*model.Relation]*LinkEnds{}
	for _, m := range e.models {
		for _, r := range m.Relations {
			if r.Through == nil {
				continue
			}
			lm := e.LinkModel(r)
			made := lm == nil
			if made {
				lm = model.LinkTable(r)
				e.Bound[lm] = e.Bound[m]
			}
			ends := &LinkEnds{Model: lm, Local: entity.ByColumn(lm, r.Through.Local), Remote: entity.ByColumn(lm, r.Through.Remote), Made: made}
			ends.Back = &model.Relation{Model: r.Target, Name: r.Name, Index: backIndex(r, made), Target: lm, Many: true, Local: r.Remote, Remote: ends.Remote}
			e.LinkEnds[r] = ends
		}
	}
}

// backIndex numbers the way from a related row to its link rows, behind the relations that the target has: statements are
// kept by what they hold, and the number tells relations of one model apart, in engines that share a source too.
func backIndex(r *model.Relation, made bool) int {
	n := (int(r.Model.ID)<<10 | r.Index) << 1
	if made {
		n++
	}
	return len(r.Target.Relations) + n
}

// LinkModel gives the model behind the link table of r, if it has one. Not every database tells the case of a
// table's name or the default schema from none, so a table that could be the one is.
func (e *Engine) LinkModel(r *model.Relation) *model.Model {
	t := r.Through
	if t == nil {
		return nil
	}
	if m := e.linkIn(e.BoundTo(r.Model), t); m != nil || e.BoundTo(r.Target) == e.BoundTo(r.Model) {
		return m
	}
	return e.linkIn(e.BoundTo(r.Target), t)
}

// linkIn gives the model behind the link table t of the source src.
func (e *Engine) linkIn(src source.Source, t *model.Through) *model.Model {
	if m := e.links[linkTable{src.Name(), t.Schema, t.Table}]; m != nil {
		return m
	}
	for _, m := range e.models {
		if e.BoundTo(m) == src && strings.EqualFold(m.Table, t.Table) && (strings.EqualFold(m.Schema, t.Schema) || usual(m.Schema) && usual(t.Schema)) {
			return m
		}
	}
	return nil
}

// usual reports whether a schema may be the one that is meant where none is said.
func usual(schema string) bool {
	switch strings.ToLower(schema) {
	case "", "public", "dbo", "main":
		return true
	}
	return false
}

// sameTable reports whether two models of src may be of one table. PostgreSQL alone tells names in other letters apart.
func sameTable(src source.Source, m, o *model.Model) bool {
	same := strings.EqualFold
	if sql, ok := src.(source.SQL); ok && sql.Dialect().Name() == (dialect.Postgres{}).Name() {
		same = func(a, b string) bool { return a == b }
	}
	return same(m.Table, o.Table) && (same(m.Schema, o.Schema) || usual(m.Schema) && usual(o.Schema))
}

// unclearLink tells that the link table of r may be that of a model which names another schema, or none: which one a database means
// hangs on the connection, and the model's scopes must not. "" where there is no doubt.
func (e *Engine) unclearLink(r *model.Relation) string {
	t := r.Through
	if t == nil || e.LinkModel(r) != nil {
		return ""
	}
	for _, m := range e.models {
		if src := e.BoundTo(m); src != nil && (src == e.BoundTo(r.Model) || src == e.BoundTo(r.Target)) && strings.EqualFold(m.Table, t.Table) && (m.Schema == "" || t.Schema == "") {
			return "through=" + t.Table + " may be the table of " + m.Name + ": say the same schema in both"
		}
	}
	return ""
}

// linkable tells why the many-to-many relation r cannot be followed; "" where it can, or is none. Where its ends are
// in two sources, rows of the link table are read for themselves, so the table needs a model: it says in which
// source they are, and whose they are.
func (e *Engine) linkable(r *model.Relation) string {
	if r.Through == nil || e.Bound[r.Model] == nil || e.Bound[r.Target] == nil || !e.Apart(r) {
		return ""
	}
	m := e.LinkModel(r)
	if m == nil {
		return "through across sources needs a model of the table \"" + r.Through.Table + "\" in the source of either end: give it to orm.Models"
	}
	for _, end := range []struct {
		columns []string
		fields  []*model.Field
	}{{r.Through.Local, r.Local}, {r.Through.Remote, r.Remote}} {
		fs := entity.ByColumn(m, end.columns)
		if fs == nil {
			return "the model " + m.Name + " of the link table lacks a column that through= names"
		}
		for i, f := range fs {
			if !model.Comparable(f, end.fields[i]) {
				return m.Name + "." + f.Name + " cannot be compared with " + end.fields[i].Model.Name + "." + end.fields[i].Name
			}
		}
	}
	return ""
}
