package model

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/multi-orm/orm/internal/fault"
)

// AggFunc is the function of an aggregate.
type AggFunc uint8

// The aggregate functions.
const (
	AggCount AggFunc = iota + 1
	AggSum
	AggAvg
	AggMin
	AggMax
)

// Agg is the aggregate that fills a field of a result, as the tag says it.
type Agg struct {
	Func     AggFunc
	Distinct bool     // of AggCount: equal values count once
	Of       string   // a field or column of the model whose rows are aggregated; "" counts rows
	Times    []string // those that Of is multiplied by
}

// aggForms says what can be written.
const aggForms = "count(*), count(Field), count(distinct Field), sum(Field), avg(Field), min(Field) or max(Field), or a product in place of a field: sum(A*B)"

// maxFactors is how many columns a product has at most.
const maxFactors = 8

// parseAgg reads the text of an aggregate.
func parseAgg(text string) (*Agg, error) {
	bad := func() (*Agg, error) { return nil, fmt.Errorf("the aggregate %q: write %s", text, aggForms) }
	name, rest, ok := strings.Cut(strings.TrimSpace(text), "(")
	inner, closed := strings.CutSuffix(rest, ")")
	if !ok || !closed {
		return bad()
	}
	a := &Agg{Of: strings.TrimSpace(inner)}
	switch strings.ToLower(strings.TrimSpace(name)) {
	case "count":
		a.Func = AggCount
	case "sum":
		a.Func = AggSum
	case "avg":
		a.Func = AggAvg
	case "min":
		a.Func = AggMin
	case "max":
		a.Func = AggMax
	default:
		if near := Nearest(name, []string{"count", "sum", "avg", "min", "max"}); near != "" {
			return nil, fmt.Errorf("the aggregate %q: unknown function %q (did you mean %q?)", text, name, near)
		}
		return bad()
	}
	if word, of, ok := strings.Cut(a.Of, " "); ok && strings.EqualFold(word, "distinct") {
		if a.Func != AggCount {
			return nil, fmt.Errorf("the aggregate %q: distinct goes with count only", text)
		}
		a.Distinct, a.Of = true, strings.TrimSpace(of)
	}
	switch {
	case a.Of == "*" && (a.Func != AggCount || a.Distinct), a.Of == "":
		return bad()
	case a.Of == "*":
		a.Of = ""
	case strings.Contains(a.Of, "*"):
		factors := strings.Split(a.Of, "*")
		for i := range factors {
			if factors[i] = strings.TrimSpace(factors[i]); factors[i] == "" {
				return bad()
			}
		}
		switch {
		case a.Func == AggCount:
			return nil, fmt.Errorf("the aggregate %q: a product is not counted; count one of its fields", text)
		case len(factors) > maxFactors:
			return nil, fmt.Errorf("the aggregate %q: a product has %d fields at most", text, maxFactors)
		}
		a.Of, a.Times = factors[0], factors[1:]
	}
	return a, nil
}

// aggregate reads agg=count(*) in the orm tag, or a tag agg of its own.
func (d *draft) aggregate(f *Field, sf reflect.StructField, tg tag) error {
	text, word := tg.find("agg")
	own, tagged := sf.Tag.Lookup("agg")
	switch {
	case word && tagged:
		return fmt.Errorf("two tags say an aggregate: leave one out")
	case tagged:
		text = own
	case !word:
		return nil
	}
	if err := tg.only("an aggregate", "agg"); err != nil {
		return err
	}
	a, err := parseAgg(text)
	if err != nil {
		return err
	}
	f.Agg, d.model.Result = a, true
	return nil
}

// result settles the model of a result, which has neither key nor roles.
func (d *draft) result() error {
	m := d.model
	if len(d.relations) > 0 || len(m.Computed) > 0 || len(m.Uniques) > 0 || len(m.Indexes) > 0 ||
		m.Tenant != nil || m.Owner != nil || len(m.Scopes) > 0 || m.SoftDelete != nil || m.Version != nil {
		return fault.New(fault.ErrInvalid, m.Name, "", "a result of Aggregate has groups and fields tagged agg: no relations, computed fields, indexes or roles")
	}
	for _, f := range m.Key { // a field called ID groups by the model's key
		f.Primary = false
	}
	m.Key, m.Table = nil, ""
	return d.nameColumns()
}
