// Package once keeps a check of a row from running again when the row is tried a second time: Import inserts many rows
// together and, where that fails, each by itself.
package once

import (
	"context"
	"unsafe"
)

type key struct{}

// With gives a context whose checks run once for each row, told apart by their places in memory. It is for one goroutine.
func With(ctx context.Context) context.Context {
	return context.WithValue(ctx, key{}, map[unsafe.Pointer]error{})
}

// Do gives what check said of the row at p the first time.
func Do(ctx context.Context, p unsafe.Pointer, check func() error) error {
	said, ok := ctx.Value(key{}).(map[unsafe.Pointer]error)
	if !ok {
		return check()
	}
	err, ok := said[p]
	if !ok {
		err = check()
		said[p] = err
	}
	return err
}
