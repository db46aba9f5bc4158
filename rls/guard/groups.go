package guard

import (
	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/model"
)

// Groups says what GroupBy may ask of T.
type Groups[T any] struct {
	By         Columns[T]  // columns to group by
	Aggregates []Aggregate // what may be computed of each group, and compared in having
}

// Aggregate is a value computed of a group of rows: CountAll, Sum, Avg, Min or Max.
type Aggregate interface{ aggregate() aggregate }

type aggregate struct {
	fn    model.AggFunc
	field *model.Field // nil for CountAll
	err   error
}

func (a aggregate) aggregate() aggregate { return a }

type counting bool

func (counting) aggregate() aggregate { return aggregate{fn: model.AggCount} }

// CountAll is the number of rows of a group: {"_count": true}.
const CountAll counting = true

// Aggregates lists aggregates.
func Aggregates(list ...Aggregate) []Aggregate { return list }

// Sum is the sum of a column: {"_sum": {"priority": true}}. So are Avg, Min and Max written.
func Sum[T any](c orm.Selectable[T]) Aggregate { return aggregateOf(model.AggSum, c) }

// Avg is the average of a column.
func Avg[T any](c orm.Selectable[T]) Aggregate { return aggregateOf(model.AggAvg, c) }

// Min is the smallest value of a column.
func Min[T any](c orm.Selectable[T]) Aggregate { return aggregateOf(model.AggMin, c) }

// Max is the largest value of a column.
func Max[T any](c orm.Selectable[T]) Aggregate { return aggregateOf(model.AggMax, c) }

func aggregateOf[T any](fn model.AggFunc, c orm.Selectable[T]) Aggregate {
	f, err := fieldOf(c)
	return aggregate{fn, f, err}
}
