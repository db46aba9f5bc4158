package model

import (
	"fmt"
	"slices"
	"strings"

	"github.com/multi-orm/orm/internal/fault"
)

// join adds a column that shares the name of the index. where= and include= may stand at any of the columns.
func (x *Index) join(f *Field, w *word) error {
	x.Fields = append(x.Fields, f)
	for _, s := range []struct {
		word string
		have *string
		says string
	}{{"where", &x.Where, w.where}, {"include", &x.said.columns, w.include}} {
		if s.says == "" {
			continue
		}
		if *s.have != "" && *s.have != s.says {
			return fmt.Errorf("%s=%s is said of %s, and %s=%s before", s.word, s.says, w.text, s.word, *s.have)
		}
		*s.have = s.says
	}
	return nil
}

// settleIndexes finds the columns of include=, and parts the unique sets of some rows from those of all, by which rows are told apart.
func (d *draft) settleIndexes() error {
	m := d.model
	for _, list := range []*[]Index{&m.Uniques, &m.Indexes} {
		for i := range *list {
			x := &(*list)[i]
			if x.said.columns == "" {
				continue
			}
			include, err := m.columns(strings.Split(x.said.columns, "+"))
			if err == nil {
				for _, f := range include {
					if slices.Contains(x.Fields, f) {
						err = fmt.Errorf("the index is sorted by %s already", f.Column)
					}
				}
			}
			if err != nil {
				return fault.New(fault.ErrInvalid, m.Name, x.Fields[0].Name, "word \"include="+x.said.columns+"\": "+err.Error())
			}
			x.Include, x.said.columns = include, ""
		}
	}
	all := m.Uniques[:0:0]
	for _, x := range m.Uniques {
		if x.Where == "" {
			all = append(all, x)
			continue
		}
		x.Unique = true
		m.Indexes = append(m.Indexes, x)
	}
	m.Uniques = all
	return nil
}
