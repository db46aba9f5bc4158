package dialect

// Operand keeps a time's hours where the column is a date: PostgreSQL would cut them off. An index on the column serves.
func (Postgres) Operand(t Type) string {
	if t.isDate() {
		return Arg + "::timestamp"
	}
	return Arg
}

// Operand is the argument.
func (SQLite) Operand(Type) string { return Arg }

// Operand compares a day as a point in time.
func (SQLServer) Operand(t Type) string {
	if t.isDate() {
		return "CAST(" + Arg + " AS datetime2)"
	}
	return Arg
}
