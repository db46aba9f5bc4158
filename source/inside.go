package source

// Inset is where the rows of a relation go that come inside the rows of a statement: those of the first parent, then
// those of the second.
type Inset struct {
	Slab
	Ends   []int    // for each parent, the number of rows up to its last one
	Inside []*Inset // in step with what is inside these rows
}

// Cut takes back what belongs to the parents from parents on.
func (x *Inset) Cut(parents int) {
	if parents >= len(x.Ends) {
		return
	}
	n := 0
	if parents > 0 {
		n = x.Ends[parents-1]
	}
	x.Ends = x.Ends[:parents]
	x.Truncate(n)
	for _, deeper := range x.Inside {
		deeper.Cut(n)
	}
}
