package openapi

import (
	"slices"

	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/rls/guard"
)

// The stages of conditions. In those of a mass write nothing may say nothing: they leave rows out.
const (
	stageWhere     = "Where"
	stageCondition = "Condition"
)

// where is the schema of the conditions on rows; some says that nothing in it may say nothing. columns are those that the shape
// shows.
func (b *builder) where(p place, w *guard.OutlineWhere, stage string, some bool, columns []guard.OutlineColumn) object {
	properties := object{}
	for i := range w.Columns {
		properties = properties.with(w.Columns[i].Name, filter(&w.Columns[i], p.strict, some))
	}
	for i := range w.Related {
		properties = properties.with(w.Related[i].Name, b.related(p.at(w.Related[i].Name), &w.Related[i], some))
	}
	if !some {
		properties = withEchoes(properties, w.Echoes, columns)
	}
	self := ref(itself)
	list := listOf(self).with("maxItems", guard.MaxNodes)
	if some {
		list = list.with("minItems", 1)
	}
	for _, x := range []struct {
		logic      guard.Logic
		word, says string
	}{{guard.And, "AND", "All of them hold."}, {guard.Or, "OR", "One of them holds."}, {guard.Not, "NOT", "None of them holds."}} {
		if w.Logic&x.logic != 0 {
			properties = properties.with(x.word, described(anyOf(self, list), x.says))
		}
	}
	out := closed(properties)
	if some {
		out = out.with("minProperties", 1)
	}
	words := "Conditions that all hold: " + count(guard.MaxNodes, "condition") + " at most"
	if w.Logic != 0 {
		words += ", and " + count(guard.MaxLogic, "level") + " of combinators"
	}
	return b.component(p, stage, described(out, words+"."))
}

// withEchoes adds names that may be said and are not heeded, of what is shown anyway.
func withEchoes(properties object, echoes []string, columns []guard.OutlineColumn) object {
	for i := range columns {
		if name := columns[i].Name; slices.Contains(echoes, name) && properties.get(name) == nil {
			properties = properties.with(name, object{{"description", "The server says it. What a request says is not heeded."}})
		}
	}
	return properties
}

// filter is the schema of the conditions on a column: a value, or an object of operators.
func filter(f *guard.OutlineFilter, strict, some bool) object {
	value := column(&f.OutlineColumn, compared, strict)
	var kinds []object
	if slices.Contains(f.Ops, guard.Eq) {
		kinds = append(kinds, nullIn(f, value))
	}
	if slices.Contains(f.Ops, guard.Path) {
		kinds = append(kinds, path())
	}
	operators := object{}
	var heeding []object // the operators that a mode is said of
	for _, op := range f.Ops {
		if op == guard.Path {
			continue
		}
		for _, word := range op.Words() {
			operators = operators.with(word, operand(f, op, value, some))
			if foldable(op) {
				heeding = append(heeding, required(word))
			}
		}
	}
	if len(operators) == 0 {
		return anyOf(kinds...)
	}
	folds := f.Field.Kind == model.String && len(f.Field.Enum) == 0 && f.Field.Decimal == nil && len(heeding) > 0
	if folds {
		operators = operators.with("mode", object{{"type", "string"}, {"enum", []any{"default", "insensitive"}}, {"description", "insensitive heeds no letter case."}})
	}
	object := closed(operators)
	if folds {
		if !some {
			heeding = append(heeding, typedMode("default"))
		}
		object = object.with("dependentSchemas", members("mode", anyOf(heeding...)))
	}
	if some {
		object = object.with("minProperties", 1)
	}
	return anyOf(append(kinds, object)...)
}

func members(name string, value any) object { return object{{name, value}} }

func typedMode(word string) object { return members("properties", members("mode", constant(word))) }

// foldable reports whether a mode has a meaning for the operator.
func foldable(op guard.Op) bool {
	switch op {
	case guard.Eq, guard.Ne, guard.In, guard.NotIn, guard.Contains, guard.StartsWith, guard.EndsWith, guard.Like:
		return true
	}
	return false
}

func nullIn(f *guard.OutlineFilter, value object) object {
	if f.Field.Nullable {
		return orNull(value)
	}
	return value
}

// operand is the schema of what stands behind an operator.
func operand(f *guard.OutlineFilter, op guard.Op, value object, some bool) object {
	element := value
	if f.Field.Kind == model.Array {
		element, _ = value.get("items").(object)
		element = withoutNull(element)
	}
	list := listOf(element).with("maxItems", guard.MaxItems)
	if some {
		list = list.with("minItems", 1)
	}
	words := typed("string")
	switch op {
	case guard.Eq, guard.Ne:
		return nullIn(f, value)
	case guard.In, guard.NotIn, guard.HasEvery, guard.HasSome:
		return list
	case guard.Has:
		return element
	case guard.Between:
		return listOf(value).with("minItems", 2).with("maxItems", 2)
	case guard.IsNull, guard.IsEmpty:
		return typed("boolean")
	case guard.Like:
		words = described(words, "% stands for any text, _ for any character.")
		if some {
			words = words.with("pattern", "[^%]")
		}
		return words
	case guard.Contains, guard.StartsWith, guard.EndsWith:
		if some {
			words = words.with("minLength", 1)
		}
		return words
	}
	return value
}

// path is the schema of a comparison of a part of a document.
func path() object {
	step := anyOf(typed("string"), typed("integer").with("minimum", 0).with("maximum", 1<<30))
	properties := members("path", listOf(step).with("minItems", 1).with("maxItems", guard.MaxDepth))
	scalar := object{{"type", []string{"string", "number", "boolean"}}}
	sorted := object{{"type", []string{"string", "number"}}}
	for _, x := range []struct {
		op guard.Op
		of object
	}{{guard.Eq, scalar}, {guard.Ne, scalar}, {guard.Lt, sorted}, {guard.Lte, sorted}, {guard.Gt, sorted}, {guard.Gte, sorted},
		{guard.Contains, typed("string")}, {guard.StartsWith, typed("string")}, {guard.EndsWith, typed("string")}, {guard.IsNull, typed("boolean")}} {
		for _, word := range x.op.Words() {
			properties = properties.with(word, x.of)
		}
	}
	return described(closed(properties, "path").with("minProperties", 2).with("maxProperties", 2), "A part of the document, by names and positions, and one operator.")
}

// related is the schema of the conditions on related rows.
func (b *builder) related(p place, r *guard.OutlineRelated, some bool) object {
	properties := object{}
	for _, x := range []struct {
		kind       guard.Quantifier
		word, says string
	}{{guard.Some, "some", "A related row passes."}, {guard.None, "none", "No related row passes."}, {guard.Every, "every", "No related row fails."},
		{guard.Is, "is", "The related row passes; null: there is none."}, {guard.IsNot, "isNot", "The related row does not pass; null: there is one."}} {
		if r.Kinds&x.kind == 0 {
			continue
		}
		all := some && x.kind == guard.Every
		stage := stageWhere
		if all {
			stage = stageCondition
		}
		of := b.where(p, r.Where, stage, all, nil)
		if x.kind == guard.Is || x.kind == guard.IsNot {
			of = anyOf(of, typed("null"))
		}
		properties = properties.with(x.word, described(of, x.says))
	}
	out := closed(properties)
	if some {
		out = out.with("minProperties", 1)
	}
	return out
}
