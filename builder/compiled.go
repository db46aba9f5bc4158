package builder

import (
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	sq "github.com/Masterminds/squirrel"

	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// Column is one column of a result: a field of the row, of the link row beside it, or of the row of a join.
type Column struct {
	Field *model.Field
	Link  bool
	// Join is the place of the join, from 1; 0 for none. Where its first column is NULL there is no such row.
	Join int
}

// Compiled is the SQL text of every statement of one shape. Sources keep what they learn of it
// (decoders, argument types) in State.
type Compiled struct {
	SQL     string
	Columns []Column
	State   atomic.Value

	hits  atomic.Uint64 // calls that found it, counted apart from those of other shapes so that they do not wait for each other
	order []int         // argument i of the text is argument order[i] of the walk; nil when they agree
}

// Cache compiles statements for one dialect and keeps the result by shape. It is safe for concurrent
// use; reading takes no lock. When Size shapes have gathered it forgets the half not used since.
type Cache struct {
	Dialect dialect.Dialect
	Size    int // 0 = DefaultCacheSize

	mu     sync.Mutex
	shapes atomic.Pointer[generations]
	missed atomic.Uint64
	gone   CacheStats // what is known of shapes no longer kept; under mu
}

// DefaultCacheSize is the number of shapes a Cache keeps. A large service has a few hundred.
const DefaultCacheSize = 2048

type generations struct{ young, old map[string]*Compiled }

// Args is scratch space for one call of Compile.
type Args struct {
	key    [192]byte
	values [12]model.Value
	shaper shaper
}

// Compile gives the compiled form of st and its arguments in the order of the text. The arguments are
// valid as long as a is. Compile fails with ErrInvalid, ErrLimit or ErrUnsupported.
func (c *Cache) Compile(st Statement, a *Args) (*Compiled, []model.Value, error) {
	s := &a.shaper
	*s = shaper{d: c.Dialect, key: a.key[:0], args: a.values[:0]}
	st.shape(s)
	if s.err != nil {
		return nil, nil, s.err
	}
	if p := c.lookup(s.key); p != nil {
		p.hits.Add(1)
		return p, p.arrange(s.args), nil
	}
	c.missed.Add(1)
	p, err := compile(c.Dialect, st, len(s.args))
	if err != nil {
		return nil, nil, err
	}
	p = c.store(string(s.key), p)
	return p, p.arrange(s.args), nil
}

func (p *Compiled) arrange(args []model.Value) []model.Value {
	if p.order == nil {
		return args
	}
	out := make([]model.Value, len(p.order))
	for i, at := range p.order {
		out[i] = args[at]
	}
	return out
}

func (c *Cache) lookup(key []byte) *Compiled {
	g := c.shapes.Load()
	if g == nil {
		return nil
	}
	if p := g.young[string(key)]; p != nil {
		return p
	}
	if p := g.old[string(key)]; p != nil {
		return c.store(string(key), p)
	}
	return nil
}

// store keeps p, or gives the one that another goroutine has stored meanwhile: State is then shared.
func (c *Cache) store(key string, p *Compiled) *Compiled {
	c.mu.Lock()
	defer c.mu.Unlock()
	size := c.size()
	next := &generations{young: map[string]*Compiled{}}
	if g := c.shapes.Load(); g != nil {
		if have := g.young[key]; have != nil {
			return have
		}
		if have := g.old[key]; have != nil {
			p = have
		}
		if len(g.young) < max(1, size/2) {
			for k, v := range g.young {
				next.young[k] = v
			}
			next.old = g.old
		} else {
			next.old = g.young
			c.forget(g, key)
		}
	}
	next.young[key] = p
	c.shapes.Store(next)
	return p
}

// Len gives the number of shapes kept.
func (c *Cache) Len() int {
	g := c.shapes.Load()
	if g == nil {
		return 0
	}
	n := len(g.young)
	for key := range g.old {
		if g.young[key] == nil { // a shape used again is in both
			n++
		}
	}
	return n
}

// Inline compiles a Select for the inside of a text that has so many arguments already; its own are numbered after them.
func Inline(d dialect.Dialect, q *Select, before int) (string, []model.Value, error) {
	s := &shaper{d: d}
	q.shape(s)
	if s.err != nil {
		return "", nil, s.err
	}
	text, order, _, err := written(d, q, len(s.args))
	if err != nil {
		return "", nil, err
	}
	args := make([]model.Value, len(order))
	for i, at := range order {
		args[i] = s.args[at.(int)]
	}
	return dialect.NumberAfter(d, text, before), args, nil
}

func compile(d dialect.Dialect, st Statement, args int) (*Compiled, error) {
	text, order, c, err := written(d, st, args)
	if err != nil {
		return nil, err
	}
	p := &Compiled{SQL: dialect.Number(d, text), Columns: c.columns}
	for i, at := range order {
		if at != i || len(order) != args {
			p.order = make([]int, len(order))
			for j, a := range order {
				p.order[j] = a.(int)
			}
			break
		}
	}
	return p, nil
}

// written gives the text of st with marks for its arguments, and which argument of the walk stands at each.
func written(d dialect.Dialect, st Statement, args int) (string, []any, *compiler, error) {
	if most := d.Limits().Params; args > most {
		return "", nil, nil, fault.New(fault.ErrLimit, st.Root().Name, "", "the statement has "+strconv.Itoa(args)+" arguments and "+d.Name()+" takes "+strconv.Itoa(most))
	}
	c := &compiler{d: d, root: st.Root().Table}
	if err := st.compile(c); err != nil {
		return "", nil, nil, err
	}
	if c.err != nil {
		return "", nil, nil, c.err
	}
	text, order, err := c.out.ToSql()
	if err != nil {
		return "", nil, nil, (&fault.Error{Model: st.Root().Name, Err: fault.ErrInvalid, Detail: "the statement cannot be written as SQL"}).WithCause(err)
	}
	if len(order) != args+c.repeated || c.next != args || strings.Count(text, dialect.Arg) != len(order) {
		// a bug here, caught by the golden tests; better no statement than one whose arguments moved
		return "", nil, nil, fault.New(fault.ErrInvalid, st.Root().Name, "", "the statement's text and arguments disagree")
	}
	if most := d.Limits().Params; len(order) > most {
		return "", nil, nil, fault.New(fault.ErrLimit, st.Root().Name, "", "the statement has "+strconv.Itoa(len(order))+" arguments and "+d.Name()+" takes "+strconv.Itoa(most))
	}
	if c.before != "" {
		text = c.before + "; " + text + "; " + c.after
	}
	return text, order, c, nil
}

var _ = []sq.Sqlizer{fragment{}, statement{}}
