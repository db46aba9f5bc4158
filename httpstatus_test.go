package orm_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/rls/guard"
	"github.com/multi-orm/orm/rls/rest"
)

// Every sentinel has its status, bare and below an Error; the program's own trouble is told before the request's.
func TestHTTPStatus(t *testing.T) {
	for _, c := range []struct {
		want int
		err  error
	}{
		{200, nil}, {400, orm.ErrBadCursor}, {401, orm.ErrNoActor}, {403, orm.ErrDenied}, {403, orm.ErrActorSwitch}, {404, orm.ErrNotFound},
		{409, orm.ErrConflict}, {409, orm.ErrReference}, {409, orm.ErrStale}, {413, orm.ErrLimit}, {422, orm.ErrInvalid}, {422, orm.ErrUnboundedWrite},
		{500, orm.ErrUnsupported}, {500, errors.New("of the program")}, {502, orm.ErrAuth}, {503, orm.ErrUpstream}, {503, orm.ErrClosed}, {503, orm.ErrCommitUnknown},
		{504, context.DeadlineExceeded}, {500, context.Canceled},
		{503, errors.Join(orm.ErrNotFound, orm.ErrUpstream)},
		{504, errors.Join(orm.ErrUpstream, context.DeadlineExceeded)},
		{503, errors.Join(&guard.Error{Status: 422, Err: orm.ErrInvalid}, orm.ErrCommitUnknown)}, {409, &rest.Error{Err: &guard.Error{Status: 409, Err: orm.ErrInvalid}}},
		{429, &rest.Error{Status: 429}}, {413, &guard.Error{Status: 413, Err: orm.ErrInvalid}}, {422, &rest.Error{Err: orm.ErrInvalid}},
	} {
		below := c.err
		if c.err != nil {
			below = fmt.Errorf("handler: %w", &orm.Error{Op: "All", Err: c.err})
		}
		for _, err := range []error{c.err, below} {
			if got := orm.HTTPStatus(err); got != c.want {
				t.Errorf("%v: %d, want %d", err, got, c.want)
			}
		}
	}
}
