package jsonstream

// Step leads from a value to one below it: to the member Name of an object, or with Element to the element Index of an
// array.
type Step struct {
	Name    string
	Index   int
	Element bool
}

// Outline is a tree of places in a document, built once and then only read. The zero Outline has none.
type Outline struct {
	root  node
	slots int
}

// node is a value that places lie at or below.
type node struct {
	step    Step
	slot    int // of the place that is this value itself, from 1; 0 for none
	counted bool
	below   []*node
}

// Add adds the place at the end of steps and gives the slot where Found has it. The elements of an array at a counted
// place are counted.
func (o *Outline) Add(counted bool, steps ...Step) int {
	n := &o.root
	for _, x := range steps {
		n = n.at(x)
	}
	n.counted = n.counted || counted
	if n.slot == 0 {
		o.slots++
		n.slot = o.slots
	}
	return n.slot - 1
}

func (n *node) at(x Step) *node {
	for _, b := range n.below {
		if b.step == x {
			return b
		}
	}
	b := &node{step: x}
	n.below = append(n.below, b)
	return b
}

// Found is what a document has at the places of an Outline.
type Found struct {
	spans []span
	// Count is the number of elements of the counted array.
	Count int
}

// span is a run of bytes that ends before to; there is none where to is 0.
type span struct{ from, to int }

// At gives the value in a slot of document b; ok is false where there is none.
func (f *Found) At(b []byte, slot int) (value []byte, ok bool) {
	s := f.spans[slot]
	return b[s.from:s.to], s.to > 0
}

// finder walks a document along an outline.
type finder struct {
	s     *Scanner
	found Found
	most  int
}

// Find reads the whole document and gives what it has at the places of o. It stops with ErrTooMany where the counted
// array has more than most elements, unless most is 0. Other errors say where the document is no JSON, or how it ended:
// see ReadError.
func (s *Scanner) Find(o *Outline, most int) (Found, error) {
	f := finder{s: s, found: Found{spans: make([]span, o.slots)}, most: most}
	if err := f.value(&o.root); err != nil {
		return f.found, err
	}
	return f.found, s.end()
}

func (f *finder) value(n *node) error {
	if n == nil {
		return f.s.skip()
	}
	c, from := f.s.space(), f.s.pos
	var err error
	switch {
	case c == '{' && len(n.below) > 0:
		err = f.object(n)
	case c == '[' && (len(n.below) > 0 || n.counted):
		err = f.array(n)
	default:
		err = f.s.skip()
	}
	if n.slot > 0 && err == nil {
		f.found.spans[n.slot-1] = span{from, f.s.pos}
	}
	return err
}

// enter goes into an object or array, which ends with last; empty reports that it did so at once.
func (f *finder) enter(last byte) (empty bool, err error) {
	s := f.s
	if s.depth++; s.depth > maxDepth {
		return false, s.fail()
	}
	s.pos++
	if empty = s.space() == last; empty {
		s.pos++
		s.depth--
	}
	return empty, nil
}

// leave reads what follows a member or an element: the comma, or the end.
func (f *finder) leave(last byte) (over bool, err error) {
	s := f.s
	switch s.space() {
	case last:
		s.pos++
		s.depth--
		return true, nil
	case ',':
		s.pos++
		return false, nil
	}
	return false, s.fail()
}

func (f *finder) object(n *node) error {
	if empty, err := f.enter('}'); empty || err != nil {
		return err
	}
	for {
		f.s.space()
		from := f.s.pos
		if err := f.s.name(); err != nil {
			return err
		}
		b := n.named(f.s.buf[from:f.s.pos])
		if b != nil {
			f.forget(b) // the last member of a name counts
		}
		if err := f.value(b); err != nil {
			return err
		}
		if over, err := f.leave('}'); over || err != nil {
			return err
		}
	}
}

func (f *finder) array(n *node) error {
	if n.counted {
		f.found.Count = 0
	}
	if empty, err := f.enter(']'); empty || err != nil {
		return err
	}
	for i := 0; ; i++ {
		if n.counted {
			if f.found.Count++; f.most > 0 && f.found.Count > f.most {
				return ErrTooMany
			}
		}
		if err := f.value(n.nth(i)); err != nil {
			return err
		}
		if over, err := f.leave(']'); over || err != nil {
			return err
		}
	}
}

// forget empties the places at and below n.
func (f *finder) forget(n *node) {
	if n.slot > 0 {
		f.found.spans[n.slot-1] = span{}
	}
	if n.counted {
		f.found.Count = 0
	}
	for _, b := range n.below {
		f.forget(b)
	}
}

// named finds the place below n for a member; head is its name in quotes and all up to the colon.
func (n *node) named(head []byte) *node {
	name, plain := head[1:stringEnd(head, 0)-1], true
	for _, c := range name {
		plain = plain && c != '\\'
	}
	if !plain {
		name = AppendText(nil, name)
	}
	for _, b := range n.below {
		if !b.step.Element && b.step.Name == string(name) {
			return b
		}
	}
	return nil
}

func (n *node) nth(i int) *node {
	for _, b := range n.below {
		if b.step.Element && b.step.Index == i {
			return b
		}
	}
	return nil
}
