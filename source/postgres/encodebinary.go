package postgres

import (
	"encoding/binary"
	"math"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/multi-orm/orm/model"
)

// appendBinary writes the binary form of v for the type, or fails with noBinary.
func appendBinary(b []byte, oid uint32, v model.Value) ([]byte, error) {
	switch v.Kind() {
	case model.BoolValue:
		if oid != pgtype.BoolOID {
			return b, noBinary
		}
		if v.Bool() {
			return append(b, 1), nil
		}
		return append(b, 0), nil
	case model.IntValue:
		return appendInt(b, oid, v.Int())
	case model.UintValue:
		if v.Uint() <= math.MaxInt64 {
			return appendInt(b, oid, int64(v.Uint()))
		}
		if integral(oid) {
			return b, outOfRange
		}
		return b, noBinary
	case model.FloatValue:
		return appendFloat(b, oid, v.Float())
	case model.TimeValue:
		return appendTime(b, oid, v.Micros())
	case model.UUIDValue:
		switch {
		case oid == pgtype.UUIDOID || oid == pgtype.ByteaOID:
			return append(b, v.UUID()[:]...), nil
		case textual(oid):
			return append(b, uuidText(*v.UUID())...), nil
		}
		return b, noBinary
	case model.StringValue:
		return appendDocument(b, oid, share(v.Str()))
	case model.BytesValue:
		if oid == pgtype.UUIDOID && len(v.Bytes()) == 16 {
			return append(b, v.Bytes()...), nil
		}
		return appendDocument(b, oid, v.Bytes())
	case model.ListValue:
		if textual(oid) { // an array in an array travels as its literal
			return appendLiteral(b, v.List())
		}
		return b, notScalar
	case model.AnyValue:
		if doc, ok := v.Any().(model.JSONText); ok {
			return appendDocument(b, oid, doc)
		}
	}
	return b, noBinary
}

func appendInt(b []byte, oid uint32, x int64) ([]byte, error) {
	switch oid {
	case pgtype.Int8OID:
		return binary.BigEndian.AppendUint64(b, uint64(x)), nil
	case pgtype.Int4OID:
		if int64(int32(x)) != x {
			return b, outOfRange
		}
		return binary.BigEndian.AppendUint32(b, uint32(x)), nil
	case pgtype.Int2OID:
		if int64(int16(x)) != x {
			return b, outOfRange
		}
		return binary.BigEndian.AppendUint16(b, uint16(x)), nil
	case pgtype.OIDOID:
		if int64(uint32(x)) != x {
			return b, outOfRange
		}
		return binary.BigEndian.AppendUint32(b, uint32(x)), nil
	case pgtype.Float8OID, pgtype.Float4OID:
		if x > 1<<53 || x < -1<<53 { // may not be exact: the server shall say what it becomes
			return b, noBinary
		}
		return appendFloat(b, oid, float64(x))
	}
	return b, noBinary
}

func appendFloat(b []byte, oid uint32, x float64) ([]byte, error) {
	switch {
	case oid == pgtype.Float8OID:
		return binary.BigEndian.AppendUint64(b, math.Float64bits(x)), nil
	case oid == pgtype.Float4OID:
		if math.IsInf(float64(float32(x)), 0) && !math.IsInf(x, 0) {
			return b, outOfRange
		}
		return binary.BigEndian.AppendUint32(b, math.Float32bits(float32(x))), nil
	case integral(oid):
		if x != math.Trunc(x) {
			return b, inexact
		}
		if x < -1<<63 || x >= 1<<63 {
			return b, outOfRange
		}
		return appendInt(b, oid, int64(x))
	}
	return b, noBinary
}

func appendTime(b []byte, oid uint32, micros int64) ([]byte, error) {
	switch oid {
	case pgtype.TimestamptzOID, pgtype.TimestampOID:
		if micros <= math.MinInt64+epochMicros { // the smallest number is minus infinity
			return b, outOfRange
		}
		return binary.BigEndian.AppendUint64(b, uint64(micros-epochMicros)), nil
	case pgtype.DateOID:
		days := floorDiv(micros, 86_400_000_000) - epochDays
		if days <= math.MinInt32 || days >= math.MaxInt32 {
			return b, outOfRange
		}
		return binary.BigEndian.AppendUint32(b, uint32(int32(days))), nil
	}
	return b, noBinary
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// appendDocument writes what is bytes already.
func appendDocument(b []byte, oid uint32, doc []byte) ([]byte, error) {
	switch {
	case oid == pgtype.ByteaOID:
		return append(b, doc...), nil
	case oid == pgtype.JSONBOID:
		b = append(b, 1) // the version of the format
	case textual(oid) || oid == pgtype.JSONOID:
	default:
		return b, noBinary
	}
	return appendPlain(b, doc)
}
