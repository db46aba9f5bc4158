package postgres

import "github.com/jackc/pgx/v5/pgtype"

// The formats of the protocol.
const (
	textFormat   int16 = 0
	binaryFormat int16 = 1
)

// elemOf gives the element type of the array types whose elements have a binary form here; 0 for others.
func elemOf(oid uint32) uint32 {
	switch oid {
	case pgtype.BoolArrayOID:
		return pgtype.BoolOID
	case pgtype.Int2ArrayOID:
		return pgtype.Int2OID
	case pgtype.Int4ArrayOID:
		return pgtype.Int4OID
	case pgtype.Int8ArrayOID:
		return pgtype.Int8OID
	case pgtype.OIDArrayOID:
		return pgtype.OIDOID
	case pgtype.Float4ArrayOID:
		return pgtype.Float4OID
	case pgtype.Float8ArrayOID:
		return pgtype.Float8OID
	case pgtype.TextArrayOID:
		return pgtype.TextOID
	case pgtype.VarcharArrayOID:
		return pgtype.VarcharOID
	case pgtype.BPCharArrayOID:
		return pgtype.BPCharOID
	case pgtype.NameArrayOID:
		return pgtype.NameOID
	case pgtype.ByteaArrayOID:
		return pgtype.ByteaOID
	case pgtype.TimestamptzArrayOID:
		return pgtype.TimestamptzOID
	case pgtype.TimestampArrayOID:
		return pgtype.TimestampOID
	case pgtype.DateArrayOID:
		return pgtype.DateOID
	case pgtype.UUIDArrayOID:
		return pgtype.UUIDOID
	case pgtype.JSONArrayOID:
		return pgtype.JSONOID
	case pgtype.JSONBArrayOID:
		return pgtype.JSONBOID
	}
	return 0
}

// textual reports whether the binary form of a type is its text.
func textual(oid uint32) bool {
	switch oid {
	case pgtype.TextOID, pgtype.VarcharOID, pgtype.BPCharOID, pgtype.NameOID, pgtype.UnknownOID, pgtype.XMLOID:
		return true
	}
	return false
}

// plainScalar reports whether a type is known to be no array and no composite, so that a list cannot be meant.
func plainScalar(oid uint32) bool {
	switch oid {
	case pgtype.BoolOID, pgtype.Int2OID, pgtype.Int4OID, pgtype.Int8OID, pgtype.OIDOID, pgtype.Float4OID, pgtype.Float8OID,
		pgtype.NumericOID, pgtype.ByteaOID, pgtype.TimestamptzOID, pgtype.TimestampOID, pgtype.DateOID, pgtype.TimeOID,
		pgtype.UUIDOID, pgtype.JSONOID, pgtype.JSONBOID:
		return true
	}
	return textual(oid)
}
