package catalogue

import "strings"

// Nulls reads the condition of a partial index that asks for no more than which columns are NULL and which are not, joined by AND, in the
// words of every database. ok is false for another condition; an index of all rows has none.
func (x *Index) Nulls() (null, notNull []string, ok bool) {
	r := conditionReader{x.Where}
	for more := x.Where != ""; more; {
		name, named := r.name()
		if !named || !r.word("is") {
			return nil, nil, false
		}
		if r.word("not") {
			notNull = append(notNull, name)
		} else {
			null = append(null, name)
		}
		if !r.word("null") {
			return nil, nil, false
		}
		if more = r.word("and"); !more && r.next() != "" {
			return nil, nil, false
		}
	}
	return null, notNull, true
}

// conditionReader takes words from the start of a text. Parentheses change nothing of conditions that AND alone joins.
type conditionReader struct{ text string }

func (r *conditionReader) next() string {
	r.text = strings.TrimLeft(r.text, "() \t\r\n\f")
	return r.text
}

// name takes a name, without its quotes.
func (r *conditionReader) name() (string, bool) {
	text := r.next()
	if text == "" {
		return "", false
	}
	closing, quoted := map[byte]byte{'"': '"', '`': '`', '[': ']'}[text[0]]
	if !quoted {
		end := strings.IndexAny(text, "() \t\r\n\f")
		if end <= 0 || strings.ContainsAny(text[:end], `"'[].,:=<>+-*/|&`) {
			return "", false
		}
		r.text = text[end:]
		return text[:end], true
	}
	var b strings.Builder
	for i := 1; i < len(text); i++ {
		if text[i] != closing {
			b.WriteByte(text[i])
			continue
		}
		if i+1 < len(text) && text[i+1] == closing { // doubled, it stands for itself
			b.WriteByte(closing)
			i++
			continue
		}
		r.text = text[i+1:]
		return b.String(), true
	}
	return "", false
}

// word takes a word where it is the next one.
func (r *conditionReader) word(w string) bool {
	text := r.next()
	if len(text) < len(w) || !strings.EqualFold(text[:len(w)], w) || len(text) > len(w) && !strings.ContainsRune("() \t\r\n\f", rune(text[len(w)])) {
		return false
	}
	r.text = text[len(w):]
	return true
}
