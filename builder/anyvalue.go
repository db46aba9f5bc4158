package builder

import (
	"database/sql/driver"
	"reflect"
	"time"

	"github.com/multi-orm/orm/model"
)

// ValueOf makes a Value of a plain Go value that belongs to no column: an argument of SQL text.
func ValueOf(v any) model.Value {
	switch x := v.(type) {
	case nil:
		return model.Null()
	case model.Value:
		return x
	case bool:
		return model.BoolOf(x)
	case int:
		return model.IntOf(int64(x))
	case int64:
		return model.IntOf(x)
	case string:
		return model.StringOf(x)
	case float64:
		return model.FloatOf(x)
	case []byte:
		return model.BytesOf(x)
	case time.Time:
		return model.TimeOf(x)
	case [16]byte:
		return model.UUIDOf(&x)
	case driver.Valuer:
		return model.AnyOf(x)
	}
	rv := reflect.ValueOf(v)
	switch rv.Kind() {
	case reflect.Bool:
		return model.BoolOf(rv.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return model.IntOf(rv.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return model.UintOf(rv.Uint())
	case reflect.Float32, reflect.Float64:
		return model.FloatOf(rv.Float())
	case reflect.String:
		return model.StringOf(rv.String())
	case reflect.Pointer:
		if rv.IsNil() {
			return model.Null()
		}
		return ValueOf(rv.Elem().Interface())
	case reflect.Slice, reflect.Array:
		if rv.Type().Elem().Kind() == reflect.Uint8 {
			break
		}
		l := make(model.List, rv.Len())
		for i := range l {
			l[i] = ValueOf(rv.Index(i).Interface())
		}
		return model.ListOf(l)
	}
	return model.AnyOf(v)
}
