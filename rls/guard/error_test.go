package guard_test

import (
	"context"
	"errors"
	"testing"

	"github.com/go-playground/validator/v10"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/rls/guard"
)

// What a shape answers to each kind of error; which source failed, and how, is not told.
func TestErrorOfKinds(t *testing.T) {
	for _, c := range []struct {
		status int
		code   string
		err    error
	}{
		{400, guard.CodeShape, orm.ErrBadCursor}, {403, guard.CodePolicy, orm.ErrDenied}, {403, guard.CodePolicy, orm.ErrNoActor}, {404, guard.CodeNotFound, orm.ErrNotFound},
		{409, guard.CodeConflict, orm.ErrConflict}, {409, guard.CodeConflict, orm.ErrStale}, {413, guard.CodeLimit, orm.ErrLimit}, {422, guard.CodeValidation, orm.ErrInvalid},
		{422, guard.CodeValidation, validator.ValidationErrors{}}, {500, guard.CodeInternal, orm.ErrUnsupported}, {500, guard.CodeInternal, errors.New("of the program")},
		{503, guard.CodeInternal, orm.ErrUpstream}, {500, guard.CodeInternal, orm.ErrAuth}, {503, guard.CodeInternal, context.DeadlineExceeded},
		{422, guard.CodeValidation, errors.Join(validator.ValidationErrors{}, orm.ErrDenied)}, {500, guard.CodeInternal, &foreign{}},
		{503, guard.CodeInternal, errors.Join(validator.ValidationErrors{}, orm.ErrCommitUnknown)},
	} {
		if e := guard.ErrorOf(&orm.Error{Op: "All", Err: c.err}); e.Status != c.status || e.Code != c.code || !errors.Is(e, c.err) && c.status != 422 {
			t.Errorf("%v: %d %s, want %d %s", c.err, e.Status, e.Code, c.status, c.code)
		}
	}
}

// foreign is an error of another library that knows a status of its own.
type foreign struct{}

func (*foreign) Error() string   { return "foreign" }
func (*foreign) HTTPStatus() int { return 404 }
