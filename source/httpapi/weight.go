package httpapi

// What is built from one reply, on average for each of MaxRows rows: in JSON columns and arrays, and in the whole of it
// where a path of the mapping is of a form that needs that.
const (
	objectsPerRow = 4
	valuesPerRow  = 64
	fewValues     = 1 << 20 // which are never too many
)

// weight is what a document is made of, counted before any of it is built.
type weight struct{ objects, values int }

// add counts the objects and lists of a valid document, and the members and elements that follow others.
func (w *weight) add(doc []byte) {
	text := false
	for i := 0; i < len(doc); i++ {
		switch c := doc[i]; {
		case text && c == '\\':
			i++
		case c == '"':
			text = !text
		case text:
		case c == '{' || c == '[':
			w.objects++
		case c == ',':
			w.values++
		}
	}
}

// exceeds reports whether w is more than a reply of so many rows may be made of.
func (w *weight) exceeds(rows int) bool {
	return (w.objects-1)/objectsPerRow >= rows || w.values > fewValues && w.values/valuesPerRow >= rows
}

// fits reports whether a document may be built.
func fits(rows int, doc []byte) bool {
	var w weight
	w.add(doc)
	return !w.exceeds(rows)
}
