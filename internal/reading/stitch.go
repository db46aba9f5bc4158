package reading

import (
	"context"
	"reflect"
	"unsafe"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/entity"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// keySet is the distinct keys of the parents and who has which. A single integer key, the usual case,
// keeps numbers; when the parents come sorted by it no map is built at all.
type keySet struct {
	n      int
	values []model.List // one list per key column

	ints   []int64 // the distinct keys in order, for a single integer key
	sorted bool    // ints ascend
	byInt  map[int64]int32
	byKey  map[string]int32
	// parent i has key of[i]; -1 for NULL
	of []int32
}

func singleInt(fs []*model.Field) bool {
	return len(fs) == 1 && (fs[0].Kind == model.Int || fs[0].Kind == model.Uint && fs[0].Bits < 64)
}

// keysOf gathers the distinct keys that the parents have in the columns local. They are keys of the columns into; where
// into is nil the database compares them as they are.
func keysOf(parents *source.Slab, local, into []*model.Field) (*keySet, error) {
	n := parents.Len()
	k := &keySet{values: make([]model.List, len(local)), of: make([]int32, n)}
	if singleInt(local) && (into == nil || singleInt(into)) {
		return k, k.gatherInts(parents, local, into)
	}
	k.byKey = make(map[string]int32, n)
	var buf []byte
	row := make([]model.Value, len(local))
next:
	for i := range n {
		buf = buf[:0]
		for c, f := range local {
			v, err := f.Load(parents.At(i))
			if err != nil {
				return nil, err
			}
			if v.IsNull() {
				k.of[i] = -1
				continue next
			}
			if into != nil {
				var ok bool
				if v, ok = into[c].Key(v); !ok {
					k.of[i] = -1
					continue next
				}
			}
			row[c] = v
			buf = model.AppendKey(buf, v)
		}
		at, seen := k.byKey[string(buf)]
		if !seen {
			at = int32(k.n)
			k.byKey[string(buf)] = at
			for c := range row {
				k.values[c] = append(k.values[c], row[c])
			}
			k.n++
		}
		k.of[i] = at
	}
	return k, nil
}

func (k *keySet) gatherInts(parents *source.Slab, local, into []*model.Field) error {
	f := local[0]
	narrow := into != nil && (into[0].Bits < f.Bits || into[0].Kind != f.Kind)
	n := parents.Len()
	k.ints = make([]int64, 0, n)
	list := make(model.List, 0, n)
	k.sorted = true
	for i := range n {
		v, err := f.Load(parents.At(i))
		if err != nil {
			return err
		}
		if v.IsNull() {
			k.of[i] = -1
			continue
		}
		if narrow { // a number too large for the other column belongs to no row there
			if _, ok := into[0].Key(v); !ok {
				k.of[i] = -1
				continue
			}
		}
		x := v.Int()
		if last := len(k.ints) - 1; k.sorted && last >= 0 {
			if x == k.ints[last] {
				k.of[i] = int32(last)
				continue
			}
			if x < k.ints[last] {
				k.sorted = false
				k.byInt = make(map[int64]int32, n)
				for j, y := range k.ints {
					k.byInt[y] = int32(j)
				}
			}
		}
		if !k.sorted {
			if at, seen := k.byInt[x]; seen {
				k.of[i] = at
				continue
			}
			k.byInt[x] = int32(len(k.ints))
		}
		k.of[i] = int32(len(k.ints))
		k.ints = append(k.ints, x)
		list = append(list, v)
	}
	k.n = len(k.ints)
	k.values[0] = list
	return nil
}

// shuffle readies the keys to be found in any order.
func (k *keySet) shuffle() {
	if k.byKey != nil || !k.sorted {
		return
	}
	k.sorted, k.byInt = false, make(map[int64]int32, k.n)
	for i, x := range k.ints {
		k.byInt[x] = int32(i)
	}
}

// lists gives keys from to to of every column.
func (k *keySet) lists(from, to int) []model.List {
	out := make([]model.List, len(k.values))
	for c := range k.values {
		out[c] = k.values[c][from:to]
	}
	return out
}

// finder finds the key of a child; children come ordered by key, so the search usually looks one ahead.
type finder struct {
	k    *keySet
	last int
	buf  []byte
}

func (f *finder) find(fields []*model.Field, row unsafe.Pointer) (int, error) {
	k := f.k
	if k.byKey == nil {
		v, err := fields[0].Load(row)
		if err != nil || v.IsNull() {
			return -1, err
		}
		x := v.Int()
		if k.sorted {
			for f.last < k.n && k.ints[f.last] < x {
				f.last++
			}
			if f.last < k.n && k.ints[f.last] == x {
				return f.last, nil
			}
			f.last = 0
			for f.last < k.n && k.ints[f.last] < x {
				f.last++
			}
			if f.last < k.n && k.ints[f.last] == x {
				return f.last, nil
			}
			return -1, nil
		}
		if at, ok := k.byInt[x]; ok {
			return int(at), nil
		}
		return -1, nil
	}
	f.buf = f.buf[:0]
	for _, fd := range fields {
		v, err := fd.Load(row)
		if err != nil || v.IsNull() {
			return -1, err
		}
		f.buf = model.AppendKey(f.buf, v)
	}
	if at, ok := k.byKey[string(f.buf)]; ok {
		return int(at), nil
	}
	return -1, nil
}

// span is the run of children of one key.
type span struct{ from, to int32 }

// handOut gives every parent its children: a slice of the one slab, or a pointer into it.
func (r *reader) handOut(ctx context.Context, b *branch) error {
	parents, children, inc, keys := b.parents, &b.rows, b.inc, b.keys
	rel := inc.Relation
	spans := b.spans
	if spans == nil {
		var err error
		if spans, err = b.assign(ctx, children, inc, keys); err != nil {
			return err
		}
	}
	own := b.ownSpans(spans)
	var pointers source.Slab
	if rel.Many && rel.Pointers {
		pointers = source.NewSlab(reflect.PointerTo(rel.Target.Type))
		pointers.Reserve(children.Len())
		for i := range children.Len() {
			*(*unsafe.Pointer)(pointers.Next()) = children.At(i)
		}
	}
	for i := range parents.Len() {
		dst := unsafe.Add(parents.At(i), rel.Offset)
		var s span
		switch at := keys.of[i]; {
		case own != nil:
			s = own[i]
		case at >= 0:
			s = spans[at]
		}
		switch {
		case b.unknown(int(keys.of[i]), int(s.to-s.from)): // left as what was not loaded
		case rel.Many && rel.Pointers:
			pointers.Put(dst, int(s.from), int(s.to))
		case rel.Many:
			children.Put(dst, int(s.from), int(s.to))
		case s.to-s.from > 1:
			return severalForOne(rel)
		case s.to > s.from:
			*(*unsafe.Pointer)(dst) = children.At(int(s.from))
		default:
			*(*unsafe.Pointer)(dst) = nil
		}
	}
	return nil
}

// ownSpans gives each parent children of its own where parents share a key, nil where none do: what the caller changes in
// one must not change in another. Copies go into the slab of the children, where hooks see them like the others.
func (b *branch) ownSpans(spans []span) []span {
	keyed := 0
	for _, at := range b.keys.of {
		if at >= 0 {
			keyed++
		}
	}
	if keyed == b.keys.n {
		return nil
	}
	own, used, children := make([]span, len(b.keys.of)), make([]bool, b.keys.n), &b.rows.Slab
	again := 0
	for _, at := range b.keys.of {
		if at >= 0 && used[at] {
			again += int(spans[at].to - spans[at].from)
		} else if at >= 0 {
			used[at] = true
		}
	}
	clear(used)
	children.Reserve(children.Len() + again)
	rows := entity.NewRowCopier(children.Elem())
	for i, at := range b.keys.of {
		if at < 0 {
			continue
		}
		own[i] = spans[at]
		if !used[at] {
			used[at] = true
			continue
		}
		own[i].from = int32(children.Len())
		for from := spans[at].from; from < spans[at].to; from++ {
			dst := children.Next()
			rows.Copy(dst, children.At(int(from)))
		}
		own[i].to = int32(children.Len())
	}
	return own
}

func severalForOne(rel *model.Relation) error {
	return fault.New(fault.ErrInvalid, rel.Model.Name, rel.Name, "more than one row belongs to a to-one relation: use a slice, or a unique column")
}

// foreignRow is the answer to a row whose key nobody asked for.
func foreignRow(key []*model.Field) error {
	return fault.New(fault.ErrUpstream, key[0].Model.Name, key[0].Name, "the source gave rows that belong to no parent: it does not compare the key byte by byte, or does not filter by it")
}

// assign finds the children of each key.
func (b *branch) assign(ctx context.Context, children *source.Rows, inc *builder.Include, keys *keySet) ([]span, error) {
	r, rel := b.r, inc.Relation
	var over []int32
	fields, rows := rel.Remote, &children.Slab
	if rel.Through != nil && !b.tells() {
		fields, rows = r.s.LinkRow(rel).Fields, children.Links
	}
	spans := make([]span, keys.n)
	f := finder{k: keys}
	current := -1
	for i := range children.Len() {
		var at int
		if b.tells() {
			at = int(*(*int64)(children.Links.At(i)))
		} else {
			var err error
			if at, err = f.find(fields, rows.At(i)); err != nil {
				return nil, err
			}
		}
		if at < 0 || at >= keys.n {
			return nil, foreignRow(fields)
		}
		if at != current {
			if spans[at].to > 0 {
				return nil, fault.New(fault.ErrUpstream, rel.Target.Name, "", "the source gave the rows of a parent in two runs")
			}
			spans[at] = span{int32(i), int32(i)}
			current = at
		}
		if fan := int(spans[at].to - spans[at].from); fan < r.s.Limits.MaxFanOut {
			spans[at].to++
			continue
		}
		if !r.lenient {
			return nil, b.truncated(ctx, []int32{int32(at)})
		}
		if len(over) == 0 || over[len(over)-1] != int32(at) {
			over = append(over, int32(at))
		}
	}
	return spans, b.truncated(ctx, over)
}
