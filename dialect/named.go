package dialect

// Named gives the dialect of a name, as Dialect.Name says it; ok is false where there is none.
func Named(name string) (d Dialect, ok bool) {
	for _, d := range []Dialect{Postgres{}, SQLite{}, SQLServer{}} {
		if d.Name() == name {
			return d, true
		}
	}
	return nil, false
}
