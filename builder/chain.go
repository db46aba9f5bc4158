package builder

// flat is the longest run of conditions that stands without parentheses of its own.
const flat = 64

// chain writes the conditions from, …, to-1 with sep between them. Long ones are halved with parentheses: SQLite counts
// each AND and OR of a flat chain as a level, of which it takes a thousand.
func chain(f *frag, sep string, from, to int, write func(i int) error) error {
	if to-from > flat {
		mid := from + (to-from)/2
		for i, part := range [2][2]int{{from, mid}, {mid, to}} {
			if i > 0 {
				f.b.WriteString(sep)
			}
			f.b.WriteByte('(')
			if err := chain(f, sep, part[0], part[1], write); err != nil {
				return err
			}
			f.b.WriteByte(')')
		}
		return nil
	}
	for i := from; i < to; i++ {
		if i > from {
			f.b.WriteString(sep)
		}
		if err := write(i); err != nil {
			return err
		}
	}
	return nil
}
