package jsonrow

// What is built from one reply, on average for each of MaxRows rows: in JSON columns and arrays, and in the whole of it
// where a path of the mapping is of a form that needs that.
const (
	ObjectsPerRow = 4
	ValuesPerRow  = 64
	fewValues     = 1 << 20 // which are never too many
)

// Weight is what a document is made of, counted before any of it is built.
type Weight struct{ objects, values int }

// Add counts the objects and lists of a valid document, and the members and elements that follow others.
func (w *Weight) Add(doc []byte) {
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
func (w *Weight) exceeds(rows int) bool {
	return (w.objects-1)/ObjectsPerRow >= rows || w.values > fewValues && w.values/ValuesPerRow >= rows
}

// Fits reports whether a document may be built.
func Fits(rows int, doc []byte) bool {
	var w Weight
	w.Add(doc)
	return !w.exceeds(rows)
}
