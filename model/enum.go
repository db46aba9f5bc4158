package model

import (
	"slices"
	"strings"

	"github.com/multi-orm/orm/internal/fault"
)

// CheckEnum checks that v, or each element of a list, is among the words of enum=. NULL passes, and
// so does everything where the field has no enum.
func (f *Field) CheckEnum(v Value) error {
	if f.Enum == nil {
		return nil
	}
	switch v.Kind() {
	case NullValue:
		return nil
	case ListValue:
		for _, e := range v.List() {
			if err := f.CheckEnum(e); err != nil {
				return err
			}
		}
		return nil
	case StringValue:
		if slices.Contains(f.Enum, v.Str()) {
			return nil
		}
	}
	return fault.New(fault.ErrInvalid, f.modelName(), f.Name, "the value must be one of "+strings.Join(f.Enum, ", "))
}
