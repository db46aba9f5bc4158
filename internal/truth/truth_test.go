package truth_test

import (
	"testing"

	"github.com/multi-orm/orm/internal/truth"
)

func TestTruth(t *testing.T) {
	if truth.Of(true) != truth.Yes || truth.Of(false) != truth.No {
		t.Error("Of")
	}
	for v, not := range map[truth.Value]truth.Value{truth.No: truth.Yes, truth.Unknown: truth.Unknown, truth.Yes: truth.No} {
		if v.Not() != not {
			t.Errorf("not %d is %d", v, v.Not())
		}
	}
	if min(truth.Unknown, truth.No) != truth.No || max(truth.Unknown, truth.Yes) != truth.Yes || min(truth.Unknown, truth.Yes) != truth.Unknown {
		t.Error("AND and OR")
	}
}
