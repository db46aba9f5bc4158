package engine

import (
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// leaves reports whether a relation leads out of its source.
func (e *Engine) leaves() bool {
	for _, m := range e.models {
		for _, r := range m.Relations {
			if e.Apart(r) {
				return true
			}
		}
	}
	return false
}

// ListItems gives how many of n keys one list argument of src takes.
func ListItems(src source.Source, n int) int {
	if sql, ok := src.(source.SQL); ok {
		return sql.Dialect().Limits().ListItems
	}
	return n
}

// CannotJoin is said of a join over two sources.
const CannotJoin = "strategy=join needs both models in one SQL source: use strategy=lookup"

// Unsupported is what the source of m cannot do.
func (e *Engine) Unsupported(m *model.Model, field, detail string) error {
	return fault.Fill(fault.New(fault.ErrUnsupported, m.Name, field, detail), "", m.Name, e.BoundTo(m).Name())
}

// Apart reports that no single statement can follow r.
func (e *Engine) Apart(r *model.Relation) bool {
	src := e.BoundTo(r.Model)
	return e.BoundTo(r.Target) != src || !Follows(src)
}

// Follows reports that statements on src can follow its relations.
func Follows(src source.Source) bool {
	if _, sql := src.(source.SQL); sql {
		return true
	}
	return src != nil && src.Capabilities().Relations
}
