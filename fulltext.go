package orm

import (
	"context"
	"strings"

	"github.com/multi-orm/orm/builder"
)

// Search is a full-text search over columns of T. FullText makes it.
type Search[T any] = builder.Search[T]

// FullText is a full-text search over text columns of T, on PostgreSQL and SQLite; elsewhere its statements are
// ErrUnsupported. It is for package variables:
//
//	var ArticleSearch = orm.FullText("english", Articles.Title, Articles.Body)
//
// The configuration is one of PostgreSQL's own, "simple" for a language that has none; SQLite knows simple and
// english. PostgreSQL searches without an index too, slowly; SQLite needs it: see CreateFullTextIndex.
func FullText[T any](config string, cols ...Selectable[T]) Search[T] {
	return builder.SearchOf(config, cols...)
}

// CreateFullTextIndex makes the index of a search unless it is there: a GIN index on PostgreSQL; on SQLite an FTS5
// table, filled with the rows that are there, and the triggers that keep it in step. It may run more than once, and in several
// processes at once. Nothing makes an index unasked. While it is being made, writes to the table wait.
func CreateFullTextIndex[T any](ctx context.Context, db DB, s Search[T]) error {
	if err := db.usable(); err != nil {
		return err
	}
	m, err := s.Root()
	if err != nil {
		return err
	}
	return db.s.CreateIndex(ctx, m, s.Index)
}

// FullTextSchema gives the statements that CreateFullTextIndex runs, for a migration tool; they belong in one transaction.
func FullTextSchema[T any](db DB, s Search[T]) (string, error) {
	if err := db.usable(); err != nil {
		return "", err
	}
	m, err := s.Root()
	if err != nil {
		return "", err
	}
	list, err := db.s.IndexText(m, s.Index)
	if err != nil {
		return "", err
	}
	return strings.Join(list, ";\n") + ";\n", nil
}
