package guard

import (
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/model"
)

// plan is a compiled shape: what a request may ask, by the names that it uses.
type plan struct {
	m      *model.Model
	strict bool
	mark   string // tells the cursors of this shape from those of others

	shown   []*column // in the order of the shape
	columns map[string]*column
	readers map[string]reader // what select may name beside columns: relations
	always  []*relation
	counts  map[string]*count

	filters *filters
	sorts   map[string]*model.Field
	order   []builder.SortKey
	take    Take
	skip    int64
	uniques []unique

	create, update *writing
	groups         *grouping
}

// column is a column that may be shown.
type column struct {
	wire  string
	name  []byte // wire as a JSON string and a colon
	field *model.Field
	write encoder
}

type reader = *relation

// relation is a relation that may be read.
type relation struct {
	wire  string
	name  []byte
	r     *model.Relation
	of    *plan
	index int // in the plan, for the order of answers
}

// count is a count of related rows that may be read.
type count struct {
	wire    string
	name    []byte
	r       *model.Relation
	filters *filters
	count   counter
	index   int
}

// unique is a set of columns that names one row.
type unique struct {
	wires  []string
	fields []*model.Field
}

// filters says what rows of a model may be filtered by.
type filters struct {
	m       *model.Model
	strict  bool
	logic   Logic
	columns map[string]*columnFilter
	related map[string]*relatedFilter
	forced  []builder.Expr
	force   []forcedFunc
	echoes  map[string]bool // names that are forced only: a request may say them and is not heeded
	names   []string        // for suggestions
}

type columnFilter struct {
	wire  string
	field *model.Field
	ops   opSet
	path  pathFilter
}

type relatedFilter struct {
	wire  string
	r     *model.Relation
	kinds Quantifier
	of    *filters
}

// marked gives a short text that differs between shapes: what they show, filter and sort by.
func (p *plan) marked() string {
	h := fnv.New32a()
	for _, c := range p.shown {
		_, _ = h.Write(append(c.name, ';'))
	}
	for _, names := range [][]string{p.filters.names, slices.Sorted(maps.Keys(p.sorts)), slices.Sorted(maps.Keys(p.readers))} {
		_, _ = h.Write([]byte(strings.Join(names, ";") + "|"))
	}
	_, _ = fmt.Fprintf(h, "%s %d %d %v", p.m.Name, len(p.filters.forced), len(p.filters.force), p.take)
	return strconv.FormatUint(uint64(h.Sum32()), 36)
}
