// Package naming makes the names of documents and of generated code out of names of other kinds.
package naming

import (
	"strconv"
	"strings"
)

// Pascal joins words to a name of letters and digits: what is between them is left out, and a word begins with a capital. A name
// never begins with a digit and is never empty.
func Pascal(words ...string) string {
	var b strings.Builder
	up := true
	for _, w := range words {
		up = true
		for i := range len(w) {
			c := w[i]
			letter := c|0x20 >= 'a' && c|0x20 <= 'z'
			switch {
			case !letter && (c < '0' || c > '9'):
				up = true
				continue
			case !letter && b.Len() == 0:
				b.WriteByte('N')
			case letter && up:
				c &^= 0x20
			}
			up = false
			b.WriteByte(c)
		}
	}
	if b.Len() == 0 {
		return "Unnamed"
	}
	return b.String()
}

// Set gives names of their own. Two that differ in letter case only are the same to it, as they are to some file systems.
type Set struct{ taken map[string]bool }

// Take gives the first of the names that is free, or else the last of them with a number, and takes it.
func (s *Set) Take(names ...string) string {
	if s.taken == nil {
		s.taken = map[string]bool{}
	}
	for _, name := range names {
		if s.take(name) {
			return name
		}
	}
	for n := 2; ; n++ {
		if name := names[len(names)-1] + strconv.Itoa(n); s.take(name) {
			return name
		}
	}
}

func (s *Set) take(name string) bool {
	fold := strings.ToLower(name)
	if s.taken[fold] {
		return false
	}
	s.taken[fold] = true
	return true
}
