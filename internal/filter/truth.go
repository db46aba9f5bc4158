package filter

// Truth is a value of SQL's three-valued logic.
type Truth int8

// The three values, ordered so that AND is the least and OR the greatest.
const (
	False Truth = iota
	Unknown
	True
)

func truthOf(b bool) Truth {
	if b {
		return True
	}
	return False
}

func (t Truth) not() Truth { return True - t }
