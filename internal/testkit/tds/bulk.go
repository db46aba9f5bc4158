package tds

import "fmt"

// readBulk reads the columns and rows of a bulk load.
func readBulk(data []byte) (*Call, error) {
	r, c := reader{data: data}, &Call{}
	if r.u8() != tokenMetadata {
		return nil, fmt.Errorf("tds: a bulk load begins with its columns")
	}
	types := make([]wire, r.u16())
	for i := range types {
		r.take(6) // the user's type, flags
		var err error
		if types[i], err = readType(&r); err != nil {
			return nil, fmt.Errorf("%w of column %d", err, i+1)
		}
		c.Names = append(c.Names, r.text(int(r.u8())))
	}
	for !r.bad && r.u8() == tokenRow {
		row := make([]any, len(types))
		for i, t := range types {
			_, row[i] = t.value(&r)
		}
		c.Rows = append(c.Rows, row)
	}
	if r.bad {
		return nil, fmt.Errorf("tds: the bulk load is cut off")
	}
	return c, nil
}
