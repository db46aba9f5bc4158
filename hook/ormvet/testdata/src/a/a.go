package a

import (
	"fmt"
	"reflect"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/builder"
)

type User struct{}

const name = "name = ?"

func call[S ~string](f func(S, ...any) orm.Pred[User], s string) { f(S(s)) }

func same[S ~string](_ S, s string) S { return S(s) }

type execer[S ~string] interface {
	Exec(S, ...any) (int64, error)
}

func exec[S ~string, D execer[S]](d D, s string) { d.Exec(S(s)) }

func fine(db orm.DB, input string) {
	orm.SQL[User]("age > ?", 1)
	orm.SQL[User](name+" AND age > 1", 1)
	orm.Raw[User](db, ("SELECT 1"))
	db.Exec("SELECT 1")
	orm.SQL[User](orm.Unsafe(input))
	text := orm.Unsafe(input)
	orm.Raw[User](db, text)
	builder.ConstantSQL[User]("a = 1")
}

func wrong(db orm.DB, input string) {
	call(orm.SQL[User], input)                  // want "inferred for call" "SQL is used as a value"
	orm.SQL[User](same(orm.Unsafe("x"), input)) // want "inferred for same"
	exec(db, input)                             // want "inferred for exec"
	run := db.Exec                              // want "Exec is used as a value"
	reflect.ValueOf(orm.Raw[User])              // want "Raw is used as a value"
	text := orm.Unsafe("x")
	fmt.Sscan(input, &text)          // want "through the address"
	builder.ConstantSQL[User](input) // want "no constant"
	_ = run
}
