package openapi

import (
	"encoding/json"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/rls/guard"
)

// ruled adds what the rules of validator/v10 say of a column's values. A rule that a schema cannot say exactly is told in words.
func ruled(c *guard.OutlineInput, s object) object {
	if c.Rule == "" {
		return s
	}
	var told []string
	for _, rule := range strings.Split(c.Rule, ",") {
		name, param, _ := strings.Cut(rule, "=")
		switch name {
		case "omitempty", "omitnil", "omitzero", "":
			continue
		case "dive":
			told = append(told, c.Rule[strings.Index(c.Rule, "dive"):])
		default:
			if with, ok := keyword(c.Field, s, name, param); ok {
				s = with
				continue
			}
			told = append(told, rule)
		}
		if name == "dive" {
			break
		}
	}
	if len(told) > 0 {
		s = described(s, "Rules: "+strings.Join(told, ", ")+".")
	}
	return s
}

// keyword says one rule as a schema does; ok is false where no keyword says the same.
func keyword(f *model.Field, s object, name, param string) (_ object, ok bool) {
	if strings.Contains(name+param, "|") || strings.Contains(param, "0x2C") || f.Nulls == model.SQLNull || f.Decimal != nil || s.get("anyOf") != nil {
		return s, false
	}
	switch f.Kind {
	case model.String:
		return textKeyword(s, name, param)
	case model.Int, model.Uint, model.Float:
		return numberKeyword(f, s, name, param)
	case model.Array:
		return listKeyword(s, name, param)
	case model.Bool:
		if name == "required" && f.Nulls == model.NotNull {
			return constant(true), true
		}
	}
	return s, name == "required" && f.Nulls != model.NotNull // null is refused elsewhere, and nothing else is
}

func textKeyword(s object, name, param string) (object, bool) {
	switch name {
	case "required":
		return atLeast(s, "minLength", 1), true
	case "oneof":
		var words []any
		for _, w := range regexp.MustCompile(`'[^']*'|\S+`).FindAllString(param, -1) {
			words = append(words, strings.ReplaceAll(w, "'", ""))
		}
		return s.with("enum", words), len(words) > 0 && s.get("enum") == nil
	case "email", "hostname", "ipv4", "ipv6":
		return s.with("format", name), s.get("format") == nil
	case "url", "http_url":
		return s.with("format", "uri"), s.get("format") == nil
	case "uuid":
		return s.with("format", "uuid").with("pattern", "^[0-9a-f-]*$"), s.get("format") == nil && s.get("pattern") == nil
	case "alpha":
		return patterned(s, "^[a-zA-Z]+$")
	case "alphanum":
		return patterned(s, "^[a-zA-Z0-9]+$")
	case "number":
		return patterned(s, "^[0-9]+$")
	case "startswith":
		return patterned(s, "^"+regexp.QuoteMeta(param))
	case "endswith":
		return patterned(s, regexp.QuoteMeta(param)+"$")
	case "contains":
		return patterned(s, regexp.QuoteMeta(param))
	case "eq":
		return s.with("const", param), s.get("const") == nil
	}
	return lengthKeyword(s, name, param, "minLength", "maxLength")
}

func patterned(s object, pattern string) (object, bool) {
	return s.with("pattern", pattern), s.get("pattern") == nil
}

// lengthKeyword is of texts, whose runes count, and of lists.
func lengthKeyword(s object, name, param, least, most string) (object, bool) {
	n, err := strconv.Atoi(param)
	if err != nil || n < 0 {
		return s, false
	}
	switch name {
	case "min", "gte":
		return atLeast(s, least, n), true
	case "max", "lte":
		return atMost(s, most, n), true
	case "gt":
		return atLeast(s, least, n+1), true
	case "lt":
		return atMost(s, most, n-1), n > 0
	case "len":
		return atMost(atLeast(s, least, n), most, n), true
	}
	return s, false
}

func listKeyword(s object, name, param string) (object, bool) {
	if name == "required" { // an empty list passes
		return s, true
	}
	return lengthKeyword(s, name, param, "minItems", "maxItems")
}

func numberKeyword(f *model.Field, s object, name, param string) (object, bool) {
	switch name {
	case "required":
		if f.Nulls != model.NotNull { // a pointer to zero is there
			return s, true
		}
		return s.with("not", constant(0)), s.get("not") == nil
	case "oneof":
		var words []any
		for _, w := range strings.Fields(param) {
			words = append(words, json.Number(w))
		}
		return s.with("enum", words), f.Kind != model.Float && len(words) > 0 && !strings.Contains(param, "'")
	}
	if _, err := strconv.ParseFloat(param, 64); err != nil || !jsonNumber(param) {
		return s, false
	}
	n := json.Number(param)
	set := func(keyword string) (object, bool) { return s.with(keyword, n), s.get(keyword) == nil }
	switch name {
	case "min", "gte":
		return tighter(s, "minimum", n), true
	case "max", "lte":
		return tighter(s, "maximum", n), true
	case "gt":
		return set("exclusiveMinimum")
	case "lt":
		return set("exclusiveMaximum")
	case "eq", "len":
		return set("const")
	case "ne":
		return s.with("not", constant(n)), s.get("not") == nil
	}
	return s, false
}

func jsonNumber(s string) bool {
	var n json.Number
	return json.Unmarshal([]byte(s), &n) == nil
}

// tighter sets a bound that is there already only where it is the narrower one.
func tighter(s object, keyword string, n json.Number) object {
	have, ok := s.get(keyword).(json.Number)
	if !ok {
		if k, is := s.get(keyword).(int64); is {
			have, ok = json.Number(strconv.FormatInt(k, 10)), true
		} else if k, is := s.get(keyword).(int); is {
			have, ok = json.Number(strconv.Itoa(k)), true
		}
	}
	if ok {
		a, _ := have.Float64()
		b, _ := n.Float64()
		if keyword == "minimum" && b <= a || keyword == "maximum" && b >= a {
			return s
		}
	}
	return s.with(keyword, n)
}

func atLeast(s object, keyword string, n int) object {
	if have, ok := s.get(keyword).(int); ok && have >= n {
		return s
	}
	return s.with(keyword, n)
}

func atMost(s object, keyword string, n int) object {
	if have, ok := s.get(keyword).(int); ok && have <= n {
		return s
	}
	return s.with(keyword, n)
}

// zeroRefused reports whether the rules refuse a new row that leaves the column out: no default fills it, so its zero is held
// against them.
func (b *builder) zeroRefused(c *guard.OutlineInput) bool {
	f := c.Field
	if c.Rule == "" || f.Default != model.NoFill || f.Update != model.NoFill {
		return false
	}
	return b.rules.Var(reflect.Zero(f.Type).Interface(), c.Rule) != nil
}
