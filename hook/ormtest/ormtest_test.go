package ormtest_test

import (
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/hook/ormtest"
	"github.com/multi-orm/orm/rls"
	"github.com/multi-orm/orm/source"
)

func TestTheGraphIsIsolated(t *testing.T) {
	engines(t, func(t *testing.T, src source.Source) {
		ormtest.AssertIsolated(t, scoped(t, src, usual()...), subjects()...)
	})
}

// With the tenant scope alone, no other scope stands in front of it.
func TestTheTenantScopeAloneIsolates(t *testing.T) {
	ormtest.AssertIsolated(t, scoped(t, memory()), subjects()...)
}

func TestRolesAndHooksLeaveItIsolated(t *testing.T) {
	all := rls.RBAC{}
	for _, name := range []string{"Firm", "Country", "Person", "Profile", "Team", "Membership", "Topic", "Project", "Invoice", "Line", "Note", "Label", "Setting"} {
		all[name] = map[string]rls.Operations{"clerk": rls.All}
	}
	more := append(usual(), all, hook.Sanitize().Searchable(), hook.Validate(), hook.Timestamps("", "UpdatedAt"))
	a, b := orm.Actor{Role: "clerk"}, orm.Actor{Role: "clerk"}
	ormtest.AssertIsolated(t, scoped(t, memory(), more...), append(subjects(), ormtest.Actors(a, b))...)
}
