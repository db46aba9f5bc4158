package bench

import (
	"context"
	"testing"

	sq "github.com/Masterminds/squirrel"
)

// Build gives the contenders that write the SQL of List100 without a database: squirrel, and the library, whose text
// comes from orm since only its own tests reach what makes it.
func Build(orm func() (string, error)) []Contender {
	by := func(name string, do func() (string, error)) Contender {
		return Contender{"Build", name, func(testing.TB) Runner {
			var got string
			return Runner{
				Run: func(context.Context) (err error) {
					got, err = do()
					return err
				},
				Result: func() any { return got },
			}
		}}
	}
	return []Contender{
		by("squirrel", func() (string, error) {
			text, _, err := sq.Select("id", "email", "name", "role", "tenant_id", "is_active", "balance", "created_at", "deleted_at").
				From("users").
				Where(sq.Eq{"is_active": true}).Where(sq.Eq{"role": []string{"admin", "editor", "viewer"}}).Where(sq.Eq{"deleted_at": nil}).
				OrderBy("created_at DESC", "id").Limit(100).
				PlaceholderFormat(sq.Dollar).ToSql()
			return text, err
		}),
		by("orm", orm),
	}
}
