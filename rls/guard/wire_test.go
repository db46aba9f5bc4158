package guard_test

import (
	"strings"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/rls/guard"
)

// json:"-" takes the wire name away, in a struct of a prefix and of the whole of it too.
func TestPartsWithoutAWireName(t *testing.T) {
	for _, f := range []func(*Badge) *string{func(b *Badge) *string { return &b.Place.City }, func(b *Badge) *string { return &b.Room.Door }} {
		_, err := guard.Compile(guard.Shape[Badge]{Select: guard.Only[Badge](orm.F(f))})
		if err == nil || !strings.Contains(err.Error(), "no name on the wire") {
			t.Error(err)
		}
	}
	if _, err := guard.Compile(guard.Shape[Badge]{Select: guard.Only[Badge](orm.F(func(b *Badge) *string { return &b.Room.Name }))}); err != nil {
		t.Error(err)
	}
}
