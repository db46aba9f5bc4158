package model

import "slices"

// keepShard adds the shard keys of both ends to the columns of a relation, so that whatever follows it stays on one machine:
// joins, filters, includes, links and what is written through it, whether or not a scope binds the tenant. The rows that are
// related are then those of one tenant. A link table holds the key in a column of the name that it has in the model of the
// relation.
func (r *Relation) keepShard() {
	here, there := r.Model.ShardKey, r.Target.ShardKey
	if here == nil || there == nil {
		return
	}
	t := r.Through
	if t == nil {
		for i, f := range r.Local {
			if f == here && i < len(r.Remote) && r.Remote[i] == there {
				return
			}
		}
		r.Local, r.Remote = with(r.Local, here), with(r.Remote, there)
		return
	}
	for _, end := range []struct {
		fields  *[]*Field
		columns *[]string
		key     *Field
	}{{&r.Local, &t.Local, here}, {&r.Remote, &t.Remote, there}} {
		if !slices.Contains(*end.fields, end.key) {
			*end.fields, *end.columns = with(*end.fields, end.key), with(*end.columns, here.Column)
		}
	}
}

// with is append that leaves the array behind list alone.
func with[T any](list []T, x T) []T { return append(list[:len(list):len(list)], x) }

// IsKey reports whether fs are the primary key in its order. The shard key, which relations add, may stand beside it or be left out.
func (m *Model) IsKey(fs []*Field) bool {
	rest := func(list []*Field) []*Field {
		if m.ShardKey == nil || !slices.Contains(list, m.ShardKey) {
			return list
		}
		return slices.DeleteFunc(slices.Clone(list), func(f *Field) bool { return f == m.ShardKey })
	}
	return slices.Equal(rest(fs), rest(m.Key))
}
