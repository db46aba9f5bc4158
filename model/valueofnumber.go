package model

import (
	"encoding/json"
	"math"
	"reflect"
	"strconv"
)

// number takes numbers of any width, and json.Number, if nothing is lost.
func (f *Field) number(rv reflect.Value) (Value, error) {
	switch rv.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return f.intValue(rv.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return f.uintValue(rv.Uint())
	case reflect.Float32, reflect.Float64:
		if f.Kind == Float {
			return f.floatValue(rv.Float())
		}
	case reflect.String:
		if n, ok := rv.Interface().(json.Number); ok {
			return f.jsonNumber(n)
		}
	}
	return Value{}, wrongType
}

func (f *Field) intValue(i int64) (Value, error) {
	switch f.Kind {
	case Int:
		if s := 64 - f.Bits; i<<s>>s != i {
			return Value{}, outOfRange
		}
		return IntOf(i), nil
	case Uint:
		if i < 0 {
			return Value{}, outOfRange
		}
		return f.uintValue(uint64(i))
	}
	if !exactInt(i, f.Bits) {
		return Value{}, inexact
	}
	return f.floatValue(float64(i))
}

func (f *Field) uintValue(u uint64) (Value, error) {
	if f.Kind != Uint {
		if u > math.MaxInt64 {
			return Value{}, outOfRange
		}
		return f.intValue(int64(u))
	}
	if s := 64 - f.Bits; u<<s>>s != u {
		return Value{}, outOfRange
	}
	return UintOf(u), nil
}

// floatValue rounds to float32 as a Go conversion does: 0.1 is meant as the column's 0.1.
func (f *Field) floatValue(x float64) (Value, error) {
	if overflows(x, f.Bits) {
		return Value{}, outOfRange
	}
	if f.Bits == 32 {
		return SingleOf(float32(x)), nil
	}
	return FloatOf(x), nil
}

func (f *Field) jsonNumber(n json.Number) (Value, error) {
	s := string(n)
	switch f.Kind {
	case Int:
		i, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			return Value{}, badNumber(err)
		}
		return f.intValue(i)
	case Uint:
		u, err := strconv.ParseUint(s, 10, 64)
		if err != nil {
			return Value{}, badNumber(err)
		}
		return f.uintValue(u)
	}
	x, err := strconv.ParseFloat(s, f.Bits)
	if err != nil {
		return Value{}, badNumber(err)
	}
	return f.floatValue(x)
}
