package source_test

import (
	"errors"
	"testing"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

type row struct {
	ID int64 `orm:"id,auto"`
}

func TestGuardRefusesWhatTheScopesHaveNotSeen(t *testing.T) {
	m, err := model.For[row]()
	if err != nil {
		t.Fatal(err)
	}
	for _, st := range []builder.Statement{&builder.Select{Model: m}, &builder.Insert{Model: m}, &builder.Update{Model: m}, &builder.Delete{Model: m}} {
		if err := source.Guard(st); !errors.Is(err, fault.ErrDenied) {
			t.Errorf("an unscoped %s: %v", st.Verb(), err)
		}
	}
	if err := source.Guard(&builder.Select{Model: m, Scoped: true}); err != nil {
		t.Errorf("a scoped select: %v", err)
	}
}
