package httpapi

import (
	"iter"

	"github.com/multi-orm/orm/internal/jsonstream"
)

// items are values in a reply: a list, or the elements of an array, which is not taken apart before they are asked for.
type items struct {
	list  [][]byte
	array []byte
	below []jsonstream.Step // of each element
	n     int               // of the array
}

// arrayItems are the elements of array, which has n of them, or what they have below; elements without it are none.
func arrayItems(array []byte, n int, below []jsonstream.Step) items {
	l := items{array: array, below: below, n: n}
	if len(below) > 0 {
		l.n = 0
		for range l.all() {
			l.n++
		}
	}
	return l
}

func (l *items) len() int {
	if l.array != nil {
		return l.n
	}
	return len(l.list)
}

// all goes over the values.
func (l *items) all() iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for _, v := range l.list {
			if !yield(v) {
				return
			}
		}
		if l.array == nil {
			return
		}
		e := jsonstream.ElementsOf(l.array)
		for v, ok := e.Next(); ok; v, ok = e.Next() {
			if v, ok = jsonstream.Get(v, l.below...); ok && !yield(v) {
				return
			}
		}
	}
}
