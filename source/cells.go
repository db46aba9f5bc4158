package source

import (
	"time"
	"unsafe"

	"github.com/multi-orm/orm/model"
)

// maxCells bounds the values that share memory: one that is kept keeps those of as many rows.
const maxCells = 16

// Cells hands out the values behind pointer fields, a few of one type from one piece of memory. The zero
// value is ready; it is for the rows of one result.
type Cells struct {
	texts []string
	times []time.Time
	words []uint64 // every number of 64 bits
	grown [3]int
}

// Target is [model.Field.Target].
func (c *Cells) Target(f *model.Field, row unsafe.Pointer) unsafe.Pointer {
	if f.Nulls == model.Pointer {
		var p unsafe.Pointer
		switch f.Kind {
		case model.String:
			p = unsafe.Pointer(cell(&c.texts, &c.grown[0]))
		case model.Time:
			p = unsafe.Pointer(cell(&c.times, &c.grown[1]))
		case model.Int, model.Uint, model.Float:
			if f.Bits == 64 {
				p = unsafe.Pointer(cell(&c.words, &c.grown[2]))
			}
		}
		if p != nil {
			*(*unsafe.Pointer)(f.Place(row)) = p
			return p
		}
	}
	return f.Target(row)
}

// cell takes the first of free; each new piece is twice the last, so that a few rows do not pay for many.
func cell[T any](free *[]T, grown *int) *T {
	if len(*free) == 0 {
		*grown = min(max(1, 2**grown), maxCells)
		*free = make([]T, *grown)
	}
	p := &(*free)[0]
	*free = (*free)[1:]
	return p
}
