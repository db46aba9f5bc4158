package builder

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// jsonValue encodes v as a document argument for column f.
func jsonValue(f *model.Field, v any) (model.Value, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return model.Value{}, fault.New(fault.ErrInvalid, f.Model.Name, f.Name, fmt.Sprintf("a %T has no JSON form", v)).WithCause(err)
	}
	text := bytes.TrimSuffix(b.Bytes(), []byte("\n"))
	if bytes.Contains(text, []byte(`\u0000`)) {
		return model.Value{}, fault.New(fault.ErrInvalid, f.Model.Name, f.Name, "text must not hold a NUL byte")
	}
	return model.AnyOf(model.JSONText(text)), nil
}
