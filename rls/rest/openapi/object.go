package openapi

import "encoding/json"

// object is a JSON object whose members stay in their order.
type object []member

type member struct {
	name  string
	value any
}

// MarshalJSON writes the members in their order.
func (o object) MarshalJSON() ([]byte, error) {
	b := []byte{'{'}
	for i := range o {
		if i > 0 {
			b = append(b, ',')
		}
		name, err := json.Marshal(o[i].name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(o[i].value)
		if err != nil {
			return nil, err
		}
		b = append(append(append(b, name...), ':'), value...)
	}
	return append(b, '}'), nil
}

// get gives the value of a name, nil where there is none.
func (o object) get(name string) any {
	for i := range o {
		if o[i].name == name {
			return o[i].value
		}
	}
	return nil
}

// with gives a copy with a member more, or with another value.
func (o object) with(name string, value any) object {
	out := append(make(object, 0, len(o)+1), o...)
	for i := range out {
		if out[i].name == name {
			out[i].value = value
			return out
		}
	}
	return append(out, member{name, value})
}

// without gives a copy that lacks a member.
func (o object) without(name string) object {
	out := make(object, 0, len(o))
	for i := range o {
		if o[i].name != name {
			out = append(out, o[i])
		}
	}
	return out
}

// text gives a value as JSON, to tell it from others.
func text(v any) string {
	b, err := json.Marshal(v)
	if err != nil { // objects, lists, texts and numbers have a form
		return err.Error()
	}
	return string(b)
}
