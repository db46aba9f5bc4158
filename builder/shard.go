package builder

import "github.com/multi-orm/orm/dialect"

// mostShardRows is up to how many rows of a model with a shard key are inserted by a list of values, which a router reads and
// sends to where it belongs. It need not read the arrays of more rows, which come through the coordinator.
const mostShardRows = 500

// Lists reports whether the rows of the insert travel as one list for each column.
func (q *Insert) Lists(d dialect.Dialect) bool {
	if q.Rows < 2 || d.Bulk() != dialect.Unnest || len(q.Fields) == 0 {
		return false
	}
	return q.Model.ShardKey == nil || q.Rows > mostShardRows || q.Rows*len(q.Fields) > d.Limits().Params/2 // scopes and assignments have arguments too
}

// spread reports whether the update may touch rows of several shards: no scope or condition names one.
func (q *Update) spread() bool {
	key := q.Model.ShardKey
	if key == nil {
		return false
	}
	names := func(e *Expr) bool { return e.Op == OpEq && e.Field == key && e.Ext == nil }
	for i := range q.Where.Len() {
		if e := q.Where.At(i); names(e) {
			return false
		}
	}
	for i := range q.Scopes {
		if names(&q.Scopes[i].Expr) {
			return false
		}
	}
	return true
}
