package guard_test

import (
	"testing"

	"github.com/multi-orm/orm/rls/guard"
)

// A scope that would complete a nested row is asked for at every verb that could write one.
func TestScopesOfNestedRowsAreAskedFor(t *testing.T) {
	repo, c := badges(t)
	_, err := c.Create(actor(1), repo, []byte(`{"data": {"holder": "ada", "serial": 1}}`))
	must(t, err)
	for name, verb := range map[string]func() error{
		"Update": func() error {
			_, err := c.Update(actor(1), repo, []byte(`{"where": {"id": 1}, "data": {"marks": {"create": {"text": "x"}}}}`))
			return err
		},
		"Upsert": func() error {
			_, err := c.Upsert(actor(1), repo, []byte(`{"where": {"id": 1}, "create": {"holder": "x", "serial": 1}, "update": {"marks": {"create": {"text": "x"}}}}`))
			return err
		},
	} {
		if e := refused(t, verb(), guard.CodeInternal, ""); e == nil {
			t.Error(name)
		}
	}
}
