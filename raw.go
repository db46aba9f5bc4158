package orm

import (
	"context"
	"fmt"
	"iter"
	"reflect"
	"slices"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/named"
	"github.com/multi-orm/orm/internal/rawsql"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// Args are named arguments of SQL text: ":id" in the text takes Args{"id": …}. A slice alone in the parentheses of
// IN or NOT IN is tested as a list of any length, an empty one too; elsewhere it is one argument, an array.
type Args map[string]any

// Source gives a handle whose raw SQL runs on the named source; a wrong name makes it fail. Raw SQL on the
// DB itself runs on the source that was given to Open first.
func (db DB) Source(name string) DB {
	if db.s == nil {
		return db
	}
	s := *db.s
	for _, src := range s.Sources() {
		if src.Name() == name {
			s.Only = src
			return DB{&s}
		}
	}
	names := make([]string, 0, len(s.Sources()))
	for _, src := range s.Sources() {
		names = append(names, src.Name())
	}
	detail := "the source was not given to Open"
	if n := model.Nearest(name, names); n != "" {
		detail += fmt.Sprintf(" (did you mean %q?)", n)
	}
	s.Err = &Error{Op: "Source", Source: name, Err: ErrInvalid, Detail: detail}
	return DB{&s}
}

// Raw runs SQL text that must be a constant and gives its rows as values of T: a struct by column names
// (tags as in models, no key needed), a map[string]any by column names, or a scalar. Arguments are positional, in the source's own placeholders, or
// one Args with names. With scopes registered it is ErrDenied unless the context has a bypass, since no
// scope can reach into text.
//
// A placeholder {{Model}} behind FROM or JOIN, by the name of a model or of its table, stands for a sub-select of the rows that the
// caller may read, of all columns but those that hooks empty. A text that reads nothing beside its placeholders, WITH and the functions
// that make rows of their arguments needs no bypass, on any source. It is one SELECT, which quotes names with " alone and gives each
// argument it has. Without a name of its own the sub-select has that of the table. Functions of the database's own that read tables, and
// hooks on the models' rows, are beyond it.
//
//	orm.Raw[Report](ctx, db, "SELECT c.name, sum(i.total) AS total FROM {{Invoice}} i JOIN {{Customer}} c ON c.id = i.customer_id GROUP BY c.name")
//
// Every column needs a field, and every field a column, unless SomeColumns stands among the arguments.
//
// The values of a map are nil, bool, int64, float64, string, []byte and time.Time. PostgreSQL gives json, jsonb and
// bytea as []byte, arrays as []any, and numeric, uuid and all other types as string. SQLite has no bool and no
// time.Time but for columns declared so, and decimals are string, but int64 or float64 where a table declares them NUMERIC.
//
//	orm.Raw[Report](ctx, db.Source("main"), "SELECT … WHERE id = :id", orm.Args{"id": 1})
func Raw[T any](ctx context.Context, db DB, text constant, args ...any) ([]T, error) {
	args, some := someColumns(args)
	bound, values, err := db.rawArgs(string(text), args)
	if err != nil {
		return nil, err
	}
	rows, err := rawsql.Query(ctx, db.s, bound, values, reflect.TypeFor[T](), some)
	if err != nil {
		return nil, err
	}
	return source.Take[T](&rows), nil
}

// RawRows is Raw as a stream: it holds one row in memory, or a window of 500 where hooks look at rows. A failure is
// the last pair, with a zero value. Leaving the loop early ends the statement and gives the connection back. Inside a
// transaction no other statement can run on PostgreSQL before the loop is over.
func RawRows[T any](ctx context.Context, db DB, text constant, args ...any) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		args, some := someColumns(args)
		bound, values, err := db.rawArgs(string(text), args)
		if err != nil {
			yield(none, err)
			return
		}
		stopped := false
		err = rawsql.QueryRows(ctx, db.s, bound, values, reflect.TypeFor[T](), some, window, func(rows *source.Slab) error {
			for i := range rows.Len() {
				if !yield(*(*T)(rows.At(i)), nil) {
					stopped = true
					return errStop
				}
			}
			return nil
		})
		if err != nil && !stopped {
			yield(none, err)
		}
	}
}

// Exec runs SQL text that must be a constant and gives the number of rows it touched. Arguments and
// scopes are as with Raw.
func (db DB) Exec(ctx context.Context, text constant, args ...any) (int64, error) {
	bound, values, err := db.rawArgs(string(text), args)
	if err != nil {
		return 0, err
	}
	return rawsql.Exec(ctx, db.s, bound, values)
}

// RawOption stands among the arguments of Raw and RawRows.
type RawOption uint8

// SomeColumns lets fields that the result has no column for keep their zero value.
const SomeColumns RawOption = 1

// someColumns takes the options from among the arguments.
func someColumns(args []any) (rest []any, some bool) {
	is := func(a any) bool { return a == any(SomeColumns) }
	if !slices.ContainsFunc(args, is) {
		return args, false
	}
	return slices.DeleteFunc(slices.Clone(args), is), true
}

func (db DB) rawArgs(text string, args []any) (string, []model.Value, error) {
	if err := db.usable(); err != nil {
		return "", nil, err
	}
	if db.s.Err != nil {
		return "", nil, db.s.Err
	}
	if len(args) == 1 {
		if n, ok := args[0].(Args); ok {
			return db.namedArgs(text, n)
		}
	}
	values := make([]model.Value, len(args))
	for i, a := range args {
		values[i] = builder.ValueOf(a)
		if why := builder.TextFault(values[i]); why != "" {
			return "", nil, &Error{Op: "Raw", Err: ErrInvalid, Detail: why}
		}
	}
	return text, values, nil
}

func (db DB) namedArgs(text string, args Args) (string, []model.Value, error) {
	src := db.s.Only
	if src == nil {
		src = db.s.Sources()[0]
	}
	sql, ok := src.(source.SQL)
	if !ok {
		return "", nil, &Error{Op: "Raw", Source: src.Name(), Err: ErrUnsupported, Detail: "the source does not understand SQL"}
	}
	bound, names, err := named.BindLists(text, sql.Dialect().Placeholder, args.lists(sql.Dialect().Name()))
	if err != nil {
		return "", nil, fault.Fill(err, "Raw", "", src.Name())
	}
	values := make([]model.Value, len(names))
	used := map[string]bool{}
	for i, n := range names {
		v, ok := args[n]
		if !ok {
			return "", nil, &Error{Op: "Raw", Source: src.Name(), Err: ErrInvalid, Detail: fmt.Sprintf("the text names :%s, which Args lacks", n)}
		}
		used[n] = true
		values[i] = builder.ValueOf(v)
		if why := builder.TextFault(values[i]); why != "" {
			return "", nil, &Error{Op: "Raw", Source: src.Name(), Err: ErrInvalid, Detail: why}
		}
	}
	for n := range args {
		if !used[n] {
			return "", nil, &Error{Op: "Raw", Source: src.Name(), Err: ErrInvalid, Detail: fmt.Sprintf("Args has %q, which the text does not name", n)}
		}
	}
	return bound, values, nil
}
