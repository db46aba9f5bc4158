package client

import (
	"errors"

	"github.com/multi-orm/orm/internal/wire"
	"github.com/multi-orm/orm/model"
)

// names are the columns and relations of a model by what the wire calls them.
type names struct {
	columns   map[string]*model.Field
	relations map[string]*model.Relation
}

var errSameName = errors.New("a column and a relation, or two of a kind, have one name on the wire")

// newNames fails where a name stands twice; at is then the Go name of the second.
func newNames(m *model.Model) (n names, err error) {
	n = names{map[string]*model.Field{}, map[string]*model.Relation{}}
	for _, f := range m.Fields {
		if name, ok := wire.Column(f); ok {
			if n.columns[name] != nil {
				return n, errSameName
			}
			n.columns[name] = f
		}
	}
	for _, r := range m.Relations {
		if name, ok := wire.Relation(r); ok {
			if n.columns[name] != nil || n.relations[name] != nil {
				return n, errSameName
			}
			n.relations[name] = r
		}
	}
	return n, nil
}
