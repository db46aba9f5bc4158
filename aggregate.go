package orm

import (
	"context"
	"reflect"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/reading"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// Readable is what can be read of rows of T: a Query[T] or a Repo[T].
type Readable[T any] interface{ query() Query[T] }

func (q Query[T]) query() Query[T] { return q }

func (r Repo[T]) query() Query[T] { return r.Query() }

// AggregateOption says which groups Aggregate gives, and in which order.
type AggregateOption func(*builder.Aggregation) error

// Aggregate counts, sums and compares the rows of a query in groups. R is a struct. Its fields tagged agg hold
// aggregates of fields of T: count(*), count(Field), count(distinct Field), sum, avg, min and max; of the products of several numbers too, as in
// sum(Quantity*Price), but for counts. Its other fields are
// named as fields of T, or tagged with their columns, and group the rows.
//
//	type ByStatus struct {
//		Status string
//		Orders int64 `orm:"agg=count(*)"`
//		Total  int64 `orm:"agg=sum(Total)"`
//	}
//	rows, err := orm.Aggregate[ByStatus](ctx, orders.Where(Orders.Paid.Eq(true)))
//
// Where, relation filters, WithDeleted and every scope hold as for Count, and hooks see a Count. The groups come in the
// order of their fields unless GroupOrder says another. Without a field that groups there is one row, even of no rows.
//
// A sum of integers is exact; one that int64 cannot hold is ErrInvalid, and on SQLite so is one whose partial sums do
// not fit. A sum of no values is 0, or NULL where the field is a pointer. An average is a float64. Sums and averages of
// decimals are of the column's own type: sums are exact, and averages have the digits that PostgreSQL gives them, sixteen
// that count at least, rounded once with halves away from zero; SQL Server has no such average. A product of integers that int64 cannot hold is
// ErrInvalid; one of decimals, which whole numbers may be factors of, has every digit, and is ErrUnsupported on SQL Server. Where min, max or
// avg have no value, a field that is no pointer is ErrInvalid. Selections, includes, Distinct, locks, orders and pages of
// the query are ErrInvalid. Sources without SQL give ErrUnsupported.
func Aggregate[R, T any](ctx context.Context, q Readable[T], opts ...AggregateOption) ([]R, error) {
	ask := q.query()
	st, err := ask.aggregate(opts, model.For[R])
	if err != nil {
		return nil, fault.Fill(err, "Aggregate", modelName(ask.st.Model), "")
	}
	rows := source.Rows{Slab: source.SlabOf[R](0)}
	if err := reading.Aggregate(ctx, ask.s, st, &rows); err != nil {
		return nil, err
	}
	return source.Take[R](&rows.Slab), nil
}

// AggregateInto is [Aggregate] for a result whose type is made at run time: rows is a pointer to a slice of structs, such as
// reflect.New(reflect.SliceOf(t)).Interface() of a type of reflect.StructOf. The slice is replaced. Each type is read once and
// kept, so a program makes a bounded number of them.
func AggregateInto[T any](ctx context.Context, q Readable[T], rows any, opts ...AggregateOption) error {
	const name = "AggregateInto"
	ask := q.query()
	to := reflect.ValueOf(rows)
	if to.Kind() != reflect.Pointer || to.IsNil() || to.Elem().Kind() != reflect.Slice || to.Elem().Type().Elem().Kind() != reflect.Struct {
		return &Error{Op: name, Model: modelName(ask.st.Model), Err: ErrInvalid, Detail: "rows must be a pointer to a slice of structs"}
	}
	t := to.Elem().Type().Elem()
	st, err := ask.aggregate(opts, func() (*model.Model, error) { return model.Of(t) })
	if err != nil {
		return fault.Fill(err, name, modelName(ask.st.Model), "")
	}
	out := source.Rows{Slab: source.NewSlab(t)}
	if err := reading.Aggregate(ctx, ask.s, st, &out); err != nil {
		return err
	}
	to.Elem().Set(out.Slice())
	return nil
}

func (q *Query[T]) aggregate(opts []AggregateOption, row func() (*model.Model, error)) (*builder.Select, error) {
	if q.st.Err != nil {
		return nil, q.st.Err
	}
	m := q.st.Model
	if what := q.beyondConditions(); what != "" {
		return nil, fault.New(ErrInvalid, m.Name, "", what)
	}
	r, err := row()
	if err != nil {
		return nil, err
	}
	a, err := builder.NewAggregation(r)
	if err != nil {
		return nil, err
	}
	for _, o := range opts {
		if o == nil {
			return nil, fault.New(ErrInvalid, m.Name, "", "an option is nil")
		}
		if err := o(a); err != nil {
			return nil, err
		}
	}
	if err := a.Tie(m); err != nil {
		return nil, err
	}
	return &builder.Select{Model: m, Where: q.st.Where, Deleted: q.st.Deleted, Want: builder.WantGroups, Aggregate: a}, nil
}

// beyondConditions says what of the query does not go with groups.
func (q *Query[T]) beyondConditions() string {
	switch {
	case len(q.st.Includes) > 0 || q.st.Extra != nil:
		return "groups have no relations: leave With and Include out"
	case q.st.Columns != nil:
		return "the result says what is read: leave Select and Omit out"
	case q.st.Distinct:
		return "leave Distinct out: count(distinct Field) counts values that differ"
	case q.st.Lock != builder.NoLock:
		return "groups cannot be locked"
	case q.st.Order.Len() > 0:
		return "groups are sorted with orm.GroupOrder"
	case q.st.HasTake || q.st.Skip > 0:
		return "a page of the rows would be cut before they are grouped: page groups with orm.GroupTake and orm.GroupSkip"
	case q.everyRow:
		return "EveryRow is said of mass writes"
	}
	return ""
}

// Named finds a column of T, or a field of the result R of Aggregate, by Go name or column name.
func Named[T any](name string) Dynamic[T] { return builder.Named[T](name) }

// GroupBy makes a field of the result group by what is computed from a row, in place of a column. The field is named; its type
// is that of the value, or a pointer to it where the value can be NULL. Having and GroupOrder know it as any other.
//
//	type Monthly struct {
//		Month    string
//		Customer *string
//		Revenue  int64 `orm:"agg=sum(Total)"`
//		Paid     int64 `orm:"agg=sum(Total)"`
//	}
//	orm.Aggregate[Monthly](ctx, invoices,
//		orm.GroupBy("Month", Invoices.IssuedAt.Zone(berlin).YearMonth()),
//		orm.GroupBy("Customer", orm.Through(Invoices.Customer, Customers.Name)),
//		orm.AggregateFilter("Paid", Invoices.PaidAt.IsNotNull()))
//
// What is computed of related rows reads those that the caller may see; others group as NULL.
func GroupBy(field string, value builder.Computed) AggregateOption {
	return func(a *builder.Aggregation) error { return a.By(field, value) }
}

// AggregateFilter lets a field of the result that is tagged agg be about those rows of its group only that pass every p.
func AggregateFilter[T any](field string, ps ...Pred[T]) AggregateOption {
	return func(a *builder.Aggregation) error {
		es := make([]builder.Expr, len(ps))
		for i := range ps {
			es[i] = ps[i].Expr()
		}
		return a.Filter(field, es)
	}
}

// Having keeps the groups that pass every p. Its columns are those of the result R: take them from F, Bind or Named. It
// compares them with values; conditions on rows belong in Where.
func Having[R any](ps ...Pred[R]) AggregateOption {
	return func(a *builder.Aggregation) error {
		for i := range ps {
			a.Having.Add(ps[i].Expr())
		}
		return nil
	}
}

// GroupOrder sorts the groups by fields of the result, after those of earlier options.
func GroupOrder[R any](keys ...Order[R]) AggregateOption {
	return func(a *builder.Aggregation) error {
		for _, k := range keys {
			a.Order.Add(k.Key())
		}
		return nil
	}
}

// GroupTake keeps the first n groups; 0 keeps none.
func GroupTake(n int) AggregateOption {
	return func(a *builder.Aggregation) error {
		if n < 0 {
			return fault.New(ErrInvalid, a.Row.Name, "", "GroupTake must not be negative")
		}
		a.Take, a.HasTake = int64(n), true
		return nil
	}
}

// GroupSkip leaves out the first n groups.
func GroupSkip(n int) AggregateOption {
	return func(a *builder.Aggregation) error {
		if n < 0 {
			return fault.New(ErrInvalid, a.Row.Name, "", "GroupSkip must not be negative")
		}
		a.Skip = int64(n)
		return nil
	}
}
