package reading

import (
	"context"
	"reflect"
	"slices"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/engine"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// strategy is how an include is to be loaded.
func strategy(inc *builder.Include) model.Strategy {
	if inc.Strategy != nil {
		return *inc.Strategy
	}
	return inc.Relation.Strategy
}

// joinable gives the includes that the statement of st itself can load: those that are to be joined, all of its to-one
// relations, or else one to-many relation, for two of them would multiply each other's rows. The others are
// loaded by lookup, with the same answer.
func joinable(s *engine.Session, st *builder.Select) []*builder.Include {
	if _, sql := s.BoundTo(st.Model).(source.SQL); !sql || st.Want != builder.WantRows || st.Distinct || st.Lock != builder.NoLock || st.Group != nil {
		return nil
	}
	var one, many []*builder.Include
	for _, inc := range st.Includes {
		if strategy(inc) != model.Join || inc.HasTake || inc.Skip > 0 || inc.Extra != nil || s.Apart(inc.Relation) {
			continue
		}
		if inc.Relation.Many {
			many = append(many, inc)
		} else {
			one = append(one, inc)
		}
	}
	if len(one) > 0 || len(many) == 0 {
		return one
	}
	return many[:1]
}

// pushed gives the includes of a read that its statement loads. A page drops rows after they were read, a stream hands
// them out before all are there, and best effort must tell one include's failure from another's: they look up.
func (r *reader) pushed(st *builder.Select, rows *source.Rows) []*builder.Include {
	if len(st.Includes) == 0 || r.cut != nil || r.lenient || rows.Each != nil {
		return nil
	}
	return joinable(r.s, st)
}

func without(incs, joined []*builder.Include) []*builder.Include {
	return slices.DeleteFunc(slices.Clone(incs), func(inc *builder.Include) bool { return slices.Contains(joined, inc) })
}

// join is a statement that loads includes of its rows, under way.
type join struct {
	r        *reader
	src      source.Source
	st       *builder.Select
	rows     *source.Rows
	numbers  source.Slab // of the rows, by which a row that came more than once is known
	waiting  []*branch   // their hooks and scopes have not been asked
	branches []*branch   // in step with st.Joins
	last     int64       // the number of the last row
}

// join reads the rows of st with the includes given. Their hooks run round the one statement, each inside the one before.
func (r *reader) join(ctx context.Context, src source.Source, st *builder.Select, rows *source.Rows, incs []*builder.Include) error {
	j := &join{r: r, src: src, st: st, rows: rows, numbers: source.NewSlab(reflect.TypeFor[int64]())}
	for _, inc := range incs {
		if inc.Err != nil {
			return inc.Err
		}
		b := &branch{r: r, inc: inc, parents: &rows.Slab, keys: &keySet{}, path: inc.Relation.Name, depth: 1, join: j}
		b.rows.Slab = source.NewSlab(inc.Relation.Target.Type)
		j.waiting = append(j.waiting, b)
	}
	return j.next(ctx)
}

// next asks the next include for its statement, or runs what they have come to.
func (j *join) next(ctx context.Context) error {
	if len(j.waiting) == 0 {
		return j.run(ctx)
	}
	b := j.waiting[0]
	j.waiting = j.waiting[1:]
	return fault.Fill(j.r.read(ctx, j.src, b.statement(), &b.rows, b), "include "+b.path, b.inc.Relation.Target.Name, j.src.Name())
}

// add takes what the hooks and scopes of b have made of its statement. One that cannot be joined any more is loaded by
// lookup once the rows are there.
func (j *join) add(ctx context.Context, b *branch, st *builder.Select) error {
	if st.Joinable() {
		j.st.Joins = append(j.st.Joins, builder.Join{Relation: b.inc.Relation, Rows: st})
		j.branches = append(j.branches, b)
		return j.next(ctx)
	}
	if err := j.next(ctx); err != nil {
		return err
	}
	b.join = nil
	if err := b.gather(ctx); err != nil || b.keys.n == 0 {
		return err
	}
	*st.Group = b.group(0, b.keys.n)
	return fault.Fill(b.read(ctx, j.src, st), "include "+b.path, st.Model.Name, j.src.Name())
}

func (j *join) run(ctx context.Context) error {
	ex, _, err := j.r.s.Executor(ctx, j.st.Model)
	if err != nil {
		return err
	}
	if len(j.branches) > 0 {
		j.rows.Links, j.rows.Each = &j.numbers, j.fold
	}
	for _, b := range j.branches {
		j.rows.Joined = append(j.rows.Joined, &b.rows.Slab)
		b.spans = []span{}
	}
	err = j.r.s.Execute(ctx, ex, j.src, j.st, j.rows)
	j.rows.Links, j.rows.Each, j.rows.Joined = nil, nil, nil
	return fault.Fill(err, j.r.name, j.st.Model.Name, j.src.Name())
}

// fold drops a row that came once more, and keeps which related rows are whose.
func (j *join) fold() error {
	at := j.rows.Len() - 1
	number := *(*int64)(j.numbers.At(0))
	j.numbers.Truncate(0)
	again := number == j.last // they count from 1
	if j.last = number; again {
		j.rows.Truncate(at)
		at--
	}
	for _, b := range j.branches {
		n := int32(b.rows.Len())
		if !again {
			from := int32(0)
			if at > 0 {
				from = b.spans[at-1].to
			}
			b.spans = append(b.spans, span{from, n})
			b.keys.of, b.keys.n = append(b.keys.of, int32(at)), at+1
		}
		b.spans[at].to = n
		switch has := int(n - b.spans[at].from); {
		case !b.inc.Relation.Many && has > 1:
			return severalForOne(b.inc.Relation)
		case has > j.r.s.Limits.MaxFanOut:
			return fault.Fill(tooManyChildren(b.inc.Relation, j.r.s.Limits.MaxFanOut), "include "+b.path, "", j.src.Name())
		}
	}
	return nil
}
