package hook

import (
	"context"
	"fmt"
	"math"

	"github.com/multi-orm/orm/internal/fault"
)

// MaxRows makes a read of more than n rows fail with ErrLimit: at once when it asks for more, after reading
// n+1 rows when it asks for all; so does an Aggregate of more groups, after reading them. Nothing is cut off in silence. Streams, counts and includes, which have
// bounds of their own, are left alone.
func MaxRows(n int) Hook {
	over := func(op *Op) error {
		return fault.New(fault.ErrLimit, op.Model.Name, "", fmt.Sprintf("a read gives at most %d rows: use Take, or stream with Rows", n))
	}
	concerned := func(op *Op) bool {
		return op.Kind == Read && op.Path == "" && op.Select != nil && op.Name != "Rows"
	}
	grouped := func(op *Op) bool { return op.Select != nil && op.Select.Aggregate != nil }
	return Hook{
		Name:     fmt.Sprintf("max rows %d", n),
		Optional: true,
		watches:  true, // of writes it sees nothing
		Before: func(_ context.Context, op *Op) error {
			most := int64(n)
			if op.Name == "Page" { // which looks one row ahead and does not give it
				most++
			}
			switch {
			case grouped(op):
				if a := op.Select.Aggregate; a.HasTake && a.Take > most {
					return over(op)
				}
				return nil
			case !concerned(op):
				return nil
			case op.Select.HasTake && op.Select.Take > most:
				return over(op)
			case !op.Select.HasTake:
				op.Select.Take, op.Select.HasTake = min(most, math.MaxInt64-1)+1, true
			}
			return nil
		},
		After: func(_ context.Context, op *Op) error {
			if (concerned(op) || grouped(op)) && op.Affected > int64(n) {
				return over(op)
			}
			return nil
		},
	}
}
