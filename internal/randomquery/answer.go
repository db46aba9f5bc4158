package randomquery

import (
	"bytes"
	"context"
	"encoding/json"
	"reflect"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/engine"
	"github.com/multi-orm/orm/internal/reading"
	"github.com/multi-orm/orm/source"
)

// SessionOf gives what is behind a handle, which takes statements as values.
func SessionOf(db orm.DB) *engine.Session {
	return (*engine.Session)(reflect.ValueOf(db).Field(0).UnsafePointer())
}

// Answer runs st and gives all that came back as text.
func Answer(ctx context.Context, s *engine.Session, st *builder.Select) (string, error) {
	rows := source.Rows{Slab: source.NewSlab(st.Model.Type)}
	if st.Want != builder.WantRows {
		rows.Slab = source.SlabOf[int64](1)
	}
	if err := reading.Read(ctx, s, "All", st, &rows); err != nil {
		return "", err
	}
	return textOf(rows.Slab.Slice().Interface()), nil
}

// Streamed is Answer for a stream, in windows that are smaller than most answers.
func Streamed(ctx context.Context, s *engine.Session, st *builder.Select) (string, error) {
	out := reflect.MakeSlice(reflect.SliceOf(st.Model.Type), 0, 8)
	err := reading.Stream(ctx, s, st, st.Model.Type, 5, func(rows *source.Slab) error {
		for i := range rows.Len() { // the memory may be used again
			out = reflect.Append(out, reflect.NewAt(st.Model.Type, rows.At(i)).Elem())
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	return textOf(out.Interface()), nil
}

func textOf(rows any) string {
	return string(bytes.ReplaceAll(must(json.Marshal(rows)), []byte("null"), []byte("-")))
}

// must gives v, which no error keeps back unless this package is at fault.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
