package guard

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"unsafe"

	"github.com/multi-orm/orm/model"
)

// maxGrouped bounds the columns and aggregates of a shape's groups: each set of them that requests ask for is a type that the
// process keeps, 2^12 at most.
const maxGrouped = 12

const (
	wordBy     = "by"
	wordHaving = "having"
)

// grouping says what GroupBy may ask, compiled.
type grouping struct {
	by    []*grouped
	aggs  []*grouped
	words []string // of requests

	mu   sync.Mutex
	rows map[string]*groupRow
}

// grouped is a column to group by, or an aggregate.
type grouped struct {
	wire  string // of the column; "" for the count of rows
	word  string // _sum and the like; "" for a column to group by
	field *model.Field
	fn    model.AggFunc
	bit   int
}

func aggregateWord(fn model.AggFunc) string {
	switch fn {
	case model.AggCount:
		return wordCount
	case model.AggSum:
		return "_sum"
	case model.AggAvg:
		return "_avg"
	case model.AggMin:
		return "_min"
	}
	return "_max"
}

func isAggregateWord(wire string) bool {
	for fn := model.AggCount; fn <= model.AggMax; fn++ {
		if aggregateWord(fn) == wire {
			return true
		}
	}
	return false
}

// groupRow is the type of the rows of one set of columns and aggregates.
type groupRow struct {
	t      reflect.Type
	m      *model.Model
	asked  []*grouped
	writes []encoder
}

func (c *compiler) grouping(p *plan, s *shape) *grouping {
	if len(s.by.fields)+len(s.aggregates) == 0 {
		return nil
	}
	g := &grouping{rows: map[string]*groupRow{}, words: []string{wordBy, wordWhere, wordHaving, wordOrder, wordTake, wordSkip}}
	if c.fail(p.m, "Groups", s.by.err) {
		return g
	}
	for _, f := range s.by.fields {
		wire, ok := c.queried(p.m, "Groups", f)
		if !ok {
			continue
		}
		if suits := suiting(f); !suits.has(Eq) || f.Kind == model.Text && !f.CivilTime() {
			c.wrong(p.m, "Groups", f.Name+" holds "+f.Base.String()+", which rows cannot be grouped by")
			continue
		}
		if isAggregateWord(wire) {
			c.wrong(p.m, "Groups", f.Name+" is called "+wire+" as an aggregate is: give it another json name")
			continue
		}
		if g.column(wire) != nil {
			c.wrong(p.m, "Groups", "two columns are called "+wire+", or one stands twice")
			continue
		}
		g.by = append(g.by, &grouped{wire: wire, field: f, bit: len(g.by) + len(g.aggs)})
	}
	for _, x := range s.aggregates {
		if x == nil {
			c.wrong(p.m, "Groups", "an aggregate is nil")
			continue
		}
		a := x.aggregate()
		if c.fail(p.m, "Groups", a.err) {
			continue
		}
		n := &grouped{word: aggregateWord(a.fn), field: a.field, fn: a.fn, bit: len(g.by) + len(g.aggs)}
		if a.field != nil {
			var ok bool
			if n.wire, ok = c.queried(p.m, "Groups", a.field); !ok {
				continue
			}
			if why := aggregates(a.fn, a.field); why != "" {
				c.wrong(p.m, "Groups", a.field.Name+" "+why)
				continue
			}
		}
		if g.aggregate(n.word, n.wire) != nil {
			c.wrong(p.m, "Groups", n.word+" "+n.wire+" stands twice")
			continue
		}
		g.aggs = append(g.aggs, n)
		if !contains(g.words, n.word) {
			g.words = append(g.words, n.word)
		}
	}
	if len(g.by)+len(g.aggs) > maxGrouped {
		c.wrong(p.m, "Groups", fmt.Sprintf("it names more than %d columns and aggregates", maxGrouped))
	}
	return g
}

func contains(words []string, word string) bool {
	for _, w := range words {
		if w == word {
			return true
		}
	}
	return false
}

// aggregates tells why a column has no such aggregate.
func aggregates(fn model.AggFunc, f *model.Field) string {
	number := f.Decimal != nil || f.Kind == model.Int || f.Kind == model.Uint || f.Kind == model.Float
	switch {
	case (fn == model.AggSum || fn == model.AggAvg) && !number:
		return "holds " + f.Base.String() + ": a sum or an average needs numbers"
	case (fn == model.AggMin || fn == model.AggMax) && !number && f.Kind != model.String && f.Kind != model.Time && !f.CivilTime():
		return "holds " + f.Base.String() + ", which has no least and no greatest"
	}
	return ""
}

func (g *grouping) column(wire string) *grouped {
	for _, x := range g.by {
		if x.wire == wire {
			return x
		}
	}
	return nil
}

func (g *grouping) aggregate(word, wire string) *grouped {
	for _, x := range g.aggs {
		if x.word == word && x.wire == wire {
			return x
		}
	}
	return nil
}

// row gives the type of rows that hold what was asked.
func (g *grouping) row(asked []*grouped) (*groupRow, error) {
	set := 0
	for _, x := range asked {
		set |= 1 << x.bit
	}
	key := strconv.Itoa(set)
	g.mu.Lock()
	defer g.mu.Unlock()
	if r := g.rows[key]; r != nil {
		return r, nil
	}
	r := &groupRow{asked: asked}
	var fields []reflect.StructField
	for i, x := range asked {
		fields = append(fields, reflect.StructField{Name: "X" + strconv.Itoa(i), Type: x.typeOf(), Tag: reflect.StructTag(`orm:"` + x.tag() + `"`)})
	}
	r.t = reflect.StructOf(fields)
	m, err := model.Of(r.t)
	if err != nil {
		return nil, err
	}
	r.m = m
	for i, f := range m.Fields {
		if of := asked[i].field; of != nil && f.Base == of.Base { // dates are written as their column's are
			as := *f
			as.Civil = of.Civil
			f = &as
		}
		r.writes = append(r.writes, encoderOf(f))
	}
	for i, x := range asked {
		if x.fn == 0 { // a column looks as it does in rows
			r.writes[i] = texted(r.writes[i], x.field)
		}
	}
	g.rows[key] = r
	return r, nil
}

func (x *grouped) tag() string {
	switch x.fn {
	case 0:
		return x.field.Column
	case model.AggCount:
		return "agg=count(*)"
	}
	return "agg=" + strings.TrimPrefix(x.word, "_") + "(" + x.field.Name + ")"
}

// typeOf is the type of a result: what has no value, of no rows or of NULLs alone, is NULL.
func (x *grouped) typeOf() reflect.Type {
	f := x.field
	switch {
	case x.fn == 0:
		return f.Type
	case x.fn == model.AggCount:
		return reflect.TypeFor[int64]()
	case x.fn == model.AggMin || x.fn == model.AggMax || f.Decimal != nil:
		return reflect.PointerTo(f.Base)
	case x.fn == model.AggAvg || f.Kind == model.Float:
		return reflect.TypeFor[*float64]()
	case f.Kind == model.Uint:
		return reflect.TypeFor[*uint64]()
	}
	return reflect.TypeFor[*int64]()
}

// Grouped is the groups that a request asked for.
type Grouped struct {
	row  *groupRow
	rows reflect.Value // a slice of the row's type
}

// Len is the number of groups.
func (g Grouped) Len() int {
	if g.row == nil {
		return 0
	}
	return g.rows.Len()
}

// MarshalJSON gives an array of objects: the columns that group, then {"_count": n, "_sum": {"column": n}} as asked. An
// aggregate without a value is null.
func (g Grouped) MarshalJSON() ([]byte, error) {
	if g.row == nil {
		return []byte("[]"), nil
	}
	b := []byte{'['}
	size := g.row.t.Size()
	for i := range g.rows.Len() {
		if i > 0 {
			b = append(b, ',')
		}
		var err error
		if b, err = g.row.append(b, unsafe.Add(g.rows.UnsafePointer(), uintptr(i)*size)); err != nil {
			return nil, err
		}
	}
	return append(b, ']'), nil
}

func (r *groupRow) append(b []byte, p unsafe.Pointer) (_ []byte, err error) {
	b = append(b, '{')
	open := ""
	for i, x := range r.asked {
		if open != "" && open != x.word {
			b, open = append(b, '}'), ""
		}
		if b[len(b)-1] != '{' {
			b = append(b, ',')
		}
		if x.word != "" && x.wire != "" && open == "" {
			b = append(append(b, nameOf(x.word)...), '{')
			open = x.word
		}
		name := x.wire
		if name == "" {
			name = x.word
		}
		b = append(b, nameOf(name)...)
		if b, err = r.writes[i](b, p); err != nil {
			return b, err
		}
	}
	if open != "" {
		b = append(b, '}')
	}
	return append(b, '}'), nil
}
