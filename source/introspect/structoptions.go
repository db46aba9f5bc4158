package introspect

type structOptions struct{}
