// Package truth is the three-valued logic of SQL, for tests that say in memory what a condition must mean.
package truth

// Value is a truth value. AND is the least of several, OR the greatest.
type Value int8

// The truth values in their order.
const (
	No Value = iota
	Unknown
	Yes
)

// Of gives Yes or No.
func Of(b bool) Value {
	if b {
		return Yes
	}
	return No
}

// Not is what a negation says: of what is unknown it knows nothing.
func (v Value) Not() Value { return Yes - v }
