package sqldb

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// Server is what a database that is reached over a network says of its errors.
type Server struct {
	// Answered reports that the error is the server's answer: the statement was refused or undone.
	Answered func(error) bool
	// Raised reports an error that a trigger or a procedure gave in words of its own, which may leave what was written standing.
	Raised func(error) bool
	// Unsent reports that nothing which the server could have run has reached it.
	Unsent func(error) bool
	// Lost reports that the connection broke.
	Lost func(error) bool
	// Late reports that the server's word on what was given up may come late, and pass for the next answer: such connections are closed. It
	// may be nil.
	Late func() bool
}

// reached is how far a statement came.
type reached struct {
	sent  bool // the driver was given it
	began bool // its answer began
}

// mostTries bounds how often what was not done is sent.
const mostTries = 3

// again reports whether a statement outside transactions that failed may be sent once more: nothing of it was, or it reads and no
// row of it came. It waits a moment first.
func (x Executor) again(ctx context.Context, w way, r reached, err error, tries int) bool {
	server := x.s.Server
	if _, pooled := x.l.(*Pool); !pooled || server == nil || err == nil || tries >= mostTries || ctx.Err() != nil {
		return false
	}
	if !server.Lost(err) || r.sent && !server.Unsent(err) && (w != read || r.began) {
		return false
	}
	t := time.NewTimer(rand.N(20 * time.Millisecond << (2 * (tries - 1))))
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// judged adds to what Fail made of cause what became of the statement.
func (x Executor) judged(ctx context.Context, m *model.Model, w way, r reached, cause, err error) error {
	server := x.s.Server
	if err == nil || server == nil {
		return err
	}
	_, pooled := x.l.(*Pool)
	_, ours := cause.(stopped) //nolint:errorlint // made here, never wrapped
	switch {
	case !pooled && m == nil: // a text may have committed by itself
		return err
	case !pooled:
		return fault.Ended(err, fault.Undone)
	case !r.sent, server.Unsent(cause):
		return fault.Ended(err, fault.Unsent)
	case w == read:
		return err
	case ours: // the answer came, and could not be read here: what was written is done
		return fault.Ended(err, fault.Unknown)
	case m == nil && server.Answered(cause): // a text of several statements may have done some of them
		return err
	case server.Raised(cause):
		return fault.Ended(err, fault.Unknown)
	case server.Answered(cause):
		return fault.Ended(err, fault.Undone)
	}
	name := ""
	if m != nil {
		name = m.Name
	}
	return fault.Doubtful(name, x.s.Name, "the answer of the server did not come: look before repeating", errors.Join(ctx.Err(), err))
}
