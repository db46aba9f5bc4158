package rest

import (
	"github.com/multi-orm/orm/rls/guard"
	"github.com/multi-orm/orm/rls/rest/outline"
)

// flat is what a tagged resource takes beside ?select= and ?query=.
type flat struct{}

func (f *flat) known(method string, key bool) func(string) bool { return nil }

func (f *flat) outline(x *outline.Resource) {}

func (f *flat) imports() bool { return false }

func (f *flat) read(c *call, n *guard.Node) error { return nil }

func (f *flat) numbered(c *call) error { return nil }

func (c *call) importRows() error { return nil }
