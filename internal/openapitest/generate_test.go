package openapitest

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"pgregory.net/rapid"
)

// generator proposes values of schemas. What it proposes may break a rule that looks at several members: the schema has the last
// word.
type generator struct {
	*site
	t *rapid.T
}

// deepest is how far proposed values nest.
const deepest = 6

func (g generator) value(pointer string, depth int) any {
	s, pointer := g.follow(pointer)
	if c, ok := s["const"]; ok {
		return c
	}
	if words, ok := s["enum"].([]any); ok {
		return rapid.SampledFrom(words).Draw(g.t, "enum")
	}
	if list, ok := s["anyOf"].([]any); ok && s["type"] == nil {
		at := indexes(len(list))
		if depth <= 0 { // what ends soon
			at = slices.DeleteFunc(at, func(i int) bool {
				of, _ := g.follow(fmt.Sprintf("%s/anyOf/%d", pointer, i))
				return of["type"] == "object" || of["type"] == "array"
			})
			if len(at) == 0 {
				at = []int{0}
			}
		}
		return g.value(fmt.Sprintf("%s/anyOf/%d", pointer, rapid.SampledFrom(at).Draw(g.t, "one of")), depth)
	}
	var kinds []string
	switch k := s["type"].(type) {
	case string:
		kinds = []string{k}
	case []any:
		for _, x := range k {
			kinds = append(kinds, x.(string))
		}
	default:
		kinds = []string{"string", "boolean", "null", "integer"}
	}
	switch rapid.SampledFrom(kinds).Draw(g.t, "type") {
	case "null":
		return nil
	case "boolean":
		return rapid.Bool().Draw(g.t, "boolean")
	case "integer":
		return g.integer(s)
	case "number":
		return g.number(s)
	case "string":
		return g.string(s)
	case "array":
		return g.array(s, pointer, depth)
	}
	return g.object(s, pointer, depth)
}

func indexes(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

func number(v any, otherwise float64) float64 {
	if n, ok := v.(json.Number); ok {
		f, _ := n.Float64()
		return f
	}
	return otherwise
}

func (g generator) integer(s map[string]any) any {
	low, high := int64(math.MinInt64), int64(math.MaxInt64)
	switch s["format"] {
	case "int32":
		low, high = math.MinInt32, math.MaxInt32
	case "uint64":
		return json.Number(fmt.Sprint(rapid.Uint64Range(0, math.MaxInt64).Draw(g.t, "uint64"))) // what every source keeps
	}
	if v, ok := s["minimum"].(json.Number); ok {
		low, _ = v.Int64()
	}
	if v, ok := s["maximum"].(json.Number); ok {
		high, _ = v.Int64()
	}
	if v, ok := s["exclusiveMaximum"].(json.Number); ok {
		high, _ = v.Int64()
		high--
	}
	return json.Number(fmt.Sprint(rapid.Int64Range(low, high).Draw(g.t, "integer")))
}

func (g generator) number(s map[string]any) any {
	low, high := number(s["exclusiveMinimum"], -1e6), number(s["exclusiveMaximum"], 1e6)
	if step, ok := s["multipleOf"].(json.Number); ok {
		_, digits, _ := strings.Cut(step.String(), ".")
		scale := math.Pow10(len(digits))
		k := rapid.Int64Range(int64(low*scale)+1, int64(high*scale)-1).Draw(g.t, "decimal")
		return json.Number(fmt.Sprintf("%d", k) + "e-" + fmt.Sprint(len(digits)))
	}
	if s["format"] == "float" {
		return json.Number(fmt.Sprint(rapid.Float32Range(-1e6, 1e6).Draw(g.t, "float")))
	}
	return json.Number(fmt.Sprint(rapid.Float64Range(low, high).Draw(g.t, "double")))
}

func (g generator) string(s map[string]any) any {
	switch s["format"] {
	case "date-time":
		micros := rapid.Int64Range(-62135596800e6, 253402300799e6).Draw(g.t, "time")
		return time.UnixMicro(micros).UTC().Format(time.RFC3339Nano)
	case "uuid":
		b := rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(g.t, "uuid")
		return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
	case "byte":
		return base64.StdEncoding.EncodeToString(rapid.SliceOfN(rapid.Byte(), 0, 20).Draw(g.t, "bytes"))
	case "int64":
		return fmt.Sprint(rapid.Int64().Draw(g.t, "int64"))
	case "email":
		return rapid.StringMatching(`[a-z]{1,8}@[a-z]{1,8}\.com`).Draw(g.t, "email")
	case "uri":
		return rapid.StringMatching(`https://[a-z]{1,8}\.com/[a-z]{0,5}`).Draw(g.t, "uri")
	case "cursor":
		return ""
	}
	if p, ok := s["pattern"].(string); ok && p != "[^%]" {
		return strings.ReplaceAll(rapid.StringMatching(p).Draw(g.t, "pattern"), "\x00", "0")
	}
	least, most := int(number(s["minLength"], 0)), int(number(s["maxLength"], 12))
	runes := []rune("abcABC019 %_-.,'\"\\/&<>éß漢😀\n")
	return rapid.StringOfN(rapid.SampledFrom(runes), least, min(most, least+12), -1).Draw(g.t, "string")
}

func (g generator) array(s map[string]any, pointer string, depth int) any {
	least := int(number(s["minItems"], 0))
	n := rapid.IntRange(least, max(least, min(3, int(number(s["maxItems"], 3))))).Draw(g.t, "length")
	out := make([]any, n)
	for i := range out {
		out[i] = g.value(pointer+"/items", depth-1)
	}
	return out
}

func (g generator) object(s map[string]any, pointer string, depth int) any {
	properties, _ := s["properties"].(map[string]any)
	names := slices.Sorted(maps.Keys(properties))
	var must []string
	for _, w := range anys(s["required"]) {
		must = append(must, w.(string))
	}
	for _, rule := range append([]any{s}, anys(s["allOf"])...) {
		if one := anys(mapped(rule)["anyOf"]); len(one) > 0 {
			of := one[rapid.IntRange(0, len(one)-1).Draw(g.t, "either")]
			for _, w := range anys(mapped(of)["required"]) {
				must = append(must, w.(string))
			}
		}
	}
	most := int(number(s["maxProperties"], 4))
	least := max(int(number(s["minProperties"], 0)), len(must))
	if depth <= 0 {
		most = least
	}
	for _, name := range rapid.Permutation(names).Draw(g.t, "names") {
		if len(must) >= least && (len(must) >= most || rapid.IntRange(0, 2).Draw(g.t, "more") == 0) {
			break
		}
		if !slices.Contains(must, name) {
			must = append(must, name)
		}
	}
	for name, of := range mapped(s["dependentSchemas"]) {
		if !slices.Contains(must, name) {
			continue
		}
		if one := append(anys(mapped(of)["anyOf"]), of); len(one) > 0 {
			i := rapid.IntRange(0, max(0, len(one)-2)).Draw(g.t, "needed")
			for _, w := range anys(mapped(one[i])["required"]) {
				if !slices.Contains(must, w.(string)) {
					must = append(must, w.(string))
				}
			}
		}
	}
	for _, rule := range append([]any{s}, anys(s["allOf"])...) {
		not := mapped(mapped(rule)["not"])
		if both := anys(not["required"]); len(both) == 2 && slices.Contains(must, both[0].(string)) {
			must = slices.DeleteFunc(must, func(w string) bool { return w == both[1] })
		}
	}
	out := map[string]any{}
	for _, name := range must {
		out[name] = g.value(pointer+"/properties/"+strings.NewReplacer("~", "~0", "/", "~1").Replace(name), depth-1)
	}
	if _, ok := s["additionalProperties"].(map[string]any); ok {
		for _, name := range rapid.SliceOfNDistinct(rapid.StringMatching("[a-z]{1,4}"), 0, 2, func(s string) string { return s }).Draw(g.t, "keys") {
			out[name] = g.value(pointer+"/additionalProperties", depth-1)
		}
	}
	return out
}

func anys(v any) []any {
	out, _ := v.([]any)
	return out
}

func mapped(v any) map[string]any {
	out, _ := v.(map[string]any)
	return out
}
