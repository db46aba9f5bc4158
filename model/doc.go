// Package model turns tagged structs into metadata, once per type.
//
// [Of] and [For] give the [Model] of a struct. The first call for a type reads its tags and those of
// every type its relations reach, checks the whole graph, and publishes it in one step; later calls
// are a map read without a lock or an allocation. A graph with a fault publishes nothing.
//
// A [Field] is also a codec. [Field.Load] takes a column out of a row as a [Value], [Field.Assign]
// puts what a driver returned into a row, [Field.ValueOf] takes dynamic input by name. They work on
// unsafe.Pointer and offsets, so scalars cost no reflection and no allocation. Errors name the model,
// the field and the types, never a value.
//
// Which Go type becomes which [Kind], first match wins:
//
//   - time.Time, json.RawMessage and anything under the `json` word;
//   - [16]byte and named forms of it are UUIDs, whatever methods they have;
//   - sql.Null[T] and structs of two fields, one of them "Valid bool", are a nullable T;
//   - types with sql.Scanner and driver.Valuer are Scanner columns;
//   - types with encoding.TextMarshaler and TextUnmarshaler are Text columns, even if they are numbers underneath;
//   - the rest goes by its underlying type; a slice of scalars is an Array, whose elements may be NULL where they are
//     pointers or sql.Null.
//
// A column is of decimal numbers, Field.Decimal, where its tag says type=numeric or type=decimal and its Kind is Scanner,
// String or Text; and a Scanner column without a type= where its Go type reads 007 as 7 and refuses letters. Decimals are
// compared and computed exactly, and a value with more digits than numeric(10,2) keeps is refused, not rounded.
//
// A struct may be embedded by pointer, by name with prefix= too. [Field.Peek] reads through such a pointer, a zero value
// where it is nil; [Field.Place], and so everything that writes, makes what is not there. A field that lies in the row
// itself is an offset away, as ever.
//
// Pointers, sql.Null, []byte, arrays, scanners and whatever else can be nil are nullable; all other columns are NOT NULL.
package model
