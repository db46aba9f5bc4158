package orm

import (
	"time"

	"github.com/multi-orm/orm/internal/fault"
)

// CloseWithin is how long [DB.Close] waits for the operations that are under way; 10 s without it. With zero it waits for none.
// A negative time is ErrInvalid. postgres.CloseWithin says it of one source alone.
func CloseWithin(grace time.Duration) Option {
	return optionFunc(func(o *options) error {
		if grace < 0 {
			return fault.New(fault.ErrInvalid, "", "", "CloseWithin takes no negative time")
		}
		o.Config.CloseWithin = &grace
		return nil
	})
}
