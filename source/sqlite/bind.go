package sqlite

import (
	"database/sql/driver"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"time"
	"unicode/utf8"

	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// timeFormat has a fixed width, so that text sorts as time does, and is one that SQLite's own functions read.
const timeFormat = "2006-01-02 15:04:05.000000+00:00"

// bind gives arguments as the driver takes them.
func bind(m *model.Model, args []model.Value) ([]any, error) {
	out := make([]any, len(args))
	for i := range args {
		v, err := bound(args[i])
		if err != nil {
			if m != nil {
				err = fault.Fill(err, "", m.Name, "")
			}
			return nil, err
		}
		out[i] = v
	}
	return out, nil
}

func refuse(detail string) error { return fault.New(fault.ErrInvalid, "", "", detail) }

func bound(v model.Value) (any, error) {
	switch v.Kind() {
	case model.NullValue:
		return nil, nil
	case model.BoolValue:
		if v.Bool() {
			return int64(1), nil
		}
		return int64(0), nil
	case model.IntValue:
		return v.Int(), nil
	case model.UintValue:
		if v.Uint() > math.MaxInt64 {
			return nil, refuse("SQLite holds no integer above the largest int64")
		}
		return int64(v.Uint()), nil
	case model.FloatValue:
		if f := v.Float(); math.IsNaN(f) || math.IsInf(f, 0) {
			return nil, refuse("SQLite holds neither NaN nor infinities")
		}
		return v.Float(), nil
	case model.StringValue:
		return v.Str(), nil
	case model.BytesValue:
		return v.Bytes(), nil
	case model.TimeValue:
		return timeText(v.Time())
	case model.UUIDValue:
		return uuidText(*v.UUID()), nil
	case model.ListValue:
		return listText(v.List())
	}
	return boundAny(v.Any())
}

// boundAny binds what only its own type understands.
func boundAny(v any) (any, error) {
	switch x := v.(type) {
	case model.JSONText:
		return string(x), nil
	case driver.Valuer:
		out, err := x.Value()
		if err != nil {
			return nil, refuse(fmt.Sprintf("the Valuer of a %T failed", v))
		}
		switch y := out.(type) {
		case time.Time:
			return timeText(y.UTC())
		case bool:
			return bound(model.BoolOf(y))
		case float64:
			return bound(model.FloatOf(y))
		}
		return out, nil
	}
	return nil, refuse(fmt.Sprintf("a %T cannot be stored: give it a driver.Valuer", v))
}

func timeText(t time.Time) (any, error) {
	if t.Year() < 0 || t.Year() > 9999 {
		return nil, refuse("SQLite keeps times as text, which holds the years 0 to 9999")
	}
	return t.Format(timeFormat), nil
}

func uuidText(u [16]byte) string {
	h := hex.EncodeToString(u[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// listText writes a list as the JSON array that json_each reads; bytes are hexadecimal.
func listText(l model.List) (any, error) {
	items := make([]any, len(l))
	for i := range l {
		v, err := bound(l[i])
		if err != nil {
			return nil, err
		}
		switch x := v.(type) {
		case []byte:
			v = hex.EncodeToString(x)
		case string:
			if !utf8.ValidString(x) {
				return nil, refuse("a list holds text that is not UTF-8")
			}
		}
		items[i] = v
	}
	text, err := json.Marshal(items)
	if err != nil {
		return nil, refuse("the list has no JSON form")
	}
	return string(text), nil
}
