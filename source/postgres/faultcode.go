package postgres

import "github.com/multi-orm/orm/internal/fault"

// sentence gives the kind of an SQLSTATE and what to do about it.
func sentence(code string) (error, string) { //nolint:staticcheck // the error is a result, not a failure
	switch code {
	case "23505":
		return fault.ErrConflict, "a row with the same unique columns exists"
	case "23P01":
		return fault.ErrConflict, "the row collides with another under an exclusion constraint"
	case "23503":
		return fault.ErrReference, "the row refers to one that is not there, or others still refer to it"
	case "23001":
		return fault.ErrReference, "other rows still refer to the row"
	case "23502":
		return fault.ErrInvalid, "the column must not be NULL"
	case "23514":
		return fault.ErrInvalid, "a check constraint does not allow the row"
	case "22001":
		return fault.ErrInvalid, "the text is too long for the column"
	case "22003":
		return fault.ErrInvalid, "the number is out of the column's range"
	case "22007", "22008":
		return fault.ErrInvalid, "the time is malformed or out of the column's range"
	case "22012":
		return fault.ErrInvalid, "division by zero"
	case "22021":
		return fault.ErrInvalid, "the text is not valid in the database's encoding"
	case "22P02", "22P03":
		return fault.ErrInvalid, "a value does not have the form of its column's type"
	case "21000":
		return fault.ErrInvalid, "two of the rows given have the same unique columns, or a subquery gave more than one row"
	case "40001", "40P01":
		return fault.ErrUpstream, "the transaction collided with another: run it again, orm.Retry does"
	case "40003":
		return fault.ErrUpstream, "the server does not know whether the statement ran"
	case "42501":
		return fault.ErrDenied, "the database role lacks the privilege, or a row policy forbids the row"
	case "42P01":
		return fault.ErrInvalid, "the table does not exist: run orm.CreateTables or your migrations, and check the schema and the search path"
	case "42703":
		return fault.ErrInvalid, "a column does not exist: the model and the table differ, run your migrations or orm's db.Check"
	case "42P10":
		return fault.ErrInvalid, "no unique constraint covers the columns of the upsert"
	case "42601":
		return fault.ErrInvalid, "the SQL text has a syntax error"
	case "42883", "42804", "42846":
		return fault.ErrInvalid, "an operator or function does not take these types: the column's type and the field's differ"
	case "42P21", "42P22":
		return fault.ErrInvalid, "the database does not compare columns of two collations: give the columns of a relation the same one"
	case "42P18":
		return fault.ErrInvalid, "the type of an argument cannot be told from the text: write a cast, such as $1::text"
	case "42P05", "26000":
		return fault.ErrUpstream, "the prepared statement was lost: behind a transaction pooler use postgres.ExecMode(postgres.CacheDescribe)"
	case "3D000":
		return fault.ErrUpstream, "the database does not exist"
	case "3F000":
		return fault.ErrInvalid, "the schema does not exist: run orm.CreateTables or your migrations"
	case "0A000":
		return fault.ErrUnsupported, "the server cannot do this"
	case "25006":
		return fault.ErrInvalid, "the transaction or the server is read-only"
	case "25P02":
		return fault.ErrInvalid, "an earlier statement of the transaction failed: roll back to a savepoint or end it"
	case "3B001":
		return fault.ErrInvalid, "the savepoint does not exist"
	case "55P03":
		return fault.ErrUpstream, "another transaction holds the lock"
	case "57014":
		return fault.ErrUpstream, "the server cancelled the statement: a timeout, or an administrator"
	case "57P01", "57P02", "57P03":
		return fault.ErrUpstream, "the server is shutting down or starting up"
	case "53300":
		return fault.ErrUpstream, "the server has no connection left: lower MaxConns or use a pooler"
	case "428C9":
		return fault.ErrInvalid, "the database always makes the value of a column that the statement gives (GENERATED ALWAYS): leave it zero, or say generated"
	case "P0001":
		return fault.ErrInvalid, "a trigger or function of the database refused it"
	}
	if len(code) != 5 {
		return fault.ErrUpstream, "the server answered in an unknown way"
	}
	switch code[:2] {
	case "22", "23":
		return fault.ErrInvalid, "the database does not accept a value"
	case "28":
		return fault.ErrAuth, "the server refused the user or the password"
	case "42":
		return fault.ErrInvalid, "the statement does not fit the database's schema"
	case "44":
		return fault.ErrInvalid, "the view does not allow the row"
	case "53":
		return fault.ErrUpstream, "the server is short of memory, disk or connections"
	case "54":
		return fault.ErrLimit, "the statement is too large for the server"
	case "08":
		return fault.ErrUpstream, "the connection to the server was lost"
	}
	return fault.ErrUpstream, "the server could not run the statement (SQLSTATE " + code + ")"
}
