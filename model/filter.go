package model

import (
	"errors"
	"fmt"
	"strings"
)

// FilterWord is a word of filter=: how a parameter of a URL compares a column. Package rls/rest reads them.
type FilterWord string

// The words.
const (
	FilterEq       FilterWord = "eq"
	FilterNe       FilterWord = "ne"
	FilterGt       FilterWord = "gt"
	FilterGte      FilterWord = "gte"
	FilterLt       FilterWord = "lt"
	FilterLte      FilterWord = "lte"
	FilterPrefix   FilterWord = "prefix"   // the text begins so
	FilterContains FilterWord = "contains" // the text holds it
	FilterIn       FilterWord = "in"       // one of a list
	FilterNotIn    FilterWord = "notin"    // none of a list
	FilterBool     FilterWord = "bool"     // true, false, 1 or 0
	FilterZeroNull FilterWord = "zeronull" // 0 is NULL, others equal
)

const filterWords = "eq ne gt gte lt lte prefix contains in notin bool zeronull"

// Filter is what filter= says: one word, or several of which one (joined with |) or each (joined with &) has to hold.
type Filter struct {
	Words []FilterWord
	Any   bool
}

// ParseFilter reads the text of filter= for a column: an error tells words that are unknown, repeated or do not suit the
// column, and | beside &.
func ParseFilter(f *Field, text string) (Filter, error) {
	var out Filter
	sep := "&"
	if out.Any = strings.Contains(text, "|"); out.Any {
		sep = "|"
		if strings.Contains(text, "&") {
			return out, fmt.Errorf(`word "filter=%s": | and & exclude each other`, text)
		}
	}
	switch {
	case f.IsComputed:
		return out, errors.New(`"filter" belongs on a stored column`)
	case f.Hidden:
		return out, errors.New(`words "filter" and "hidden" exclude each other`)
	case f.NoQuery:
		return out, errors.New(`words "filter" and "noquery" exclude each other`)
	}
	for s := range strings.SplitSeq(text, sep) {
		w := FilterWord(s)
		if want := f.lacks(w); want != "" {
			return out, fmt.Errorf(`word "filter=%s": %q %s`, text, s, want)
		}
		for _, before := range out.Words {
			if before == w {
				return out, fmt.Errorf(`word "filter=%s" says %q twice`, text, s)
			}
		}
		out.Words = append(out.Words, w)
	}
	return out, nil
}

// lacks tells why a word does not suit the column, "" where it does.
func (f *Field) lacks(w FilterWord) string {
	plain := f.Kind == String || f.Kind == Int || f.Kind == Uint || f.Kind == Float || f.Kind == Time || f.Kind == Bool || f.Kind == UUID || f.Kind == Text || f.Decimal != nil
	switch w {
	case FilterEq, FilterNe, FilterIn, FilterNotIn:
		if !plain {
			return "needs a plain value, not " + f.Type.String()
		}
		if f.Kind == Bool && (w == FilterIn || w == FilterNotIn) {
			return "needs a value of more than two, not " + f.Type.String()
		}
	case FilterGt, FilterGte, FilterLt, FilterLte:
		if !plain || f.Kind == Bool || f.Kind == UUID || f.Kind == Text && f.Decimal == nil || len(f.Enum) > 0 {
			return "needs a value that is sorted, not " + f.Type.String()
		}
	case FilterPrefix, FilterContains:
		if f.Kind != String || len(f.Enum) > 0 || f.Decimal != nil {
			return "needs a text, not " + f.Type.String()
		}
	case FilterBool:
		if f.Kind != Bool {
			return "needs a bool, not " + f.Type.String()
		}
	case FilterZeroNull:
		if !f.Nullable || !plain || f.Kind == Bool {
			return "needs a plain value that may be NULL, not " + f.Type.String()
		}
	default:
		return "is unknown" + suggest(string(w), strings.Fields(filterWords))
	}
	return ""
}

// filters reads filter=.
func (f *Field) filters(tg tag) error {
	text, ok := tg.find("filter")
	if !ok {
		return nil
	}
	out, err := ParseFilter(f, text)
	if err != nil {
		return err
	}
	f.Filter = &out
	return nil
}
