package orm

import (
	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/model"
)

// Detached is a DB without sources: queries can be built on it but not run.
func Detached() DB { return DB{&session{}} }

// Built gives the text and arguments of q as a source gets them: what All does before it asks for a connection.
func (q Query[T]) Built(c *builder.Cache, a *builder.Args) (string, []model.Value, error) {
	q.stable(q.st.HasTake || q.st.Skip > 0)
	p, args, err := c.Compile(&q.st, a)
	if err != nil {
		return "", nil, err
	}
	return p.SQL, args, nil
}
