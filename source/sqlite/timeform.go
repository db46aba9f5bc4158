package sqlite

import (
	"database/sql/driver"
	"time"

	engine "modernc.org/sqlite"

	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/timetext"
	"github.com/multi-orm/orm/model"
)

// rewriteFunction gives a stored time in the form that the library writes where nothing of it is lost, and as it is where
// something would be.
const rewriteFunction = dialect.TimeFunction + "_rewrite"

// RegisterTimes gives a driver of modernc.org/sqlite the functions that ForeignTimes, RewriteTimes and the clocks of time zones need. Databases that
// Source opens have them. One for FromDB gets them before its first connection, as RegisterDecimals shows. It may be called
// again. A driver of another package is ErrUnsupported.
func RegisterTimes(d driver.Driver) error {
	ours, ok := d.(*engine.Driver)
	if !ok {
		return fault.New(fault.ErrUnsupported, "", "", "times of other forms need the driver modernc.org/sqlite")
	}
	// The one error there is says that the name is taken, by an earlier call.
	_ = ours.RegisterDeterministicScalarFunction(dialect.TimeFunction, 2, func(_ *engine.FunctionContext, args []driver.Value) (driver.Value, error) {
		return oneForm(args[0], formOf(args[1]), true), nil
	})
	_ = ours.RegisterDeterministicScalarFunction(rewriteFunction, 3, func(_ *engine.FunctionContext, args []driver.Value) (driver.Value, error) {
		return oneForm(args[0], formOf(args[1]), args[2] == driver.Value(int64(1))), nil
	})
	clocks := new(zones)
	_ = ours.RegisterDeterministicScalarFunction(dialect.ZoneFunction, 3, func(_ *engine.FunctionContext, args []driver.Value) (driver.Value, error) {
		return clocks.clock(args[0], formOf(args[1]), args[2])
	})
	return nil
}

func formOf(v driver.Value) model.TimeForm {
	n, _ := v.(int64)
	return model.TimeForm(n)
}

// oneForm gives a stored time in the form of its column. What is no time stays as it is, and so does one that is finer than
// the form keeps unless cut says otherwise.
func oneForm(v driver.Value, form model.TimeForm, cut bool) driver.Value {
	t, ok := storedTime(v, form, cut)
	if !ok {
		return v
	}
	at := model.TimeOf(t)
	if form != model.TimeNative {
		at = (&model.Field{TimeForm: form}).StoredTime(at)
	}
	one, err := bind(at)
	if err != nil {
		return v
	}
	return one
}

// storedTime reads a stored time of any form.
func storedTime(v driver.Value, form model.TimeForm, cut bool) (t time.Time, ok bool) {
	switch x := v.(type) {
	case string:
		return readText(x, form, cut)
	case []byte:
		return readText(string(x), form, cut)
	case int64:
		return form.TimeOfInt(x)
	case float64:
		return form.TimeOfFloat(x)
	}
	return time.Time{}, false
}

// readText reads a text to what the form keeps; where nothing may be cut, one that is finer is not read.
func readText(s string, form model.TimeForm, cut bool) (time.Time, bool) {
	micros, finer, ok := timetext.Parse(s)
	kept := form.Cut(micros)
	if !ok || !cut && (finer || kept != micros) {
		return time.Time{}, false
	}
	return time.UnixMicro(kept).UTC(), true
}

// timeReader reads the forms that readTime leaves, just as the function does by which they are compared.
func timeReader(f *model.Field) func(any) (any, error) {
	if f.Kind != model.Time {
		return nil
	}
	return func(src any) (any, error) {
		var text string
		switch x := src.(type) {
		case string:
			text = x
		case []byte:
			text = string(x)
		default:
			return src, nil
		}
		t, ok := readText(text, f.TimeForm, true)
		if !ok {
			name := ""
			if f.Model != nil {
				name = f.Model.Name
			}
			return nil, fault.New(fault.ErrInvalid, name, f.Name, "the stored text is not a valid "+f.Base.String())
		}
		return t, nil
	}
}
