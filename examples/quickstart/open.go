package main

import (
	"context"
	"errors"
	"net/url"
	"strings"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/source/postgres"
	"github.com/multi-orm/orm/source/sqlite"
)

// open opens an empty database: SQLite in memory, or PostgreSQL where dsn names one. It is the first source, the one
// of models that name none.
func open(ctx context.Context, dsn string, opts []orm.Option) (orm.DB, error) {
	if dsn == "" {
		return orm.Open(ctx, append([]orm.Option{sqlite.Source("main", ":memory:")}, opts...)...)
	}
	dsn, err := temporary(dsn)
	if err != nil {
		return orm.DB{}, err
	}
	db, err := orm.Open(ctx, append([]orm.Option{postgres.Source("main", dsn)}, opts...)...)
	if err != nil {
		return orm.DB{}, err
	}
	// A pooler may have dropped the setting; then the tables would be made among yours.
	path, err := orm.Raw[string](ctx, db, "SELECT current_setting('search_path')")
	if err == nil && (len(path) != 1 || path[0] != "pg_temp") {
		err = errors.New("the server or a pooler ignores search_path: give a direct connection")
	}
	if err != nil {
		return orm.DB{}, errors.Join(err, db.Close())
	}
	return db, nil
}

// temporary makes every table a temporary one, seen by one connection alone and gone with it, so that no
// table of yours is read or changed.
func temporary(dsn string) (string, error) {
	if !strings.Contains(dsn, "://") { // the form "host=… user=…"
		return dsn + " search_path=pg_temp pool_max_conns=1", nil
	}
	u, err := url.Parse(dsn)
	if err != nil {
		return "", errors.New("-postgres is not a URL like postgres://user@host:5432/database")
	}
	q := u.Query()
	q.Set("search_path", "pg_temp")
	q.Set("pool_max_conns", "1")
	u.RawQuery = q.Encode()
	return u.String(), nil
}
