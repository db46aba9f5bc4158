package typescript

import (
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/rls/guard"
)

// shown is the type of a column in answers.
func shown(c *guard.OutlineColumn) string {
	f := c.Field
	var t string
	switch {
	case f.IsComputed:
		return document(f.Type, true)
	case f.Kind == model.JSON:
		t = document(f.Base, true)
	case c.Text && f.Kind == model.Bool:
		t = `"true" | "false"`
	case c.Text:
		t = "string"
	case f.Kind == model.Array:
		t = list(nullIf(enumerated(f, plain(f.Elem, true)), f.NullElements()), true)
	default:
		t = enumerated(f, plain(f, true))
	}
	return nullIf(t, f.Nullable)
}

// given is the type of a column's values in requests, null left out.
func given(c *guard.OutlineColumn, strict bool) string {
	f := c.Field
	switch {
	case f.Kind == model.JSON:
		return document(f.Base, false)
	case c.Text && !strict:
		return either(plain(f, false), "string")
	case f.Kind == model.Array:
		return list(nullIf(enumerated(f, plain(f.Elem, false)), f.NullElements()), false)
	}
	return enumerated(f, plain(f, false))
}

// plain is the type of a kind.
func plain(f *model.Field, answered bool) string {
	if f.Decimal != nil {
		switch {
		case !answered:
			return "Decimal | bigint"
		case f.Kind == model.Scanner:
			return "Decimal"
		}
		return "string"
	}
	switch f.Kind {
	case model.Bool:
		return "boolean"
	case model.Int, model.Uint:
		if f.Bits == 64 {
			return "Int64"
		}
		return "number"
	case model.Float:
		return "number"
	case model.String, model.Text, model.UUID, model.Bytes:
		return "string"
	case model.Time:
		if answered {
			return "Time"
		}
		return "TimeInput"
	}
	if f.CivilTime() {
		return "string"
	}
	return document(f.Base, answered)
}

func enumerated(f *model.Field, t string) string {
	if len(f.Enum) == 0 {
		return t
	}
	return literals(f.Enum)
}

func nullIf(t string, nullable bool) string {
	if nullable && t != "Json" {
		return either(t, "null")
	}
	return t
}

// list is the type of a list of t.
func list(t string, answered bool) string {
	if answered {
		return "Array<" + t + ">"
	}
	return "ReadonlyArray<" + t + ">"
}

// form is how the numbers of a column are read, "" for as they come.
func form(c *guard.OutlineColumn) string {
	f := c.Field
	switch {
	case f.IsComputed:
		return documentForm(f.Type, deepest)
	case f.Kind == model.JSON:
		return documentForm(f.Base, deepest)
	case c.Text:
		return ""
	case f.Decimal != nil && f.Kind == model.Scanner:
		return `"d"`
	case f.Kind == model.Float, f.Kind == model.Array && f.Elem.Kind == model.Float:
		return `"f"`
	case f.CivilTime():
		return ""
	case f.Kind == model.Scanner:
		return documentForm(f.Base, deepest)
	}
	return ""
}
