package builder

import (
	"fmt"

	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// jsonValue encodes v as a document argument for column f.
func jsonValue(f *model.Field, v any) (model.Value, error) {
	out, err := model.JSONOf(v)
	if err != nil {
		return model.Value{}, fault.New(fault.ErrInvalid, f.Model.Name, f.Name, fmt.Sprintf("a %T has no JSON form: its text must be valid UTF-8 without NUL, its numbers finite", v)).WithCause(err)
	}
	return out, nil
}
