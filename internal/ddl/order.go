package ddl

import "slices"

// Ordered brings tables behind those that their foreign keys lead to. Where keys go in a circle, the one that closes it is Later.
func Ordered(tables []*Table) []*Table {
	o := ordering{wanted: map[*Table]bool{}, state: map[*Table]visit{}}
	for _, t := range tables {
		o.wanted[t] = true
	}
	for _, t := range tables {
		if o.state[t] == unseen {
			o.visit(t)
		}
	}
	return o.out
}

type visit uint8

const (
	unseen visit = iota
	under
	done
)

type ordering struct {
	wanted map[*Table]bool
	state  map[*Table]visit
	out    []*Table
}

func (o *ordering) visit(t *Table) {
	o.state[t] = under
	for i := range t.Keys {
		k := &t.Keys[i]
		k.Later = k.To == t && !slices.Equal(k.References, t.Key) // the index that makes them unique is made after the table
		switch {
		case k.To == t || !o.wanted[k.To]:
		case o.state[k.To] == under:
			k.Later = true
		case o.state[k.To] == unseen:
			o.visit(k.To)
		}
	}
	o.state[t] = done
	o.out = append(o.out, t)
}
