package source

import (
	"reflect"
	"unsafe"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/model"
)

// Rows is where a source decodes a result: straight into the memory of the caller's slice.
// For each row a source calls Next, fills the columns through the fields, then calls Done.
type Rows struct {
	// Resolve ties the columns of raw SQL to fields; nil for compiled statements.
	Resolve func(columns []string) ([]builder.Column, error)
	// Each is called when a row is complete; an error stops the read and is returned. Nil to collect.
	Each func() error
	// Early says that Each may well stop the read long before its end, while the transaction has to go on.
	Early bool
	// Links receives what comes beside each row: the parents' keys of a many-to-many load, the number of the row of a
	// statement with joins; nil otherwise.
	Links *Slab
	// Joined receives the rows of the statement's joins: a source takes one where the first column of the join is not NULL.
	Joined []*Slab
	// Inside receives what comes inside the rows, in step with that of the statement.
	Inside []*Inset

	Slab
}

// NextRow gives the memory of the next row, and of the link row beside it when there is one.
func (r *Rows) NextRow() (row, link unsafe.Pointer) {
	if r.Links != nil {
		link = r.Links.Next()
	}
	return r.Next(), link
}

// NextJoined gives the memory of the next row of a join, nil where none was joined.
func (r *Rows) NextJoined(join int, has bool) unsafe.Pointer {
	if !has {
		return nil
	}
	return r.Joined[join-1].Next()
}

// Done marks the row complete.
func (r *Rows) Done() error {
	if r.Each == nil {
		return nil
	}
	return r.Each()
}

// Slab is a growing run of values of one type, addressed by pointer.
type Slab struct {
	elem reflect.Type
	size uintptr
	base unsafe.Pointer
	n, c int
}

// NewSlab makes an empty slab of elem.
func NewSlab(elem reflect.Type) Slab { return Slab{elem: elem, size: elem.Size()} }

// SlabAt makes a slab over n values that exist already, beginning at base; it fills them in order.
func SlabAt(elem reflect.Type, base unsafe.Pointer, n int) Slab {
	return Slab{elem: elem, size: elem.Size(), base: base, c: n}
}

// Len gives the number of values taken.
func (s *Slab) Len() int { return s.n }

// At gives the address of value i.
func (s *Slab) At(i int) unsafe.Pointer { return unsafe.Add(s.base, uintptr(i)*s.size) }

// Elem gives the type of the values.
func (s *Slab) Elem() reflect.Type { return s.elem }

// Reset takes all values back, so that their memory is filled anew. The values must have been copied.
func (s *Slab) Reset() {
	for i := range s.n {
		reflect.NewAt(s.elem, s.At(i)).Elem().SetZero()
	}
	s.n = 0
}

// Truncate takes back all values from n on.
func (s *Slab) Truncate(n int) {
	for i := n; i < s.n; i++ {
		reflect.NewAt(s.elem, s.At(i)).Elem().SetZero()
	}
	s.n = min(s.n, n)
}

// Reserve makes room for n values in all.
func (s *Slab) Reserve(n int) {
	if n > s.c {
		s.grow(n)
	}
}

// Next gives the address of a fresh zero value.
func (s *Slab) Next() unsafe.Pointer {
	if s.n == s.c {
		s.grow(max(8, 2*s.c))
	}
	p := s.At(s.n)
	s.n++
	return p
}

func (s *Slab) grow(n int) {
	v := reflect.MakeSlice(reflect.SliceOf(s.elem), n, n)
	if s.n > 0 {
		reflect.Copy(v, s.Slice())
	}
	s.base, s.c = v.UnsafePointer(), n
}

// Slice gives the values as a slice of elem; never nil.
func (s *Slab) Slice() reflect.Value {
	if s.base == nil {
		return reflect.MakeSlice(reflect.SliceOf(s.elem), 0, 0)
	}
	return s.Range(0, s.n)
}

// Range gives values i to j as a slice that cannot grow into its neighbours.
func (s *Slab) Range(i, j int) reflect.Value {
	v := reflect.New(reflect.SliceOf(s.elem))
	s.Put(v.UnsafePointer(), i, j)
	return v.Elem()
}

// Put writes the slice of values i to j into the slice variable at dst.
func (s *Slab) Put(dst unsafe.Pointer, i, j int) {
	h := (*sliceHeader)(dst)
	if s.base == nil || i == j {
		h.data = unsafe.Pointer(&zero)
		h.len, h.cap = 0, 0
		return
	}
	h.data, h.len, h.cap = s.At(i), j-i, j-i
}

// sliceHeader is the layout of a slice variable; its pointer keeps the array alive.
type sliceHeader struct {
	data     unsafe.Pointer
	len, cap int
}

var zero [0]byte

// Take gives the values as a []T without copying; never nil. T must be the slab's type.
func Take[T any](s *Slab) []T {
	if s.base == nil {
		return []T{}
	}
	return unsafe.Slice((*T)(s.base), s.c)[:s.n:s.n]
}

// SlabOf makes an empty slab of T with room for n values.
func SlabOf[T any](n int) Slab {
	s := NewSlab(reflect.TypeFor[T]())
	if n > 0 {
		s.base, s.c = unsafe.Pointer(unsafe.SliceData(make([]T, n))), n
	}
	return s
}

// Hint guesses how many rows st gives: its page if it has a small one, else what the last run gave.
func Hint(st *builder.Select, last int64) int {
	n := last
	if n == 0 && st.HasTake {
		n = min(st.Take, 64)
	}
	if st.HasTake && n > st.Take {
		n = st.Take
	}
	return int(min(n, 100_000))
}

// Column is a column of a result.
type Column = builder.Column

var _ = model.Null
