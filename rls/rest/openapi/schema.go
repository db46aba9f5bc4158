package openapi

// The forms of schemas.

func typed(name string) object { return object{{"type", name}} }

func constant(v any) object { return object{{"const", v}} }

func listOf(items object) object { return object{{"type", "array"}, {"items", items}} }

// closed is an object that has these members and no others.
func closed(properties object, required ...string) object {
	return structure(properties, required).with("additionalProperties", false)
}

func structure(properties object, required []string) object {
	out := object{{"type", "object"}, {"properties", properties}}
	if len(required) > 0 {
		out = out.with("required", required)
	}
	return out
}

// anyOf is one of several; alternatives that are the same count once.
func anyOf(schemas ...object) object {
	var kept []object
	seen := map[string]bool{}
	for _, s := range schemas {
		if key := text(s); !seen[key] {
			seen[key] = true
			kept = append(kept, s)
		}
	}
	if len(kept) == 1 {
		return kept[0]
	}
	return object{{"anyOf", kept}}
}

// orNull is a schema that null passes too.
func orNull(s object) object {
	if words, ok := s.get("enum").([]any); ok {
		s = s.with("enum", append(append([]any(nil), words...), nil))
	}
	switch t := s.get("type").(type) {
	case string:
		return s.with("type", []string{t, "null"})
	case []string:
		return s.with("type", append(append([]string(nil), t...), "null"))
	}
	if len(s) == 0 {
		return s
	}
	return anyOf(s, typed("null"))
}

// required is what an object has that says the name.
func required(names ...string) object { return object{{"required", names}} }

// not both: an object says one of the names at most.
func notBoth(a, b string) object { return object{{"not", required(a, b)}} }

// described adds words to what a schema says already.
func described(s object, words string) object {
	if words == "" {
		return s
	}
	if have, ok := s.get("description").(string); ok && have != "" {
		words = have + " " + words
	}
	return s.with("description", words)
}
