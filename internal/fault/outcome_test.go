package fault

import (
	"context"
	"errors"
	"fmt"
	"testing"
)

func TestOutcomeOf(t *testing.T) {
	upstream := New(ErrUpstream, "", "", "")
	for about, c := range map[string]struct {
		err  error
		want Outcome
	}{
		"no error":                         {nil, Untold},
		"a refusal":                        {New(ErrConflict, "", "", ""), Undone},
		"a failed source":                  {upstream, Unknown},
		"the caller left":                  {(&Error{}).WithCause(context.Canceled), Unknown},
		"one of others":                    {errors.New("x"), Unknown},
		"it says so":                       {Ended(upstream, Unsent), Unsent},
		"it says so inside":                {fmt.Errorf("a: %w", Ended(upstream, Undone)), Undone},
		"its cause says so":                {New(ErrUpstream, "", "", "").WithCause(Ended(upstream, Unsent)), Unsent},
		"a doubt":                          {Doubtful("", "", "", nil), Unknown},
		"the outermost":                    {Ended(Doubtful("", "", "", nil), Undone), Undone},
		"two":                              {errors.Join(Ended(upstream, Unsent), Ended(upstream, Undone)), Undone},
		"two, one of which does not say":   {errors.Join(Ended(upstream, Unsent), upstream), Unknown},
		"filled in, it says what it said":  {Fill(Ended(upstream, Unsent), "create", "A", "b"), Unsent},
		"another kind with what it covers": {Ended(errors.New("x"), Unsent), Unsent},
	} {
		if got := OutcomeOf(c.err); got != c.want {
			t.Errorf("%s: %d, want %d", about, got, c.want)
		}
	}
	if err := Ended(upstream, Unsent); !errors.Is(err, ErrUpstream) || err.Error() != upstream.Error() || OutcomeOf(upstream) != Unknown {
		t.Error("the error is another one, or the one given has changed")
	}
}
