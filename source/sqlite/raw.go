package sqlite

import (
	"context"
	"database/sql"

	"github.com/jmoiron/sqlx"
)

// query runs the caller's own text through sqlx. Placeholders are ? or ?1, ?2 and so on.
func query(ctx context.Context, c *sql.Conn, text string, args ...any) (*sql.Rows, error) {
	r, err := (&sqlx.Conn{Conn: c}).QueryxContext(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	return r.Rows, nil
}
