package reading

import (
	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// Project makes st, which is the caller's own copy, read the columns and relations of p and no others. What st
// includes already keeps its conditions, order and page.
func Project(st *builder.Select, p *model.Projection) error {
	if st.Columns != nil {
		return fault.New(fault.ErrInvalid, st.Model.Name, "", "the struct says which columns are read: leave Select and Omit out")
	}
	if err := covered(st.Includes, p); err != nil {
		return err
	}
	st.Columns = p.Columns
	st.Includes = append(st.Includes[:len(st.Includes):len(st.Includes)], projected(p)...)
	return nil
}

// covered refuses includes that have no place in p: they would be read and dropped.
func covered(incs []*builder.Include, p *model.Projection) error {
	for _, inc := range incs {
		if inc.Err != nil {
			return inc.Err
		}
		if inc.Columns != nil {
			return fault.New(fault.ErrInvalid, p.From.Name, inc.Relation.Name, "the struct says which columns of the relation are read: leave Select out")
		}
		of := projectionInto(p, inc.Relation)
		if of == nil {
			return fault.New(fault.ErrInvalid, p.From.Name, inc.Relation.Name, "the relation is included, and the struct has no field of that name to hold it")
		}
		if err := covered(inc.Includes, of); err != nil {
			return err
		}
	}
	return nil
}

func projectionInto(p *model.Projection, r *model.Relation) *model.Projection {
	for _, x := range p.Relations {
		if x.Relation == r {
			return x.Of
		}
	}
	return nil
}

func projected(p *model.Projection) []*builder.Include {
	out := make([]*builder.Include, len(p.Relations))
	for i, r := range p.Relations {
		out[i] = &builder.Include{Relation: r.Relation, Columns: r.Of.Columns, Includes: projected(r.Of)}
	}
	return out
}
