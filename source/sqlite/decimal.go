package sqlite

import (
	"database/sql/driver"
	"errors"
	"strconv"

	engine "modernc.org/sqlite"

	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/decimal"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// RegisterDecimals gives a driver of modernc.org/sqlite what decimals need: the collation orm_decimal and the functions
// that compute with them. Databases that Source opens have it. One for FromDB gets it before its first connection:
//
//	db, err := sql.Open("sqlite", "app.db") // opens no connection yet
//	sqlite.RegisterDecimals(db.Driver())
//
// It may be called again. A driver of another package is ErrUnsupported.
func RegisterDecimals(d driver.Driver) error {
	ours, ok := d.(*engine.Driver)
	if !ok {
		return fault.New(fault.ErrUnsupported, "", "", "decimals need the driver modernc.org/sqlite")
	}
	// The one error there is says that the name is taken, by an earlier call.
	_ = ours.RegisterCollationUtf8(dialect.DecimalCollation, decimal.Compare)
	for _, f := range []struct {
		name string
		args int32
		impl func(args []driver.Value) (driver.Value, error)
	}{
		{"orm_decimal_add", 2, combine(decimal.Add)},
		{"orm_decimal_mul", 2, combine(decimal.Multiply)},
		{"orm_decimal_fit", 3, fit},
	} {
		_ = ours.RegisterDeterministicScalarFunction(f.name, f.args, func(_ *engine.FunctionContext, args []driver.Value) (driver.Value, error) { return f.impl(args) })
	}
	for name, average := range map[string]bool{"orm_decimal_sum": false, "orm_decimal_avg": true} {
		_ = ours.RegisterFunction(name, &engine.FunctionImpl{NArgs: 2, Deterministic: true, MakeAggregate: func(engine.FunctionContext) (engine.AggregateFunction, error) {
			return &total{average: average}, nil
		}})
	}
	return nil
}

// The errors of the functions, by which fail knows them.
var (
	errNoDecimal  = errors.New("orm_decimal: the stored text is no number")
	errOutOfRange = errors.New("orm_decimal: out of range")
)

// readNumber reads what a column gives; nil is NULL. Columns of other programs' tables may hold numbers of SQLite's own.
func readNumber(v driver.Value) (*decimal.Number, error) {
	if v == nil {
		return nil, nil
	}
	text, ok := decimalText(v)
	if !ok {
		return nil, errNoDecimal
	}
	n, ok := decimal.Parse(text)
	if !ok {
		return nil, errNoDecimal
	}
	return n, nil
}

func decimalText(v any) (string, bool) {
	switch x := v.(type) {
	case int64:
		return strconv.FormatInt(x, 10), true
	case float64:
		return strconv.FormatFloat(x, 'f', -1, 64), true
	case string:
		return x, true
	case []byte:
		return string(x), true
	}
	return "", false
}

// combine makes a function of two numbers; NULL makes NULL.
func combine(op func(a, b *decimal.Number) *decimal.Number) func([]driver.Value) (driver.Value, error) {
	return func(args []driver.Value) (driver.Value, error) {
		a, err := readNumber(args[0])
		if err != nil || a == nil {
			return nil, err
		}
		b, err := readNumber(args[1])
		if err != nil || b == nil {
			return nil, err
		}
		return kept(op(a, b), 0, 0)
	}
}

// kept writes a number that has no more digits than a column of precision and scale keeps.
func kept(n *decimal.Number, precision, scale int) (driver.Value, error) {
	if !n.Within(precision, scale) {
		return nil, errOutOfRange
	}
	return n.String(), nil
}

// fit rounds a number to what a column keeps, as PostgreSQL does when it computes.
func fit(args []driver.Value) (driver.Value, error) {
	n, err := readNumber(args[0])
	if err != nil || n == nil {
		return nil, err
	}
	precision, _ := args[1].(int64)
	scale, _ := args[2].(int64)
	if precision > 0 {
		n = n.Round(int(scale))
	}
	return kept(n, int(precision), int(scale))
}

// total adds the numbers of a group. Its scale is the greatest of theirs and at least that of the column.
type total struct {
	average bool
	sum     *decimal.Number
	count   int64
}

// Step adds a number. NULL is left out.
func (t *total) Step(_ *engine.FunctionContext, args []driver.Value) error {
	n, err := readNumber(args[0])
	if err != nil || n == nil {
		return err
	}
	if t.sum == nil {
		scale, _ := args[1].(int64)
		t.sum = new(decimal.Number).Round(int(scale))
	}
	t.sum = decimal.Add(t.sum, n)
	t.count++
	return nil
}

// WindowInverse takes a number out again.
func (t *total) WindowInverse(_ *engine.FunctionContext, args []driver.Value) error {
	n, err := readNumber(args[0])
	if err != nil || n == nil {
		return err
	}
	t.sum = decimal.Subtract(t.sum, n)
	t.count--
	return nil
}

// WindowValue gives the sum or the average, NULL of nothing.
func (t *total) WindowValue(*engine.FunctionContext) (driver.Value, error) {
	switch {
	case t.count == 0:
		return nil, nil
	case t.average:
		return decimal.Average(t.sum, t.count).String(), nil
	}
	return kept(t.sum, 0, 0)
}

// Final ends the group.
func (*total) Final(*engine.FunctionContext) {}

// decimalReader writes the zeros that a column of a fixed scale shows, as PostgreSQL does.
func decimalReader(f *model.Field) func(any) (any, error) {
	if f.Decimal == nil {
		return nil
	}
	scale := f.Decimal.Scale
	return func(src any) (any, error) {
		text, ok := decimalText(src)
		if !ok {
			return src, nil // Assign words the error
		}
		if scaled, ok := decimal.Scaled(text, scale); ok && scale > 0 {
			text = scaled
		}
		return text, nil
	}
}
